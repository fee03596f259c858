import { createHash, randomUUID } from 'node:crypto';
import { AccountLinks, AccountStore, EmailMoves } from '@ravi/accounts';
import { type RedisClient, unconfirmedWrites } from '@ravi/redis';
import { redisWith } from './redis-with.ts';

export const freshAddress = () => `${randomUUID()}@example.com`;

/** Accounts, of their own unless told otherwise, and their moves to other addresses. */
export function movingAccounts(redis: RedisClient, prefix = `${randomUUID()}:`) {
  const accounts = new AccountStore(redis, prefix);
  const links = new AccountLinks(redis, prefix);
  const moves = new EmailMoves(redis, accounts, links, prefix);

  async function person(email = freshAddress()) {
    const account = await accounts.create(
      { email, firstName: '', lastName: '', passwordHash: 'hash', identityEmailDomain: 'agents.example.com' },
      Date.now(),
    );
    if (account === null) throw new Error('The address is taken.');
    return account;
  }

  /** A link that moves an account to this address; one before is good no longer. */
  async function linkTo(userId: number, email: string): Promise<string> {
    await moves.want(userId, email);
    const token = await links.make('address', userId, email);
    if (token === null) throw new Error('There is no such account.');
    return token;
  }

  /** The record by which somebody signs in with an address. */
  const recordOf = (email: string) =>
    `${prefix}ravi:sign-in:${createHash('sha256').update(email).digest('base64url')}`;

  /** Moves by a process with another connection. */
  const movesOn = (connection: RedisClient) =>
    new EmailMoves(redis, accounts, links, prefix, unconfirmedWrites(connection));

  /** A move that dies right before the account is moved, or right behind that. */
  const dying = (when: 'before' | 'behind') => {
    const run = async (args: readonly unknown[], real: () => Promise<unknown>) => {
      const isMove = args.includes('link:address');
      if (isMove && when === 'before') throw new Error('The process died.');
      const reply = await real();
      if (isMove) throw new Error('The process died.');
      return reply;
    };
    return movesOn(redisWith(redis, { evalsha: run, eval: run }));
  };

  return { prefix, accounts, links, moves, person, linkTo, recordOf, movesOn, dying };
}
