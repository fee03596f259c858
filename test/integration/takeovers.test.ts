import { randomUUID } from 'node:crypto';
import {
  AccountLinks,
  AccountStore,
  EmailMoves,
  FactorStore,
  LinkedAccounts,
  noFactors,
  SignInUndos,
} from '@ravi/accounts';
import { unconfirmedWrites } from '@ravi/redis';
import { connectedRedis } from '../support/connected-redis.ts';
import { redisWith } from '../support/redis-with.ts';

const { redis } = await connectedRedis();
const accounts = new AccountStore(redis);
const linked = new LinkedAccounts(redis, accounts);
const links = new AccountLinks(redis);
const moves = new EmailMoves(redis, accounts, links);
const atProvider = (subject: string) => ({
  issuer: 'https://accounts.example.com',
  subject,
  provider: 'one',
  email: subject,
  atMs: 1,
});
const noName = { firstName: '', lastName: '' };

/** An account that a stranger made with somebody's address, and its owner at a provider. */
async function strangersAccount() {
  const email = `${randomUUID()}@example.com`;
  const input = { email, ...noName, passwordHash: 'hash', identityEmailDomain: 'agents.example.com' };
  const account = await accounts.create(input, Date.now());
  if (account === null) throw new Error('The address is taken.');
  return { account, owner: atProvider(email), email };
}

test('a takeover ends the change of address that a stranger wanted, and the links that they have', async () => {
  const { account, owner, email } = await strangersAccount();
  const evil = `${randomUUID()}@example.com`;
  await moves.want(account.id, evil);
  const [address, verify] = [
    await links.make('address', account.id, evil),
    await links.make('verify', account.id, email),
  ];
  const named = { firstName: 'Ada', lastName: 'Lovelace' };
  expect(await linked.takeOver(owner, { email, ...named })).toMatchObject({ id: account.id, ...named });
  expect(await moves.move(address ?? '')).toEqual({ kind: 'bad' });
  expect(await links.find('address', address ?? '')).toBeNull();
  expect(await links.find('verify', verify ?? '')).toBeNull();
  expect(await moves.wanted(account.id)).toBeNull();
  expect((await accounts.read(account.id))?.account.email).toBe(email);
});

test('a takeover leaves a stranger nothing by which their second factors and providers come back', async () => {
  const { account, owner, email } = await strangersAccount();
  const [factors, undos] = [new FactorStore(redis), new SignInUndos(redis)];
  const totp = { sealedSecret: '1.sealed', lastStep: 7, addedAtMs: 1, lastUsedAtMs: null };
  await factors.change(account.id, () => ({ kind: 'change', factors: { ...noFactors, totp } }));
  await linked.link(atProvider(randomUUID()), account.id);
  const nowMs = Date.now();
  const noted = await undos.note(account, nowMs);
  const link = (noted && (await undos.makeLink(account.id, noted, nowMs))) ?? '';
  expect(await undos.find(link, nowMs)).not.toBeNull();
  expect((await linked.takeOver(owner, { email, ...noName }))?.id).toBe(account.id);
  expect(await undos.find(link, nowMs)).toBeNull();
  expect((await undos.putBack(link, nowMs, 'everything')).kind).toBe('over');
  expect((await accounts.read(account.id))?.account.hasSecondFactor).toBe(false);
  expect((await linked.links(account.id)).map(({ email: at }) => at)).toEqual([email]);
});

describe('a takeover that was interrupted before its link lasted', () => {
  async function interrupted() {
    const made = await strangersAccount();
    const before = new Set(await redis.keys('ravi:external:*'));
    await linked.takeOver(made.owner, { email: made.email, ...noName });
    const link = (await redis.keys('ravi:external:*')).find((key) => !before.has(key)) ?? '';
    expect(await redis.ttl(link)).toBe(-1);
    await redis.expire(link, 60);
    return { ...made, link };
  }

  test('is finished by the next sign-in within a minute', async () => {
    const { account, owner, link } = await interrupted();
    expect((await linked.find(owner))?.id).toBe(account.id);
    expect(await redis.ttl(link)).toBe(-1);
  });

  test('is finished by the same person later, and by nobody else', async () => {
    const { account, owner, email, link } = await interrupted();
    await redis.del(link);
    const another = { ...owner, subject: randomUUID() };
    expect(await linked.takeOver(another, { email, ...noName })).toBeNull();
    expect((await linked.takeOver(owner, { email, ...noName }))?.id).toBe(account.id);
    expect((await linked.find(owner))?.id).toBe(account.id);
    expect(await redis.ttl(link)).toBe(-1);
    // The link lasts from now on: it stays its person's, and a link to another account takes nothing.
    expect((await linked.takeOver(owner, { email, ...noName }))?.id).toBe(account.id);
    await redis.set(link, account.id + 1);
    expect(await linked.takeOver(owner, { email, ...noName })).toBeNull();
  });
});

test.each(['epoch', 'sessions_epoch'])(
  'a takeover begins an epoch after its %s, whatever the clock says',
  async (field) => {
    const { account, owner, email } = await strangersAccount();
    const ahead = (Date.now() + 3_600_000) * 1000;
    await redis.hset(`ravi:account:${account.id}`, field, ahead);
    const taken = await linked.takeOver(owner, { email, ...noName });
    expect(Number(taken?.epoch)).toBe(ahead + 1);
  },
);

test.each(['epoch', 'sessions_epoch'])(
  'what an account ends begins an epoch after its %s, whatever the clock says, and the former one is named',
  async (field) => {
    const { account } = await strangersAccount();
    const ahead = (Date.now() + 3_600_000) * 1000;
    await redis.hset(`ravi:account:${account.id}`, field, ahead);
    const ended = await accounts.end(account.id, 'everything');
    const former = field === 'epoch' ? String(ahead) : account.epoch;
    expect(ended).toEqual({ epoch: String(ahead + 1), former });
  },
);

test('a takeover that the person overtakes, who proves the address meanwhile, leaves them their password', async () => {
  const { account, owner, email } = await strangersAccount();
  class Overtaken extends AccountStore {
    override async read(userId: number) {
      const found = await super.read(userId);
      await super.noteVerified(userId, email);
      return found;
    }
  }
  const late = new LinkedAccounts(redis, new Overtaken(redis));
  const before = await redis.keys('ravi:external:*');
  expect(await late.takeOver(owner, { email, ...noName })).toBeNull();
  expect(await accounts.findSignIn(email)).toEqual({ userId: account.id, passwordHash: 'hash' });
  expect(await linked.find(owner)).toBeNull();
  // Nor is anything left of the takeover that would keep its owner out elsewhere.
  expect((await redis.keys('ravi:external:*')).toSorted()).toEqual(before.toSorted());
});

test('nobody takes over an account that does not exist, that is blocked, or that has moved to another address', async () => {
  const nobody = `${randomUUID()}@example.com`;
  expect(await linked.takeOver(atProvider(nobody), { email: nobody, ...noName })).toBeNull();
  const { account, owner, email } = await strangersAccount();
  await accounts.end(account.id, 'everything', 'block');
  expect(await linked.takeOver(owner, { email, ...noName })).toBeNull();
  await accounts.end(account.id, 'everything', 'unblock');
  // What a move leaves whose process died.
  await redis.hset(`ravi:account:${account.id}`, 'email', nobody);
  expect(await linked.takeOver(owner, { email, ...noName })).toBeNull();
  expect(await accounts.findSignIn(email)).toEqual({ userId: account.id, passwordHash: 'hash' });
  await redis.hset(`ravi:account:${account.id}`, 'email', email);
  expect((await linked.takeOver(owner, { email, ...noName }))?.id).toBe(account.id);
});

test('somebody at a provider whom another account has takes nothing over, and stays with that account', async () => {
  const [{ account, owner, email }, other] = [await strangersAccount(), await strangersAccount()];
  expect(await linked.link(owner, other.account.id)).toBe('linked');
  expect(await linked.takeOver(owner, { email, ...noName })).toBeNull();
  expect((await linked.find(owner))?.id).toBe(other.account.id);
  expect((await accounts.read(account.id))?.account).toEqual(account);
});

test('somebody at a provider who is being let in is taken for a minute, by whichever way', async () => {
  const dies = redisWith(redis, {
    persist: ([key], real) =>
      String(key).includes(':external:') ? Promise.reject(new Error('died')) : real(),
  });
  const dying = new LinkedAccounts(redis, accounts, '', unconfirmedWrites(dies));
  const { account, owner, email } = await strangersAccount();
  const fresh = `${randomUUID()}@example.com`;
  const input = { email: fresh, ...noName, emailVerified: true, identityEmailDomain: 'agents.example.com' };
  for (const letIn of [
    () => dying.link(atProvider(randomUUID()), account.id),
    () => dying.create(atProvider(fresh), input, 1),
    () => dying.takeOver(owner, { email, ...noName }),
  ]) {
    const before = new Set(await redis.keys('ravi:external:*'));
    await expect(letIn()).rejects.toThrow('died');
    const key = (await redis.keys('ravi:external:*')).find((each) => !before.has(each)) ?? '';
    const leftMs = await redis.pttl(key);
    expect([leftMs > 30_000, leftMs <= 60_000]).toEqual([true, true]);
  }
  // Whoever comes again finds the account that the first try made.
  const again = await linked.create(atProvider(fresh), input, 1);
  expect(again.kind === 'created' && again.account.email).toBe(fresh);
});

test.each(['epoch', 'sessions_epoch'])(
  'what is put back begins an epoch after the %s, whatever the clock says, and leaves no provider where there was none',
  async (field) => {
    const { account } = await strangersAccount();
    const undos = new SignInUndos(redis);
    const nowMs = Date.now();
    const noted = await undos.note(account, nowMs);
    const link = (noted && (await undos.makeLink(account.id, noted, nowMs))) ?? '';
    const weekMs = 7 * 24 * 3_600_000;
    expect(await undos.find(link, nowMs + weekMs - 1)).not.toBeNull();
    expect(await undos.find(link, nowMs + weekMs)).toBeNull();
    await linked.link(atProvider(randomUUID()), account.id);
    const ahead = (Date.now() + 3_600_000) * 1000;
    await redis.hset(`ravi:account:${account.id}`, field, ahead);
    expect((await undos.putBack(link, nowMs, 'everything')).kind).toBe('putBack');
    const found = (await accounts.read(account.id))?.account;
    expect([found?.epoch, found?.sessionsEpoch]).toEqual([String(ahead + 1), String(ahead + 1)]);
    expect(await redis.hget(`ravi:account:${account.id}`, 'providers')).toBeNull();
  },
);

test('a first sign-in that was interrupted before it lasted is finished by the next one', async () => {
  const email = `${randomUUID()}@example.com`;
  const owner = atProvider(email);
  const input = { email, ...noName, emailVerified: true, identityEmailDomain: 'agents.example.com' };
  const before = new Set(await redis.keys('*'));
  await linked.create(owner, input, Date.now());
  const keys = [...(await redis.keys('ravi:external:*')), ...(await redis.keys('ravi:sign-in:*'))].filter(
    (key) => !before.has(key),
  );
  expect(keys).toHaveLength(2);
  for (const key of keys) await redis.expire(key, 60);
  expect(await linked.find(owner)).not.toBeNull();
  for (const key of keys) expect(await redis.ttl(key)).toBe(-1);
});

test('putting back keeps for good whom the account lists again, gives up whom it lists no more, and leaves those whom another account has', async () => {
  const [{ account }, { account: other }] = [await strangersAccount(), await strangersAccount()];
  const undos = new SignInUndos(redis);
  const nowMs = Date.now();
  const keyOf = async (subject: string, userId: number) => {
    const before = new Set(await redis.keys('ravi:external:*'));
    await linked.link(atProvider(subject), userId);
    return (await redis.keys('ravi:external:*')).find((each) => !before.has(each)) ?? '';
  };
  const [own, moved] = [await keyOf(randomUUID(), account.id), await keyOf(randomUUID(), account.id)];
  const noted = (await undos.note(account, nowMs)) ?? '';
  const link = (await undos.makeLink(account.id, noted, nowMs)) ?? '';
  expect(await undos.makeLink(account.id + 1, noted, nowMs)).toBeNull();
  const thiefs = await keyOf(randomUUID(), account.id);
  await redis.expire(own, 60);
  await redis.set(moved, other.id);
  expect((await undos.putBack(link, nowMs, 'sessions')).kind).toBe('putBack');
  expect([await redis.get(own), await redis.ttl(own)]).toEqual([String(account.id), -1]);
  expect([await redis.exists(thiefs), await redis.get(moved)]).toEqual([0, String(other.id)]);
  const listed = await redis.hget(`ravi:account:${account.id}`, 'providers');
  expect(listed?.match(/"id":/g)).toHaveLength(1);
});
