import type { Identity, IdentityWriteOutcome } from '@ravi/accounts';
import { NotReplicated } from '@ravi/redis';
import { servedAlone } from '../../../../test/support/served-alone.ts';
import type { Principal } from '../access/principal.ts';
import { type ListDomainsDeps, listDomains } from './domains.ts';
import {
  changeIdentity,
  createIdentity,
  deleteIdentity,
  type IdentitiesDeps,
  listIdentities,
  readIdentity,
  replaceIdentity,
} from './identities.ts';

const nowMs = Date.parse('2026-06-01T12:00:00Z');
const uuid = '0190b7a0-0000-7000-8000-00000000000a';
const other = uuid.replace('a', 'b');
const written = '2026-06-01T12:00:00.000Z';
const rewritten = '2026-06-02T12:00:00.000Z';
const identity = (of = uuid): Identity => ({
  uuid: of,
  name: 'Vega',
  email: 'vega@agents.test',
  phone: '',
  createdAt: written,
  updatedAt: rewritten,
});

/** Who calls, what becomes of what they write, what was done, in order, and which rights were asked for. */
let caller: Principal;
let outcome: IdentityWriteOutcome;
let isThere: boolean;
let replicaFailure: Error | null;
let done: unknown[];
let asked: string[];
beforeEach(() => {
  asked = [];
  caller = {
    role: 'access',
    userId: 7,
    identityUuid: '',
    credential: 'token',
    grant: { id: 'a grant' },
  } as unknown as Principal;
  [outcome, isThere, replicaFailure, done] = [{ kind: 'written', identity: identity() }, true, null, []];
});

const deps = {
  authenticator: {
    require: async (_ctx: unknown, capability: string) => {
      asked.push(capability);
      return caller;
    },
  },
  accountStore: {
    read: async () => (isThere ? { identities: [identity(), identity(other)] } : null),
    replicated: async (id: number) => {
      done.push(`replicated ${id}`);
      if (replicaFailure) throw replicaFailure;
    },
  },
  identities: {
    add: async (...added: unknown[]) => {
      done.push(['added', ...added]);
      return outcome;
    },
    change: async (...changed: unknown[]) => {
      done.push(['changed', ...changed]);
      return outcome;
    },
    remove: async (...removed: unknown[]) => {
      done.push(['removed', ...removed]);
      return isThere;
    },
    find: async (_userId: number, of: string) => (isThere ? identity(of) : null),
  },
  limits: { admitWrite: async () => void done.push('counted') },
  clock: { nowMs: () => nowMs },
  logger: { info: () => undefined },
  audit: { note: (event: object) => void done.push(['noted', event]) },
  identityEmailDomains: ['agents.test', 'more.test'],
} as unknown as IdentitiesDeps;

const calls = {
  create: (body: object = {}) => servedAlone(createIdentity(deps), { body }),
  read: (of = uuid) => servedAlone(readIdentity(deps), { params: { uuid: of } }),
  replace: (of = uuid) => servedAlone(replaceIdentity(deps), { params: { uuid: of }, body: { name: 'Sol' } }),
  change: (of = uuid) => servedAlone(changeIdentity(deps), { params: { uuid: of }, body: { email: 'sol' } }),
  remove: (of = uuid) => servedAlone(deleteIdentity(deps), { params: { uuid: of } }),
};
const noted = (event: string) => ['noted', { event, identity: uuid, user: 7, address: '192.0.2.9' }];

test('what was written is counted, noted, known to replicas, and only then told', async () => {
  const created = await calls.create({ name: 'Sol', email: 'sol@more.test' });
  expect([created.status, created.header('Cache-Control')]).toEqual([201, 'no-store']);
  expect(done).toEqual([
    'counted',
    ['added', 7, { name: 'Sol', email: 'sol@more.test' }, { domain: 'agents.test', nowMs }],
    noted('identity_created'),
    'replicated 7',
  ]);
  done = [];
  for (const { status, body } of [await calls.replace(uuid.toUpperCase()), await calls.change()])
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({ uuid, created_dt: written, updated_dt: rewritten }),
    ]);
  expect(done).toEqual([
    'counted',
    ['changed', 7, uuid, { name: 'Sol', email: undefined }, nowMs],
    noted('identity_changed'),
    'replicated 7',
    'counted',
    ['changed', 7, uuid, { name: undefined, email: 'sol@agents.test' }, nowMs],
    noted('identity_changed'),
    'replicated 7',
  ]);
  done = [];
  expect((await calls.remove()).status).toBe(204);
  expect(done).toEqual(['counted', ['removed', 7, uuid, nowMs], noted('identity_deleted'), 'replicated 7']);
  replicaFailure = new Error('Too few replicas.');
  for (const call of [calls.create, calls.replace, calls.change, calls.remove])
    await expect(call()).rejects.toBe(replicaFailure);
});

test('each call needs the right to do it', async () => {
  for (const call of Object.values(calls)) await call();
  await servedAlone(listIdentities(deps));
  const [change, read] = ['change identities', 'read identities'];
  expect(asked).toEqual([change, read, change, change, change, read]);
});

test('a change that changes nothing is noted nowhere, and yet waits for replicas: it may be sent again', async () => {
  outcome = { kind: 'same', identity: identity() };
  expect((await calls.change()).status).toBe(200);
  expect(done.map((each) => (Array.isArray(each) ? each[0] : each))).toEqual([
    'counted',
    'changed',
    'replicated 7',
  ]);
});

test.each<[IdentityWriteOutcome['kind'], number, string | undefined, string]>([
  ['nameTaken', 409, 'name', 'name: another identity of this account has it.'],
  ['emailTaken', 409, 'email', 'email: this address is taken.'],
  ['tooMany', 409, undefined, 'This account cannot have more identities. Delete one first.'],
  ['unknown', 404, undefined, 'This account has no such identity.'],
])(
  'where what is written is refused as %s, it says why once a replica has what was written before, and nothing is noted',
  async (kind, status, field, message) => {
    outcome = { kind } as IdentityWriteOutcome;
    for (const call of [calls.create, calls.replace, calls.change]) {
      done = [];
      await expect(call()).rejects.toMatchObject({ status, field, message });
      expect(done.filter((step) => step !== 'counted')).toEqual([expect.any(Array), 'replicated 7']);
      replicaFailure = new NotReplicated();
      await expect(call()).rejects.toBe(replicaFailure);
      replicaFailure = null;
    }
  },
);

test('an identity with a phone number is not made, and it is said why', async () => {
  await expect(calls.create({ provision_phone: true })).rejects.toMatchObject({
    status: 400,
    field: 'provision_phone',
    message: 'provision_phone: this service provides no phone numbers; leave it out.',
  });
  expect(done).toEqual(['counted']);
});

test('an identity that is not there, an id of another form, and one of others to an identity key are told alike', async () => {
  const isUnknown = { status: 404, message: 'This account has no such identity.' };
  for (const call of [calls.read, calls.replace, calls.change, calls.remove])
    for (const id of ['', 'x', `${uuid}0`, 'z'.repeat(36)])
      await expect(call(id)).rejects.toMatchObject(isUnknown);
  caller = { ...caller, role: 'identity', identityUuid: uuid };
  await expect(calls.read(other)).rejects.toMatchObject(isUnknown);
  expect((await calls.read()).body).toMatchObject({ uuid, inbox: 'vega@agents.test' });
  isThere = false;
  for (const call of [calls.read, calls.remove]) await expect(call()).rejects.toMatchObject(isUnknown);
  expect(done).not.toContainEqual(noted('identity_deleted'));
});

test('an identity that is gone is told as gone once a replica knows: the same call before may have been told that none did', async () => {
  [isThere, replicaFailure] = [false, new NotReplicated()];
  await expect(calls.remove()).rejects.toBe(replicaFailure);
  replicaFailure = null;
  await expect(calls.remove()).rejects.toMatchObject({ status: 404 });
  expect(done.filter((step) => step === 'replicated 7')).toHaveLength(2);
});

test('an account has all its identities listed, an identity key itself alone, and an account that is gone none', async () => {
  const listed = async () =>
    (await servedAlone(listIdentities(deps))).body as readonly { readonly uuid: string }[];
  expect((await listed()).map((each) => each.uuid)).toEqual([uuid, other]);
  caller = { ...caller, role: 'identity', identityUuid: other };
  expect((await listed()).map((each) => each.uuid)).toEqual([other]);
  isThere = false;
  expect(await listed()).toEqual([]);
});

test('the domains are all the operator’s own and verified, as they are configured', async () => {
  const domains = {
    list: async (names: readonly string[]) =>
      names.map((domain) => ({ uuid: `of ${domain}`, domain, createdAt: '2026-06-01T12:00:00.000Z' })),
  };
  const answer = await servedAlone(listDomains({ ...deps, domains } as unknown as ListDomainsDeps));
  expect([answer.header('Cache-Control'), asked]).toEqual(['no-store', ['read domains']]);
  expect(answer.body).toEqual(
    ['agents.test', 'more.test'].map((domain) => ({
      uuid: `of ${domain}`,
      domain,
      is_platform: true,
      is_verified: true,
      created_dt: '2026-06-01T12:00:00.000Z',
    })),
  );
});
