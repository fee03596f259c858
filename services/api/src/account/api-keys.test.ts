import { type ApiKeyKind, defaultLifetimes, maxMadeKeys, type StoredApiKey } from '@ravi/credentials';
import { servedAlone } from '../../../../test/support/served-alone.ts';
import type { Principal } from '../access/principal.ts';
import { type ApiKeysDeps, createApiKey, deleteApiKey, listApiKeys } from './api-keys.ts';

const nowMs = Date.parse('2026-06-01T12:00:00Z');
const uuid = '0190b7a0-0000-7000-8000-00000000000a';
const grant = { id: 'a grant', accountEpoch: '3', createdAtMs: nowMs, expiresAtMs: null };
const byToken = { credential: 'token', role: 'access', userId: 7, grant } as unknown as Principal;
const byKey = (key: object) =>
  ({
    ...byToken,
    credential: 'key',
    key: { id: 'parent', ancestorIds: [], expiresAtMs: null, ...key },
  }) as unknown as Principal;

/** Who calls, the account's keys, what goes wrong, and what was done, in order. */
let caller: Principal;
let lostReply: Error | null;
let made: number;
let living: StoredApiKey[];
let isAlive: boolean;
let notReplicated: Error | null;
let endsMeanwhile: boolean;
let isRevocable: boolean;
let done: unknown[];
beforeEach(() => {
  [caller, made, living, isAlive, notReplicated, isRevocable, done] = [byToken, 0, [], true, null, true, []];
  [lostReply, endsMeanwhile] = [null, false];
});
const names = () => done.map((each) => (Array.isArray(each) ? each[0] : each));

const deps = {
  authenticator: {
    require: async (_ctx: unknown, capability: string) => {
      done.push(`asked to ${capability}`);
      return caller;
    },
  },
  accountStore: {
    read: async () => ({ account: { id: 7, epoch: '3' }, identities: [{ uuid }] }),
    ownsIdentity: async (_userId: number, asked: string) => asked === uuid,
    epochPlace: (...place: unknown[]) => place.join(' '),
  },
  apiKeys: {
    countMade: async () => made,
    made: async () => {
      done.push('looked through');
      return living;
    },
    add: async (...added: unknown[]) => {
      done.push(['added', ...added]);
      if (lostReply) throw lostReply;
    },
    replicated: async () => {
      done.push('replicated');
      if (endsMeanwhile) isAlive = false;
      if (notReplicated) throw notReplicated;
    },
    revoke: async (id: string, userId: number, reason: string) => {
      done.push(['revoked', id, userId, reason]);
      if (!isRevocable) throw new Error('Redis is away.');
      return true;
    },
    page: async () => ({ entries: living, total: living.length }),
    findAlive: async (_account: object, id: string) => living.find((key) => key.id === id) ?? null,
  },
  credentials: { findKey: async () => (isAlive ? {} : null) },
  revocation: {
    endKey: async (by: object, { id }: StoredApiKey, epoch: string, reason: string) => {
      done.push(['ended', by, id, epoch, reason]);
      return isAlive;
    },
    keyEndReplicated: async (id: string) => {
      done.push(['had ended', id]);
      if (notReplicated) throw notReplicated;
    },
  },
  minting: {
    createKey: async (wanted: object) => {
      done.push(['minted', wanted]);
      return { key: 'ravi_secret', hash: 'a hash', record: { id: 'k1', prefix: 'ravi_', ...wanted } };
    },
  },
  limits: { admitWrite: async (writer: object) => void done.push(['counted', writer]) },
  lifetimes: { ...defaultLifetimes, apiKeyMaxSeconds: 900 },
  clock: { nowMs: () => nowMs },
  logger: {
    info: (_about: object, words: string) => void done.push(words),
    warn: (_about: object, words: string) => void done.push(words),
  },
  audit: { note: (event: object) => void done.push(['noted', event]) },
} as unknown as ApiKeysDeps;

const create = (body: object = {}, kind: ApiKeyKind = 'management') =>
  servedAlone(createApiKey(deps, kind), { method: 'POST', body });

test('a key is told once it is known everywhere, with its end, and is noted with what it is for', async () => {
  const answer = await create(
    { label: ' deploy ', expires_in: 600, identity_uuid: uuid.toUpperCase() },
    'identity',
  );
  expect([answer.status, answer.header('Cache-Control')]).toEqual([201, 'no-store']);
  expect(answer.body).toEqual({
    key: 'ravi_secret',
    id: 'k1',
    label: 'deploy',
    prefix: 'ravi_',
    created_dt: '2026-06-01T12:00:00.000Z',
    last_used_dt: null,
    expires_dt: '2026-06-01T12:10:00.000Z',
    identity_uuid: uuid,
  });
  expect(names()).toEqual([
    'asked to make keys',
    'counted',
    'minted',
    'added',
    'replicated',
    'API key created',
    'noted',
  ]);
  expect(done).toContainEqual(['counted', { kind: 'program', userId: 7, credential: 'a grant' }]);
  expect(done).toContainEqual(['added', { hash: 'a hash', record: expect.anything() }, `7 3 ${uuid}`, nowMs]);
  expect(done.at(-1)).toEqual([
    'noted',
    {
      event: 'key_created',
      key: 'k1',
      kind: 'identity',
      user: 7,
      grant: 'a grant',
      address: '192.0.2.9',
      identity: uuid,
    },
  ]);
});

test.each([{}, { identity_uuid: '' }, { identity_uuid: null }])(
  'a key of the account is of no identity: %j',
  async (sent) => {
    const { body } = await create(sent);
    expect(body).not.toHaveProperty('identity_uuid');
    expect(done.at(-1)).toEqual(['noted', expect.not.objectContaining({ identity: expect.anything() })]);
  },
);

test.each([
  [{}, 900],
  [{ expires_in: null }, 900],
  [{ expires_in: '' }, 900],
  [{ expires_in: '600' }, 600],
  [{ expires_in: 60 }, 60],
  [{ expires_in: 315_360_000 }, 900],
])('a key of %j lives for %d seconds where the operator allows 900', async (body, seconds) => {
  const { expires_dt } = (await create(body)).body as { expires_dt: string };
  expect((Date.parse(expires_dt) - nowMs) / 1000).toBe(seconds);
});

test('a key ends with the key that makes it, and descends from that one and all before it', async () => {
  caller = byKey({ ancestorIds: ['grandparent'], expiresAtMs: nowMs + 1_000 });
  const { expires_dt } = (await create({ expires_in: 600 })).body as { expires_dt: string };
  expect(Date.parse(expires_dt)).toBe(nowMs + 1_000);
  expect(done).toContainEqual([
    'minted',
    expect.objectContaining({ ancestorIds: ['parent', 'grandparent'] }),
  ]);
  expect(done).toContainEqual(['counted', { kind: 'program', userId: 7, credential: 'parent' }]);
});

test('a key that a token makes ends no later than the login of that token may be refreshed', async () => {
  const lifetimes = { ...deps.lifetimes, refreshTokenMaxSeconds: 300 };
  const answer = await servedAlone(createApiKey({ ...deps, lifetimes }, 'management'), {
    method: 'POST',
    body: { expires_in: 600 },
  });
  expect(answer.body).toMatchObject({ expires_dt: '2026-06-01T12:05:00.000Z' });
});

const aFullAccount = () => {
  made = maxMadeKeys;
  living = Array.from({ length: maxMadeKeys }, () => ({}) as StoredApiKey);
};
test.each<[string, object, ApiKeyKind, () => void, object]>([
  [
    'an end too soon',
    { expires_in: 59 },
    'management',
    () => {},
    { message: 'expires_in: must be at least 60 seconds.' },
  ],
  [
    'an end too late',
    { expires_in: 315_360_001 },
    'management',
    () => {},
    { message: 'expires_in: must be at most ten years.' },
  ],
  [
    'a part of a second',
    { expires_in: 60.5 },
    'management',
    () => {},
    { message: 'expires_in: must be a whole number of seconds.' },
  ],
  ...['soon', true, [600], {}, Infinity].map(
    (expires_in): [string, object, ApiKeyKind, () => void, object] => [
      `the end ${JSON.stringify(expires_in)}`,
      { expires_in },
      'management',
      () => {},
      { status: 400, field: 'expires_in', message: 'expires_in: must be a number of seconds.' },
    ],
  ),
  [
    'an identity for a key of the whole account',
    { identity_uuid: uuid },
    'management',
    () => {},
    {
      status: 400,
      field: 'identity_uuid',
      message:
        'identity_uuid: a management key is for the whole account: make a key of kind identity, or leave this out.',
    },
  ],
  ['no identity', {}, 'identity', () => {}, { message: 'identity_uuid: is required.' }],
  [
    'an identity of others',
    { identity_uuid: uuid.replace('a', 'b') },
    'identity',
    () => {},
    { status: 400, field: 'identity_uuid', message: 'identity_uuid: is not an identity of this account.' },
  ],
  [
    'a key of the fourth generation',
    {},
    'management',
    () => (caller = byKey({ ancestorIds: ['a', 'b', 'c'] })),
    { status: 403, message: expect.stringContaining('make the new one with an access token') },
  ],
  [
    'a full account',
    {},
    'management',
    aFullAccount,
    { status: 409, message: expect.stringContaining('Delete some') },
  ],
])('%s makes no key', async (_, body, kind, prepare, refusal) => {
  prepare();
  await expect(create(body, kind)).rejects.toMatchObject(refusal);
  expect(names()).not.toContain('minted');
});

test('keys are looked through only where there may be too many', async () => {
  made = maxMadeKeys - 1;
  await create();
  expect(done).not.toContain('looked through');
});

test('keys that ended make room, and a key of the third generation still makes one', async () => {
  aFullAccount();
  living.pop();
  caller = byKey({ ancestorIds: ['a', 'b'] });
  expect((await create()).status).toBe(201);
});

test('a key whose maker ended meanwhile is told to nobody, and ends', async () => {
  isAlive = false;
  await expect(create()).rejects.toMatchObject({
    status: 401,
    message: expect.stringContaining('revoked a moment ago'),
  });
  expect(done.at(-1)).toEqual(['revoked', 'k1', 7, 'revoked']);
  expect(names()).not.toContain('noted');
});

test('a key whose maker ended while replicas were waited for is told to nobody', async () => {
  endsMeanwhile = true;
  await expect(create()).rejects.toMatchObject({ status: 401 });
  expect(names()).not.toContain('noted');
});

test('a key that too few replicas have, or of which nobody knows whether it was written, is told to nobody, and ends, as far as that can be done', async () => {
  lostReply = new Error('Command timed out');
  await expect(create()).rejects.toBe(lostReply);
  expect(done.at(-1)).toEqual(['revoked', 'k1', 7, 'revoked']);
  [lostReply, notReplicated] = [null, new Error('Too few replicas.')];
  await expect(create()).rejects.toBe(notReplicated);
  expect(done.at(-1)).toEqual(['revoked', 'k1', 7, 'revoked']);
  isRevocable = false;
  await expect(create()).rejects.toBe(notReplicated);
  expect(done.at(-1)).toBe('a key that nobody received could not be revoked');
});

const listed = (changes: Partial<StoredApiKey> = {}) =>
  ({
    id: uuid,
    kind: 'management',
    label: 'deploy',
    prefix: 'ravi_',
    createdAtMs: nowMs,
    lastUsedAtMs: null,
    expiresAtMs: null,
    ...changes,
  }) as StoredApiKey;

test('a list tells of each key when it was used and ends, if it was and does', async () => {
  living = [listed(), listed({ id: 'k2', lastUsedAtMs: nowMs + 1, expiresAtMs: nowMs + 2 })];
  const { body } = await servedAlone(listApiKeys(deps, 'management'));
  expect(body).toEqual([
    expect.objectContaining({ last_used_dt: null, expires_dt: null, created_dt: '2026-06-01T12:00:00.000Z' }),
    expect.objectContaining({
      last_used_dt: '2026-06-01T12:00:00.001Z',
      expires_dt: '2026-06-01T12:00:00.002Z',
    }),
  ]);
  expect(done).toEqual(['asked to manage keys']);
});

const remove = (id: string, kind: ApiKeyKind = 'management') =>
  servedAlone(deleteApiKey(deps, kind), { method: 'DELETE', params: { id } });

test('a key is ended by its id, in either case, and that is counted', async () => {
  living = [listed()];
  expect((await remove(uuid.toUpperCase())).status).toBe(204);
  expect(done).toEqual([
    'asked to manage keys',
    ['counted', { kind: 'program', userId: 7, credential: 'a grant' }],
    ['ended', { userId: 7, address: '192.0.2.9' }, uuid, '3', 'revoked'],
    'API key revoked',
  ]);
});

test('a key of the other kind, an id of another form, and a key that has just ended are not there', async () => {
  living = [listed(), listed({ id: 'short' })];
  const isNotThere = { status: 404, message: 'This account has no such key.' };
  await expect(remove(uuid, 'identity')).rejects.toMatchObject(isNotThere);
  for (const id of ['short', '', `${uuid}:x`]) await expect(remove(id)).rejects.toMatchObject(isNotThere);
  expect(names()).not.toContain('ended');
  isAlive = false;
  await expect(remove(uuid)).rejects.toMatchObject(isNotThere);
});

test('a key that ended before is not there once replicas know: an earlier try may have ended it, and was told that they do not', async () => {
  living = [];
  notReplicated = new Error('Too few replicas.');
  await expect(remove(uuid)).rejects.toBe(notReplicated);
  notReplicated = null;
  await expect(remove(uuid)).rejects.toMatchObject({ status: 404 });
  expect(names().filter((name) => name === 'had ended')).toHaveLength(2);
});

test('where the account is gone meanwhile, that is said', async () => {
  const gone = { ...deps, accountStore: { read: async () => null } } as unknown as ApiKeysDeps;
  await expect(servedAlone(listApiKeys(gone, 'management'))).rejects.toMatchObject({
    status: 404,
    message: 'The account is gone.',
  });
});
