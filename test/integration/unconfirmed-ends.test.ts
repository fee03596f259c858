import { AccountStore } from '@ravi/accounts';
import type { AuditEvent } from '@ravi/audit';
import { ApiKeyStore, generateApiKey, GrantStore, MintStore, refreshMintId } from '@ravi/credentials';
import { NotReplicated, type RecordWrites } from '@ravi/redis';
import { Credentials } from '../../services/api/src/access/credentials.ts';
import { Revocation } from '../../services/api/src/access/revocation.ts';
import { connectedRedis } from '../support/connected-redis.ts';
import { by, World } from '../support/credential-world.ts';

const { redis } = await connectedRedis();
const clock = { nowMs: () => Date.now() };

/** A login, and an api that waits for so many replicas, which confirm nothing, or all. */
async function logIn(recordsReplicas = 1) {
  const world = new World(redis);
  const { id, identity } = await world.person();
  const epoch = (await world.accounts.standing(id))?.account.epoch ?? '';
  const { grant, keys } = await world.redeem(id, epoch, identity, 'account');
  const replicas = { away: true, asked: Array.of<string>(), verified: 0 };
  const writes: RecordWrites = {
    redis,
    replicated: async (...names) => {
      replicas.asked.push(...names.map((name) => name.slice(world.prefix.length)));
      if (replicas.away) throw new NotReplicated();
    },
  };
  const grants = new GrantStore(redis, { prefix: world.prefix, writes });
  const apiKeys = new ApiKeyStore(redis, { prefix: world.prefix, writes });
  const accountStore = new AccountStore(redis, world.prefix, writes);
  const events: string[] = [];
  const audit = { note: ({ event }: { event: string }) => void events.push(event) };
  const revocation = new Revocation({ accountStore, grants, apiKeys, audit, clock });
  const claims = { grant_id: grant.id, sub: `${id}` };
  const credentials = new Credentials({
    tokenVerifier: {
      verify: async (token: string, kind: string, _: number, { anyAudience = false } = {}) => {
        replicas.verified += 1;
        return kind === 'access' && (anyAudience || token !== forAnotherService) ? claims : null;
      },
    } as never,
    accountStore,
    grants,
    apiKeys,
    recordsReplicas,
    clock,
    onFirstUse: () => undefined,
  });
  const key = keys[0] && (await apiKeys.find(keys[0].record.id, Date.now()));
  if (!key) throw new Error('The key is missing.');
  const keyText = generateApiKey('management');
  const made = await world.makeKey(grant, [key.id], 'management', keyText);
  return { world, writes, replicas, revocation, credentials, events, id, epoch, grant, key, keyText, made };
}
type LoggedIn = Awaited<ReturnType<typeof logIn>>;

const ofGrant = ({ grant }: LoggedIn) => `ravi:grant:{${grant.id}}`;
const ofKey = ({ key }: LoggedIn) => `ravi:key:${key.id}`;
/** A login, a key, and the key that made it. */
const ofDescent = (its: LoggedIn) => [ofGrant(its), `ravi:key:${its.made.record.id}`, ofKey(its)];
const forAnotherService = 'd.e.f';

/** @shows lost data */
test.each<[string, (its: LoggedIn) => Promise<unknown>, (its: LoggedIn) => string | readonly string[]]>([
  [
    'the end of a login',
    ({ revocation, id, grant }) => revocation.endGrant(by(id), grant.id, 'not_me'),
    ofGrant,
  ],
  [
    'a login that ended by a reused token',
    ({ revocation, grant }) => revocation.grantEndedByReuse(grant.id),
    ofGrant,
  ],
  [
    'the end of a key',
    ({ revocation, id, key, epoch }) => revocation.endKey(by(id), key, epoch, 'revoked'),
    ofKey,
  ],
  ['the end of all', ({ revocation, id }) => revocation.endAll(by(id)), ({ id }) => `ravi:account:${id}`],
  [
    'the end of a key that is presented again',
    ({ credentials, keyText }) => credentials.endReplicated(keyText),
    ofDescent,
  ],
  [
    'the end of a token that is presented again',
    ({ credentials }) => credentials.endReplicated('a.b.c'),
    ofGrant,
  ],
  [
    'the end of a token for another service that is presented again',
    ({ credentials }) => credentials.endReplicated(forAnotherService),
    ofGrant,
  ],
  [
    'a refresh that another process answered',
    ({ writes, world, grant }) =>
      new MintStore(redis, world.prefix, writes).replicated(refreshMintId(grant.id, 'hash')),
    ofGrant,
  ],
])('%s is told as lost where no replica has it, and waits for its records alone', async (_, ends, record) => {
  const its = await logIn();
  await expect(ends(its)).rejects.toBeInstanceOf(NotReplicated);
  expect(its.replicas.asked).toEqual([record(its)].flat());
  await its.revocation.close();
});

test.each<[string, (its: LoggedIn) => string, (its: LoggedIn) => readonly string[]]>([
  ['a key', ({ keyText }) => keyText, ofDescent],
  ['a token', () => 'a.b.c', (its) => [ofGrant(its)]],
])(
  'where %s that has ended is presented again, all is waited for that can have ended it, also its account',
  async (_, text, records) => {
    const its = await logIn();
    const { credentials, revocation, replicas, id } = its;
    await revocation.endKey(by(id), its.key, its.epoch, 'revoked').catch(() => undefined);
    await revocation.endGrant(by(id), its.grant.id, 'logged_out').catch(() => undefined);
    [replicas.away, replicas.asked] = [false, []];
    await credentials.endReplicated(text(its));
    expect(replicas.asked).toEqual([...records(its), `ravi:account:${id}`]);
    await revocation.close();
  },
);

test('for a key that was never made nobody waits, and nothing is looked up where nobody waits for replicas', async () => {
  const { credentials, replicas } = await logIn();
  await credentials.endReplicated(generateApiKey('management'));
  const alone = await logIn(0);
  for (const text of [alone.keyText, 'a.b.c']) await alone.credentials.endReplicated(text);
  expect([replicas.asked, alone.replicas.asked, alone.replicas.verified]).toEqual([[], [], 0]);
});

test.each<[string, (its: LoggedIn) => Promise<boolean>, string, boolean]>([
  [
    'login',
    ({ revocation, id, grant }) => revocation.endGrant(by(id), grant.id, 'not_me'),
    'grant_ended',
    true,
  ],
  [
    'key',
    ({ revocation, id, key, epoch }) => revocation.endKey(by(id), key, epoch, 'revoked'),
    'key_revoked',
    false,
  ],
])(
  'the end of a %s that no replica had is asked for again, waits again, and is noted once',
  async (_, end, event, told) => {
    const its = await logIn();
    const { revocation, replicas, events } = its;
    await expect(end(its)).rejects.toBeInstanceOf(NotReplicated);
    await expect(end(its)).rejects.toBeInstanceOf(NotReplicated);
    replicas.away = false;
    expect(await end(its)).toBe(told);
    expect([replicas.asked.length, events]).toEqual([3, [event]]);
    await revocation.close();
  },
);

test.each<[string, (its: LoggedIn) => Promise<unknown>, string]>([
  ['a login', ({ revocation, id, grant }) => revocation.endGrant(by(id), grant.id, 'not_me'), 'grant_ended'],
  [
    'a key',
    ({ revocation, id, key, epoch }) => revocation.endKey(by(id), key, epoch, 'revoked'),
    'key_revoked',
  ],
  ['every program', ({ revocation, id }) => revocation.endAll(by(id)), 'all_ended'],
])(
  'where %s has ended and no replica had it yet, the log says so, and no list has it',
  async (_, ends, event) => {
    const its = await logIn();
    const { world, revocation, events, key } = its;
    await expect(ends(its)).rejects.toBeInstanceOf(NotReplicated);
    await revocation.close();
    expect(events).toEqual([event]);
    const lists = await redis.keys(`${world.prefix}ravi:account-*`);
    const listed = await Promise.all(lists.map((list) => redis.zrange(list, '0', '-1')));
    expect(listed.flat()).not.toContain(key.id);
  },
);

test('the log tells of each end whose it was, from where it was ended, and why', async () => {
  const { world, id, grant, key, epoch } = await logIn();
  const told: AuditEvent[] = [];
  const audit = { note: (event: AuditEvent) => void told.push(event) };
  const { accounts: accountStore, grants, apiKeys } = world;
  const revocation = new Revocation({ accountStore, grants, apiKeys, audit, clock });
  const from = { userId: id, address: '198.51.100.7' };
  await revocation.endKey(from, key, epoch, 'logged_out');
  await revocation.endGrant(from, grant.id, 'not_me');
  await revocation.endAll(from);
  await revocation.close();
  const whose = { user: id, address: from.address };
  expect(told).toEqual([
    { event: 'key_revoked', key: key.id, reason: 'logged_out', ...whose },
    { event: 'grant_ended', grant: grant.id, reason: 'not_me', ...whose },
    { event: 'all_ended', ...whose },
  ]);
});
