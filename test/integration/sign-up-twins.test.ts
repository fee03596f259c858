import { createHash, randomUUID } from 'node:crypto';
import { type Account, AccountLinks, AccountStore, EmailMoves, type Hasher, Passwords } from '@ravi/accounts';
import type { AuditEvent } from '@ravi/audit';
import { PasswordAccounts } from '../../services/api/src/people/password-accounts.ts';
import { aroundPasswordAccounts } from '../support/around-password-accounts.ts';
import { connectedRedis } from '../support/connected-redis.ts';
import { movingAccounts } from '../support/moving-accounts.ts';

const { redis } = await connectedRedis();
const accountStore = new AccountStore(redis);
const links = new AccountLinks(redis);
const emailMoves = new EmailMoves(redis, accountStore, links);

/** Passwords that are checked late: a test lets something else happen before. */
class LatePasswords extends Passwords {
  override async inTurn<Result>(network: string, work: (hasher: Hasher) => Promise<Result>): Promise<Result> {
    return super.inTurn(network, async (hasher) => {
      await beforeTurn();
      return work(hasher);
    });
  }
}
const address = '192.0.2.1';

let nowMs: number;
let beforeTurn: () => Promise<void>;
let beforeDrop: () => Promise<unknown>;
/** How many times more what was wanted can be dropped. */
let drops: number;
let noted: AuditEvent[];
beforeEach(() => {
  nowMs = Date.now();
  noted = [];
  beforeTurn = beforeDrop = async () => undefined;
  drops = Number.POSITIVE_INFINITY;
});
const accounts = new PasswordAccounts({
  ...aroundPasswordAccounts,
  accountStore,
  passwords: new LatePasswords(),
  clock: { nowMs: () => nowMs },
  audit: { note: (event) => noted.push(event) },
  emailMoves: {
    drop: async (userId) => {
      if (drops-- === 0) throw new Error('died');
      await beforeDrop();
      await emailMoves.drop(userId);
    },
    free: (email) => emailMoves.free(email),
  },
});
const form = () => ({
  email: `${randomUUID()}@example.com`,
  password: `pw-${randomUUID()}`,
  first_name: '',
  last_name: '',
});
const conflict = 'has an account already';
const signInKey = (email: string) => `ravi:sign-in:${createHash('sha256').update(email).digest('base64url')}`;

test('a sign-up signs in to an account that it made within a minute, noted as that, and to no older one', async () => {
  const input = form();
  const { id: user } = await accounts.signUp(input, address);
  nowMs += 59_999;
  expect((await accounts.signUp(input, address)).id).toBe(user);
  await expect(accounts.signUp({ ...input, password: form().password }, address)).rejects.toThrow(conflict);
  const wrong = { event: 'sign_in_failed', reason: 'wrong_credentials', address, user };
  const told = [{ event: 'signed_up', user, address }, { event: 'signed_in', user, address }, wrong];
  expect(noted).toEqual(told);
  nowMs += 1;
  await expect(accounts.signUp(input, address)).rejects.toThrow(conflict);
  expect(noted).toEqual(told);
});

/** The person of the account sets another password, which ends the sessions. */
async function reset({ id, email }: Account): Promise<void> {
  beforeTurn = async () => undefined;
  const checked = (await accountStore.findSignIn(email))?.passwordHash ?? '';
  expect(await accountStore.changePassword(email, checked, 'another hash')).toBe(true);
  await accountStore.end(id, 'sessions');
}

/** @shows account pre-hijacking */
test('a password that is changed before its turn comes signs nobody in, and proves nothing', async () => {
  const input = form();
  const account = await accounts.signUp(input, address);
  let turns = 0;
  beforeTurn = async () => (++turns === 2 ? reset(account) : undefined);
  await expect(accounts.signUp(input, address)).rejects.toThrow(conflict);

  const another = form();
  const owner = await accounts.signUp(another, address);
  const proof = () => accounts.requirePassword(owner, another.password, { address, browser: null });
  await proof();
  beforeTurn = () => reset(owner);
  await expect(proof()).rejects.toThrow('current password is wrong');
});

test('a change of the password whose process dies half-way leaves no session of before, and no wanted address', async () => {
  const input = form();
  const { id: user, sessionsEpoch } = await accounts.signUp(input, address);
  const account = async () => {
    const owner = await accountStore.read(user);
    if (owner === null) throw new Error('The account is gone.');
    return owner.account;
  };
  const change = { current_password: input.password, new_password: form().password };
  const send = async () => accounts.changePassword(await account(), change, { address, browser: null });
  await emailMoves.want(user, form().email);
  drops = 1;
  await expect(send()).rejects.toThrow('died');
  const proof = { address, browser: null };
  await accounts.requirePassword(await account(), change.new_password, proof);
  expect((await account()).sessionsEpoch).not.toBe(sessionsEpoch);
  expect(await emailMoves.wanted(user)).toBeNull();
  // A twin does not change the session that was opened since.
  const before = await account();
  expect(await send()).toEqual(before);
  expect(await account()).toEqual(before);
});

test('a change of the password whose account moves to another address meanwhile counts there, and once', async () => {
  const input = form();
  const account = await accounts.signUp(input, address);
  const { email } = form();
  await emailMoves.want(account.id, email);
  const link = (await links.make('address', account.id, email)) ?? '';
  beforeTurn = async () => {
    beforeTurn = async () => undefined;
    expect((await emailMoves.move(link)).kind).toBe('moved');
  };
  const change = { current_password: input.password, new_password: form().password };
  const send = () => accounts.changePassword(account, change, { address, browser: null });
  // Twins, which both began before the move.
  const became = await Promise.all([send(), send()]);
  const now = (await accountStore.read(account.id))?.account;
  expect(now?.email).toBe(email);
  expect(became).toContain(null);
  expect(became).toContainEqual(now);
  const signIn = (password: string) => accounts.signIn({ email, password, code: '' }, address, () => null);
  expect((await signIn(change.new_password)).id).toBe(account.id);
  await expect(signIn(input.password)).rejects.toThrow('wrong');
});

test('a change of the password goes along by itself where the process dies that has just moved the account', async () => {
  const input = form();
  const account = await accounts.signUp(input, address);
  const { email } = form();
  await emailMoves.want(account.id, email);
  const link = (await links.make('address', account.id, email)) ?? '';
  beforeDrop = async () => {
    beforeDrop = async () => undefined;
    await expect(movingAccounts(redis, '').dying('behind').move(link)).rejects.toThrow('died');
  };
  const change = { current_password: input.password, new_password: form().password };
  expect(await accounts.changePassword(account, change, { address, browser: null })).toBeNull();
  const signIn = (password: string) => accounts.signIn({ email, password, code: '' }, address, () => null);
  expect((await signIn(change.new_password)).id).toBe(account.id);
  await expect(signIn(input.password)).rejects.toThrow('wrong');
  expect(await accountStore.userIdOf(input.email)).toBeNull();
});

test('a sign-up signs nobody in at an address to which an account is only about to move', async () => {
  const input = form();
  await accounts.signUp(input, address);
  const { email } = form();
  // As a move leaves it that was interrupted half-way.
  await redis.copy(signInKey(input.email), signInKey(email));
  await expect(accounts.signUp({ ...input, email }, address)).rejects.toThrow(conflict);
});

test('an address that another account left behind, since a process died as it moved away, is free to sign up with', async () => {
  const input = form();
  const former = await accounts.signUp(form(), address);
  await redis.hset(`ravi:account:${former.id}`, 'moved_from', input.email);
  await redis.hset(signInKey(input.email), { user_id: String(former.id), password_hash: 'hash' });
  expect((await accounts.signUp(input, address)).id).not.toBe(former.id);
  expect(await accountStore.findSignIn(former.email)).toMatchObject({ userId: former.id });
});
