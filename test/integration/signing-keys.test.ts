import { randomUUID } from 'node:crypto';
import { defaultLifetimes, PublishedKeys } from '@ravi/credentials';
import { generateSigningKey, readSigningKeys } from '@ravi/credentials/signing';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis } = await connectedRedis();

const seconds = 1_000;
const days = 86_400 * seconds;
const start = 1_800_000_000_000;
const leadMs = 120 * seconds;

const newKey = () => {
  const [key] = readSigningKeys([generateSigningKey()]);
  if (!key) throw new Error('There is no key.');
  return key.publicJwk;
};
const [older, newer] = [newKey(), newKey()];
const kids = (keys: readonly { kid: string }[]) => keys.map(({ kid }) => kid);

/** Published keys of a test's own: the older one signs, the newer one was just added. */
async function twoKeys() {
  const keys = new PublishedKeys(redis, `test:${randomUUID()}:`);
  await keys.publish([older], start - days);
  await keys.publish([older, newer], start);
  return keys;
}

test('a new key is published at once and does not sign until it is activated', async () => {
  const keys = await twoKeys();
  expect(kids(await keys.list(start))).toEqual([older.kid, newer.kid]);
  expect((await keys.listWithLife(start)).map(({ active }) => active)).toEqual([true, false]);
  expect(await keys.publish([newer, older], start + days)).toEqual({
    signingKid: older.kid,
    activeKid: older.kid,
  });
});

test('a key is activated once every cache may know it, not before, unless in an emergency', async () => {
  const keys = await twoKeys();
  expect(await keys.activate(newer.kid, start + 5 * seconds)).toEqual({
    kind: 'tooFresh',
    waitMs: leadMs - 5 * seconds,
  });
  expect(await keys.activate(newer.kid, start + 5 * seconds, true)).toEqual({ kind: 'activated' });

  const patient = await twoKeys();
  await patient.publish([older, newer], start + leadMs);
  expect(await patient.activate(newer.kid, start + leadMs)).toEqual({ kind: 'activated' });
  expect((await patient.publish([older, newer], start + leadMs)).signingKid).toBe(newer.kid);
});

test('a key that no issuer holds, or nobody knows, is not activated', async () => {
  const keys = await twoKeys();
  expect((await keys.activate(newer.kid, start + days, true)).kind).toBe('notHeld');
  expect((await keys.activate('another', start, true)).kind).toBe('unknown');
});

test('an issuer that lacks the active key signs with its own, and that is told', async () => {
  const keys = await twoKeys();
  await keys.activate(newer.kid, start, true);
  expect(await keys.publish([older], start)).toEqual({ signingKid: older.kid, activeKid: newer.kid });
});

test('the active key is not retired', async () => {
  const keys = await twoKeys();
  for (const atOnce of [false, true]) {
    expect((await keys.retire(older.kid, start, atOnce)).kind).toBe('active');
  }
});

test('a retired key never signs again, and verifies until the last token that it signed has expired', async () => {
  const keys = await twoKeys();
  await keys.activate(newer.kid, start, true);
  await keys.publish([older, newer], start + 1);
  const retirement = await keys.retire(older.kid, start + days);
  const lastTokenMs = start + defaultLifetimes.refreshTokenIdleSeconds * seconds;
  if (retirement.kind !== 'retired') throw new Error(retirement.kind);
  // Its issuer may have signed for a minute after it last said so.
  expect(retirement.atMs).toBe(lastTokenMs + 60 * seconds);
  // Asking again puts nothing off.
  expect(await keys.retire(older.kid, start + 2 * days)).toEqual(retirement);

  expect((await keys.publish([older], start + 2 * days)).signingKid).toBeNull();
  expect((await keys.activate(older.kid, start + 2 * days, true)).kind).toBe('retired');
  await keys.publish([older, newer], lastTokenMs);
  expect(kids(await keys.list(lastTokenMs))).toEqual([older.kid, newer.kid]);
  // Its issuer says so until then: it is not left out because nobody holds it.
  await keys.publish([older, newer], retirement.atMs - 1);
  expect(kids(await keys.list(retirement.atMs - 1))).toEqual([older.kid, newer.kid]);
  await keys.publish([older, newer], retirement.atMs);
  expect(kids(await keys.list(retirement.atMs))).toEqual([newer.kid]);
});

test('a key with which an issuer still signs, since it lacks the active one, is not retired, unless it leaked', async () => {
  const keys = await twoKeys();
  await keys.activate(newer.kid, start, true);
  await keys.publish([older, newer], start + 2 * seconds);
  await keys.publish([older], start + 60 * seconds);
  expect(await keys.retire(older.kid, start + 60 * seconds)).toEqual({ kind: 'inUse' });
  expect(await keys.retire(older.kid, start + 75 * seconds - 1)).toEqual({ kind: 'inUse' });
  expect((await keys.retire(older.kid, start + 75 * seconds)).kind).toBe('retired');

  const leaking = await twoKeys();
  await leaking.activate(newer.kid, start, true);
  expect(await leaking.retire(older.kid, start, true)).toEqual({ kind: 'retired', atMs: start });
  // It has ended: nobody is told to wait.
  expect(await leaking.retire(older.kid, start)).toEqual({ kind: 'retired', atMs: start });
});

test('a key that never signed is retired at once', async () => {
  const keys = await twoKeys();
  expect(await keys.retire(newer.kid, start)).toEqual({ kind: 'retired', atMs: start });
});

test('a leaked key verifies nothing from the moment it is retired, though issuers still hold it', async () => {
  const keys = await twoKeys();
  await keys.activate(newer.kid, start, true);
  const later = start + 15 * seconds;
  expect((await keys.retire(older.kid, later)).kind).toBe('retired');
  expect(await keys.retire(older.kid, later + 1, true)).toEqual({ kind: 'retired', atMs: later + 1 });
  expect(kids(await keys.list(later + 1))).toEqual([newer.kid]);
  await keys.publish([older, newer], later + 2);
  expect(kids(await keys.list(later + 2))).toEqual([newer.kid]);
});

test('a key that no issuer holds any more verifies as long as its last token may live', async () => {
  const keys = await twoKeys();
  const lifetimeMs = defaultLifetimes.refreshTokenIdleSeconds * seconds;
  expect(kids(await keys.list(start + lifetimeMs - 1))).toContain(older.kid);
  expect(kids(await keys.list(start + lifetimeMs))).toEqual([]);
});

test('keys are told in the order in which they were published', async () => {
  const keys = new PublishedKeys(redis, `test:${randomUUID()}:`);
  const made = Array.from({ length: 4 }, () => newKey());
  for (const [at, jwk] of made.entries()) await keys.publish([jwk], start - at * days);
  expect(kids(await keys.list(start))).toEqual(kids(made).toReversed());
});
