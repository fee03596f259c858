import { randomUUID } from 'node:crypto';
import { AccountLinks, AccountStore, EmailMoves, LinkedAccounts, Passwords } from '@ravi/accounts';
import { type RedisClient, unconfirmedWrites } from '@ravi/redis';
import { PasswordAccounts } from '../../services/api/src/people/password-accounts.ts';
import { aroundPasswordAccounts } from '../support/around-password-accounts.ts';
import { connectedRedis } from '../support/connected-redis.ts';
import { freshAddress } from '../support/moving-accounts.ts';
import { redisWith } from '../support/redis-with.ts';

const { redis } = await connectedRedis();
const passwords = new Passwords();
const address = '192.0.2.1';

/** A connection whose process dies before it makes its record of that number last. */
function dyingAt(number: number): RedisClient {
  let lasting = 0;
  const persist = async (_args: readonly unknown[], real: () => Promise<unknown>) => {
    if (lasting++ === number) throw new Error('The process died.');
    return real();
  };
  return redisWith(redis, { persist });
}

/** Accounts of their own, by a process with this connection. */
function accountsOn(connection: RedisClient, prefix: string) {
  const store = new AccountStore(redis, prefix, unconfirmedWrites(connection));
  const people = new PasswordAccounts({
    ...aroundPasswordAccounts,
    accountStore: store,
    passwords,
    emailMoves: new EmailMoves(redis, store, new AccountLinks(redis, prefix), prefix),
  });
  const linked = new LinkedAccounts(redis, store, prefix, unconfirmedWrites(connection));
  return { store, people, linked };
}

/** How many records there are, and how many of them go by themselves. */
async function recordsOf(prefix: string) {
  const leftMs = await Promise.all((await redis.keys(`${prefix}*`)).map((key) => redis.pttl(key)));
  return { all: leftMs.length, passing: leftMs.filter((ms) => ms >= 0).length };
}

const formOf = (email: string) => ({ email, password: `pw-${randomUUID()}`, first_name: '', last_name: '' });
const atProvider = (email: string) => ({
  issuer: 'https://accounts.example.com',
  subject: randomUUID(),
  provider: 'one',
  email,
  atMs: 1,
});
const named = { firstName: '', lastName: '' };

test.each([0, 1])(
  'an account whose sign-up died at its lasting record %i lasts for whoever signs up again, signs in, or proves the address at a provider',
  async (number) => {
    const entries = [
      (form: ReturnType<typeof formOf>, prefix: string) =>
        accountsOn(redis, prefix).people.signUp(form, address),
      (form: ReturnType<typeof formOf>, prefix: string) =>
        accountsOn(redis, prefix).people.signIn({ ...form, code: '' }, address, () => null),
      ({ email }: ReturnType<typeof formOf>, prefix: string) =>
        accountsOn(redis, prefix).linked.takeOver(atProvider(email), { email, ...named }),
    ];
    for (const enter of entries) {
      const prefix = `${randomUUID()}:`;
      const form = formOf(freshAddress());
      await expect(accountsOn(dyingAt(number), prefix).people.signUp(form, address)).rejects.toThrow('died');
      expect((await recordsOf(prefix)).passing).toBeGreaterThan(0);
      const account = await enter(form, prefix);
      expect(account?.email).toBe(form.email);
      expect((await recordsOf(prefix)).passing).toBe(0);
    }
  },
);

test.each([0, 1, 2, 3])(
  'an account whose first sign-in through a provider died at its lasting record %i lasts from the next one on, and blocks no address where it is gone',
  async (number) => {
    const prefix = `${randomUUID()}:`;
    const { store, linked } = accountsOn(redis, prefix);
    const email = freshAddress();
    const [who, input] = [
      atProvider(email),
      { email, ...named, emailVerified: true, identityEmailDomain: 'agents.example.com' },
    ];
    await expect(accountsOn(dyingAt(number), prefix).linked.create(who, input, 1)).rejects.toThrow('died');
    const found = await linked.find(who);
    expect(found?.email).toBe(email);
    expect(await recordsOf(prefix)).toEqual({ all: 4, passing: 0 });
    // Of one that its minute took, nothing is made lasting.
    const gone = freshAddress();
    const { id } = await store.reserveId();
    await store.reserve(gone, id, '');
    await redis.del(`${prefix}ravi:account:${id}`);
    await store.keep({ id, email: gone });
    expect((await recordsOf(prefix)).passing).toBe(1);
  },
);
