import { defaultLifetimes, type MintId, type PendingMint, type StoredGrant } from '@ravi/credentials';
import { generateSigningKey, readSigningKeys } from '@ravi/credentials/signing';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { deriveResultKey, openResult, wrapResultKey } from '@ravi/sealing';
import { mint, type MintDeps } from './serve-mint-request.ts';

const mintId = 'grant.rest' as MintId;
const nowMs = 1_800_000_000_000;
const serviceKeys = deriveServiceKeys(new Secret('a secret of a test that is long enough'));
const resultKey = deriveResultKey(Buffer.alloc(24, 7));
const secretHash = Buffer.alloc(32, 7).toString('base64url');
const [signingKey] = readSigningKeys([generateSigningKey()]);
const grant = {
  id: 'grant',
  userId: 7,
  clientId: 'ravi-device',
  identityUuid: '',
  scope: 'account',
  requestedScope: 'account notes:read',
  resource: '',
  keyThumbprint: '',
  keyIds: ['a key'],
  createdAtMs: nowMs - 60_000,
  expiresAtMs: null,
} as unknown as StoredGrant;
const wrapped = {
  wrappedKey: wrapResultKey(resultKey, mintId, secretHash, serviceKeys.current),
  secretHash,
  askedAtMs: 0,
};
const refresh: PendingMint = {
  ...wrapped,
  request: { kind: 'refresh', jti: 'now', seq: 4, keyThumbprint: 'key' },
};

/** Serves a request. Resolves to its settlement, and to what was settled with. */
async function serve(pending: PendingMint | null, of: StoredGrant | null = grant) {
  let settledWith: Readonly<Record<string, unknown>> | null = null;
  const settled = { kind: 'settled', again: false, waiters: ['one', 'two'] } as const;
  const settlement = await mint(
    {
      mints: {
        readPending: async () => pending,
        settle: async (_: MintId, sealed: string) => {
          settledWith = { sealed };
          return settled;
        },
        settleRefresh: async (_: MintId, pair: object, channel: string) => {
          settledWith = { ...pair, channel };
          return settled;
        },
      },
      grants: { find: async (id: string) => (id === 'grant' ? of : null) },
      signingKey: () => signingKey,
      serviceKeys,
      issuer: 'https://login.example.com',
      lifetimes: defaultLifetimes,
      refreshGraceMs: 30_000,
      clock: { nowMs: () => nowMs },
      wakeupChannel: 'wake:%s',
    } as unknown as MintDeps,
    mintId,
  );
  const result = settledWith as Readonly<Record<string, unknown>> | null;
  const opened = (): Record<string, unknown> =>
    JSON.parse(openResult(String(result?.['sealed']), mintId, resultKey)) as Record<string, unknown>;
  return { settlement, result, opened };
}

const refused = { kind: 'refused', waiters: [] };

test('a refresh makes the next pair of its login, sealed to whoever presented the token, and wakes who waits', async () => {
  const { settlement, result, opened } = await serve(refresh);
  expect(settlement).toEqual({ kind: 'settled', again: false, waiters: ['one', 'two'] });
  expect(result).toMatchObject({ jti: 'now', nextSeq: 5, graceMs: 30_000, channel: 'wake:%s' });
  expect(opened()).toMatchObject({ keyThumbprint: 'key', scope: 'account notes:read' });
  expect(opened()['accessExpiresAtMs']).toBe(nowMs + defaultLifetimes.accessTokenSeconds * 1000);
});

test('the tokens of a refresh are bound to the key that was proven with it, and to none where none was', async () => {
  const boundTo = (opened: Readonly<Record<string, unknown>>) =>
    [opened['access'], opened['refresh']].map((token) => {
      const claims = Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString();
      return (JSON.parse(claims) as { readonly cnf?: { readonly jkt: string } }).cnf?.jkt;
    });
  expect(boundTo((await serve(refresh, { ...grant, keyThumbprint: 'of before' })).opened())).toEqual([
    'key',
    'key',
  ]);
  const unproven: PendingMint = {
    ...wrapped,
    request: { kind: 'refresh', jti: 'now', seq: 4, keyThumbprint: '' },
  };
  expect(boundTo((await serve(unproven)).opened())).toEqual([undefined, undefined]);
});

test('a login that has tokens alone lives on by the refresh token that it gets, and not by the one that it had', async () => {
  const { result } = await serve(refresh, { ...grant, keyIds: [], refreshExpiresAtMs: nowMs + 86_400_000 });
  const lifeMs = defaultLifetimes.refreshTokenIdleSeconds * 1000;
  expect(result).toMatchObject({ refreshExpiresAtMs: nowMs + lifeMs });
  expect(result?.['grantTtlMs']).toBeGreaterThanOrEqual(lifeMs);
});

test('a narrower access token is as narrow as it was asked for', async () => {
  const { opened } = await serve({
    ...refresh,
    request: {
      ...refresh.request,
      kind: 'refresh',
      jti: 'now',
      seq: 4,
      keyThumbprint: '',
      accessScope: 'notes:read',
    },
  });
  expect(opened()['scope']).toBe('notes:read');
});

test('where the clock of this machine is behind, that of Redis counts', async () => {
  const { opened } = await serve({ ...refresh, askedAtMs: nowMs + 7_200_000 });
  expect(opened()['accessExpiresAtMs']).toBe(nowMs + 7_200_000 + defaultLifetimes.accessTokenSeconds * 1000);
});

test('a new key is made with the record that was asked for, also where the tag is of no login', async () => {
  const record = { kind: 'management', userId: 7, label: 'mine' } as never;
  const { result, opened } = await serve({ ...wrapped, request: { kind: 'key', record } }, null);
  expect(result?.['channel']).toBeUndefined();
  const { key, record: made } = opened();
  expect(key).toMatch(/^ravi_mgmt_/);
  expect(made).toMatchObject({
    kind: 'management',
    userId: 7,
    label: 'mine',
    id: expect.any(String),
    prefix: expect.any(String),
  });
});

test('nothing is made for a request that was withdrawn, of a login that is gone, or that no SECRET opens', async () => {
  const ended = [await serve(null), await serve(refresh, null), await serve({ ...refresh, wrappedKey: 'x' })];
  for (const { settlement, result } of ended) expect([settlement, result]).toEqual([refused, null]);
});
