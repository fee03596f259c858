import { createHash, randomUUID } from 'node:crypto';
import { AccountLinks, AccountStore, EmailMoves, LinkedAccounts } from '@ravi/accounts';
import { connectRedis, type RedisClient, waitUntilReady } from '@ravi/redis';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { OidcProvider } from '../../services/api/src/people/oidc-provider.ts';
import { ProviderSignIn } from '../../services/api/src/people/provider-sign-in.ts';
import { ProviderVisit } from '../support/oidc-provider/provider-visit.ts';
import { type OidcProvider as ProviderProcess, startOidcProvider } from '../support/oidc-provider/start.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const publicUrl = 'http://login.localhost:3000';
const origin = { address: '192.0.2.1', requestId: 'test' };
const ignore = () => undefined;

let server: TestRedis;
let redis: RedisClient;
let provider: ProviderProcess;
let nowMs: number;
beforeAll(async () => {
  [server, provider] = await Promise.all([startRedis(), startOidcProvider('one', publicUrl)]);
  redis = connectRedis({ kind: 'single', url: server.url }, 'tool', 'test');
  redis.on('error', ignore);
  await waitUntilReady(redis, 60_000);
});
beforeEach(() => {
  nowMs = Date.now();
});
afterAll(async () => {
  redis.disconnect();
  await Promise.all([server.stop(), provider.close()]);
});

/** Sign-in as one api does it, with a clock that the test sets. */
function openSignIn({
  admit = async () => undefined,
  note = ignore,
}: { admit?: () => Promise<void>; note?: () => void } = {}) {
  const clock = { nowMs: () => nowMs };
  const secret = provider.env['OIDC_ONE_CLIENT_SECRET'] ?? '';
  const at = new OidcProvider(
    {
      id: 'one',
      label: 'One',
      issuer: new URL(provider.issuer),
      clientId: 'ravi',
      clientSecret: new Secret(secret),
      mark: null,
      trustsEmail: false,
      trustsReauthentication: false,
    },
    publicUrl,
    clock,
  );
  const accountStore = new AccountStore(redis);
  const signIn = new ProviderSignIn({
    providers: [at],
    accountStore,
    linkedAccounts: new LinkedAccounts(redis, accountStore),
    emailMoves: new EmailMoves(redis, accountStore, new AccountLinks(redis)),
    limits: { admitProviderSignIn: admit },
    redis,
    keys: deriveServiceKeys(new Secret('x'.repeat(40))),
    clock,
    logger: { info: ignore, warn: ignore },
    audit: { note },
    identityEmailDomain: 'agents.example.com',
  });
  return { at, signIn };
}

/** A person who has come back from the provider, and how to let them in. */
async function cameBack(sub: string, email = '') {
  const { at, signIn } = openSignIn();
  const begun = await signIn.begin(at, {}, origin);
  if (begun.kind !== 'begun') throw new Error(begun.failure);
  const callback = await new ProviderVisit().answer(begun.url.href, { sub, email });
  const query = callback.slice(callback.indexOf('?'));
  return () => signIn.finish(at, begun.attempt, query, origin);
}

test('a sign-in that took ten minutes or longer counts no more', async () => {
  const finish = await cameBack(randomUUID());
  nowMs += 600_000;
  expect(await finish()).toEqual({ kind: 'failed', failure: 'expired' });
  nowMs -= 1;
  expect((await finish()).kind).toBe('signedIn');
});

test('that an answer has come back is known for as long as its sign-in is good', async () => {
  const finish = await cameBack(randomUUID());
  const before = await redis.keys('ravi:spent-sign-in:*');
  expect((await finish()).kind).toBe('signedIn');
  const spent = (await redis.keys('ravi:spent-sign-in:*')).find((key) => !before.includes(key)) ?? '';
  const leftMs = await redis.pttl(spent);
  expect([leftMs > 540_000, leftMs <= 600_000]).toEqual([true, true]);
});

test('over the limit nothing is noted, whether the sign-in took too long, is spent, or never reached its provider', async () => {
  let [left, noted] = [3, 0];
  const { at, signIn } = openSignIn({
    admit: () => (left-- > 0 ? Promise.resolve() : Promise.reject(new Error('429'))),
    note: () => noted++,
  });
  const begun = await signIn.begin(at, {}, origin);
  if (begun.kind !== 'begun') throw new Error(begun.failure);
  nowMs += 600_000;
  const often = async (act: () => Promise<unknown>) => {
    for (let again = 0; again < 6; again++) await act().catch(ignore);
  };
  await often(() => signIn.finish(at, begun.attempt, '', origin));
  expect(noted).toBe(3);
  left = 2;
  const { at: unread } = openSignIn();
  await provider.stop();
  await often(() => signIn.begin(unread, {}, origin));
  await provider.start();
  expect(noted).toBe(5);
});

test('an answer that comes back ten times at once counts once', async () => {
  const finish = await cameBack(randomUUID());
  const ends = await Promise.all(Array.from({ length: 10 }, finish));
  expect(ends.filter(({ kind }) => kind === 'signedIn')).toHaveLength(1);
});

test('first sign-ins of one person at the same moment make one account, with one identity', async () => {
  const sub = randomUUID();
  const finishes = await Promise.all(Array.from({ length: 6 }, () => cameBack(sub)));
  const ends = await Promise.all(finishes.map((finish) => finish()));
  const accounts = ends.flatMap((end) => (end.kind === 'signedIn' ? [end.account.id] : []));
  expect(accounts.length).toBeGreaterThanOrEqual(1);
  expect(new Set(accounts).size).toBe(1);
  const failures = ends.flatMap((end) => (end.kind === 'failed' ? [end.failure] : []));
  expect(failures.every((failure) => failure === 'busy')).toBe(true);
  expect((await new AccountStore(redis).read(accounts[0] ?? 0))?.identities).toHaveLength(1);
});

test('an address whose account moved away is free for a first sign-in, also where the process that moved it died before it gave it up', async () => {
  const accounts = new AccountStore(redis);
  const former = `${randomUUID()}@example.com`;
  const input = { email: `${randomUUID()}@example.com`, firstName: '', lastName: '', passwordHash: 'hash' };
  const moved = await accounts.create({ ...input, identityEmailDomain: 'agents.example.com' }, nowMs);
  await redis.hset(`ravi:account:${moved?.id}`, 'moved_from', former);
  const record = `ravi:sign-in:${createHash('sha256').update(former).digest('base64url')}`;
  await redis.hset(record, { user_id: String(moved?.id), password_hash: 'hash' });
  expect(await accounts.userIdOf(former)).toBe(moved?.id);
  const finish = await cameBack(randomUUID(), former);
  expect(await finish()).toMatchObject({ kind: 'signedIn', account: { email: former } });
  expect(await accounts.userIdOf(former)).not.toBe(moved?.id);
  expect(await accounts.userIdOf(input.email)).toBe(moved?.id);
});

test('what a provider said of itself is kept: hours later its button leads there at once, even while it is down', async () => {
  const { at, signIn } = openSignIn();
  expect((await signIn.begin(at, {}, origin)).kind).toBe('begun');
  await provider.stop();
  nowMs += 7_200_000;
  for (let again = 0; again < 3; again++) {
    expect((await signIn.begin(at, {}, origin)).kind).toBe('begun');
    nowMs += 10_000;
  }
  await provider.start();
});

test('an account that was left half-written by a process that died is free again after a minute', async () => {
  const accounts = new LinkedAccounts(redis, new AccountStore(redis));
  const who = { issuer: provider.issuer, subject: randomUUID(), provider: 'one', email: '', atMs: nowMs };
  const person = {
    email: `${randomUUID()}@example.com`,
    firstName: '',
    lastName: '',
    identityEmailDomain: 'x.org',
  };
  const before = new Set(await redis.keys('ravi:external:*'));
  await accounts.create(who, person, nowMs);
  const link = (await redis.keys('ravi:external:*')).find((key) => !before.has(key)) ?? '';
  expect(await redis.ttl(link)).toBe(-1);
  // As if the process had died after taking the link: no account behind it, and a link that ends.
  await redis.set(link, 999_999_999, 'EX', 60);
  const other = { ...person, email: `${randomUUID()}@example.com` };
  expect(await accounts.create(who, other, nowMs)).toEqual({ kind: 'busy' });
  await redis.del(link);
  expect((await accounts.create(who, other, nowMs)).kind).toBe('created');
});

test('no key in Redis names a subject, state, nonce, verifier or code, and what marks an attempt as spent ends', async () => {
  const sub = randomUUID();
  const { at, signIn } = openSignIn();
  const begun = await signIn.begin(at, { userCode: 'BCDF-GHJK' }, origin);
  if (begun.kind !== 'begun') throw new Error(begun.failure);
  const callback = await new ProviderVisit().answer(begun.url.href, { sub });
  const query = callback.slice(callback.indexOf('?'));
  await signIn.finish(at, begun.attempt, query, origin);
  const keys = await redis.keys('*');
  const secrets = [sub, begun.attempt.state, begun.attempt.nonce, begun.attempt.codeVerifier, 'BCDF-GHJK'];
  for (const key of keys) for (const secret of secrets) expect(key).not.toContain(secret);
  const spent = keys.filter((key) => key.startsWith('ravi:spent-sign-in:'));
  expect(spent.length).toBeGreaterThan(0);
  for (const key of spent) expect(await redis.ttl(key)).toBeGreaterThan(0);
});
