import { randomUUID } from 'node:crypto';
import { AccountStore, maxSessions, SessionStore } from '@ravi/accounts';
import {
  ApiKeyStore,
  type ApiKeyKind,
  apiKeyId,
  defaultLifetimes,
  generateApiKey,
  type Grant,
  GrantStore,
  hashApiKey,
  keyOfGrant,
  type TokenClaims,
  TokenVerifier,
} from '@ravi/credentials';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { Credentials } from '../../services/api/src/access/credentials.ts';
import { Revocation } from '../../services/api/src/access/revocation.ts';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis, url } = await connectedRedis();

const by = (userId: number) => ({ userId, address: '192.0.2.1' });
const clock = { nowMs: () => Date.now() };

/** The stores of one deployment, and its apis: each remembers on its own what keys belong to. */
class World {
  readonly prefix = `test:${randomUUID()}:`;
  readonly accounts = new AccountStore(redis, this.prefix);
  readonly grants: GrantStore;
  readonly apiKeys = new ApiKeyStore(redis, { prefix: this.prefix });
  readonly revocation: Revocation;
  readonly events: string[] = [];
  apis: Credentials[];

  constructor(maxLogins = 1000) {
    this.grants = new GrantStore(redis, { prefix: this.prefix, maxLogins });
    const { accounts: accountStore, grants, apiKeys } = this;
    const audit = { note: ({ event }: { event: string }) => void this.events.push(event) };
    this.revocation = new Revocation({ accountStore, grants, apiKeys, audit, clock });
    this.apis = [this.api(), this.api()];
  }

  /** An api that was just started: it remembers nothing. */
  api(): Credentials {
    const { accounts: accountStore, grants, apiKeys } = this;
    const tokenVerifier = new TokenVerifier({ issuer: 'test', keys: () => Promise.resolve([]) });
    return new Credentials({
      tokenVerifier,
      accountStore,
      grants,
      apiKeys,
      clock,
      onFirstUse: () => undefined,
    });
  }

  async person() {
    const name = randomUUID();
    const input = {
      email: `${name}@example.com`,
      firstName: 'A',
      lastName: 'B',
      identityEmailDomain: 'a.test',
    };
    const account = await this.accounts.create({ ...input, passwordHash: 'hash' }, Date.now());
    if (!account) throw new Error('The address was taken.');
    const identity = (await this.accounts.read(account.id))?.identities[0]?.uuid ?? '';
    return { id: account.id, identity };
  }

  /** A login that was approved in this epoch is redeemed. */
  async redeem(
    userId: number,
    epoch: string,
    identityUuid: string,
    scope: 'account' | 'identity',
    grants = this.grants,
  ) {
    const about = { id: randomUUID(), userId, identityUuid, clientName: 'test', createdAtMs: Date.now() };
    const kinds: readonly ApiKeyKind[] = scope === 'account' ? ['management', 'identity'] : ['identity'];
    const keys = kinds.map((kind) =>
      keyOfGrant(about, { hash: hashApiKey(generateApiKey(kind)), kind, prefix: 'ravi_', expiresAtMs: null }),
    );
    const grant: Grant = {
      ...about,
      accountEpoch: epoch,
      clientId: 'ravi-device',
      address: '',
      userAgent: '',
      scope,
      requestedScope: '',
      resource: '',
      keyThumbprint: '',
      refreshJti: 'jti',
      refreshExpiresAtMs: Date.now() + 3_600_000,
      keyIds: keys.map(({ record }) => record.id),
      expiresAtMs: null,
    };
    const place = this.accounts.epochPlace(userId, epoch, identityUuid);
    const { stands, surplus } = await grants.add(grant, keys, place, Date.now());
    return { grant, keys, stands, surplus };
  }

  /** What the api does with a freshly minted key. */
  async makeKey(grant: Grant, ancestorIds: readonly string[], kind: ApiKeyKind) {
    const hash = hashApiKey(generateApiKey(kind));
    const record = {
      id: apiKeyId(hash),
      kind,
      userId: grant.userId,
      identityUuid: kind === 'identity' ? grant.identityUuid : '',
      label: '',
      prefix: 'ravi_',
      createdAtMs: Date.now(),
      expiresAtMs: null,
      grantId: grant.id,
      ancestorIds,
    };
    const place = this.accounts.epochPlace(grant.userId, grant.accountEpoch, record.identityUuid);
    await this.apiKeys.add({ hash, record }, place, Date.now());
    return { hash, record };
  }

  async keysInRedis(): Promise<readonly string[]> {
    return (await redis.keys(`${this.prefix}*`)).map((key) => key.slice(this.prefix.length));
  }
}

const claimsOf = (grant: Grant): Pick<TokenClaims, 'grant_id' | 'sub' | 'identity_uuid'> => ({
  grant_id: grant.id,
  sub: String(grant.userId),
  ...(grant.scope === 'identity' ? { identity_uuid: grant.identityUuid } : {}),
});

const pick = fc.nat({ max: 1000 });
const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('login' as const), who: pick, narrow: fc.boolean() }),
    },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('key' as const), of: pick, narrow: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('endGrant' as const), of: pick }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('endKey' as const), of: pick }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('endAll' as const), who: pick }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('lateLogin' as const), who: pick }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('block' as const), who: pick }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('dropIdentity' as const), who: pick }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('deliverAgain' as const), of: pick }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  ),
  { minLength: 5, maxLength: 40 },
);

/** The model: what is alive, in the plainest words. */
interface ModelGrant {
  readonly it: Awaited<ReturnType<World['redeem']>>;
  readonly who: number;
  readonly narrow: boolean;
  alive: boolean;
}
interface ModelKey {
  readonly hash: string;
  readonly id: string;
  readonly grant: ModelGrant;
  readonly parent: ModelKey | null;
  readonly needsIdentity: boolean;
  alive: boolean;
}

/** @shows incomplete end */
test('in no history does a credential live that has ended, or die that has not, at any api; and Redis keeps nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      const world = new World();
      const people = await Promise.all([world.person(), world.person()]);
      const hasIdentity = people.map(() => true);
      const grants: ModelGrant[] = [];
      const keys: ModelKey[] = [];
      const grantLives = (grant: ModelGrant) =>
        grant.alive && (!grant.narrow || hasIdentity[grant.who] === true);
      const lives = (key: ModelKey): boolean =>
        key.alive &&
        grantLives(key.grant) &&
        (!key.needsIdentity || hasIdentity[key.grant.who] === true) &&
        (key.parent === null || lives(key.parent));
      const endAllOf = (who: number) => {
        for (const grant of grants) if (grant.who === who) grant.alive = false;
      };
      const login = async (who: number, narrow: boolean, alive: boolean, between: () => Promise<void>) => {
        const person = people[who];
        if (!person) return;
        const epoch = (await world.accounts.standing(person.id))?.account.epoch ?? '';
        await between();
        const it = await world.redeem(person.id, epoch, person.identity, narrow ? 'identity' : 'account');
        if (!it.stands) await world.revocation.endGrant(by(person.id), it.grant.id, 'revoked');
        const grant = { it, who, narrow, alive };
        grants.push(grant);
        for (const { hash, record } of it.keys) {
          const needsIdentity = record.kind === 'identity';
          keys.push({ hash, id: record.id, grant, parent: null, needsIdentity, alive: true });
        }
      };
      for (const step of history) {
        const who = 'who' in step ? step.who % people.length : 0;
        const person = people[who];
        if (!person) continue;
        switch (step.do) {
          case 'login':
            if (hasIdentity[who] === true) await login(who, step.narrow, true, async () => undefined);
            break;
          case 'lateLogin':
            // Approved, then all is ended, then collected.
            await login(who, false, false, async () => {
              await world.revocation.endAll(by(person.id));
              endAllOf(who);
            });
            break;
          case 'key': {
            const parents = [null, ...keys.filter(lives).filter((key) => !key.needsIdentity)];
            const parent = parents[step.of % parents.length] ?? null;
            const grant = parent?.grant ?? grants.filter(grantLives).find((one) => !one.narrow);
            const ancestors: string[] = [];
            for (let up = parent; up !== null; up = up.parent) ancestors.push(up.id);
            if (!grant || ancestors.length > 3) break;
            const made = await world.makeKey(
              grant.it.grant,
              ancestors,
              step.narrow ? 'identity' : 'management',
            );
            const { id } = made.record;
            keys.push({ hash: made.hash, id, grant, parent, needsIdentity: step.narrow, alive: true });
            break;
          }
          case 'endGrant': {
            const grant = grants[step.of % Math.max(1, grants.length)];
            if (!grant) break;
            await world.revocation.endGrant(by(grant.it.grant.userId), grant.it.grant.id, 'not_me');
            grant.alive = false;
            break;
          }
          case 'endKey': {
            const key = keys[step.of % Math.max(1, keys.length)];
            const { userId, accountEpoch } = key?.grant.it.grant ?? { userId: 0, accountEpoch: '' };
            const found = key && (await world.apiKeys.find(key.id, Date.now()));
            if (!key || !found) break;
            await world.revocation.endKey(by(userId), found, accountEpoch, 'revoked');
            key.alive = false;
            break;
          }
          case 'endAll':
            await world.revocation.endAll(by(person.id));
            endAllOf(who);
            break;
          case 'block':
            await world.accounts.end(person.id, 'everything', 'block');
            endAllOf(who);
            break;
          case 'dropIdentity':
            await redis.hdel(`${world.prefix}ravi:account:${person.id}`, `identity:${person.identity}`);
            hasIdentity[who] = false;
            break;
          case 'deliverAgain': {
            // The api died after it had written the records: the login is handed over once more, and nothing comes back.
            const again = grants[step.of % Math.max(1, grants.length)];
            if (!again) break;
            const { grant, keys: its } = again.it;
            const place = world.accounts.epochPlace(grant.userId, grant.accountEpoch, grant.identityUuid);
            const { stands } = await world.grants.add(grant, its, place, Date.now());
            if (!stands) await world.revocation.endGrant(by(grant.userId), grant.id, 'revoked');
            if (hasIdentity[again.who] !== true) again.alive = false;
            break;
          }
          case 'restart':
            world.apis = [world.api(), world.apis[0] ?? world.api()];
        }
        for (const api of world.apis) {
          const seen = await Promise.all(grants.map(({ it }) => api.findGrant(claimsOf(it.grant))));
          expect(seen.map((found) => found !== null)).toEqual(grants.map(grantLives));
          const found = await Promise.all(keys.map(({ hash }) => api.findKey(hash)));
          expect(found.map((one) => one !== null)).toEqual(keys.map(lives));
        }
      }
      await world.revocation.close();
      await expectExplained(world, people, grants.filter(grantLives), keys.filter(lives));
    }),
    { numRuns: 60 },
  );
});

/** Lists tell of what is alive and of nothing else; and all that lies in Redis beside accounts leaves it by itself. */
async function expectExplained(
  world: World,
  people: readonly { readonly id: number }[],
  grants: readonly ModelGrant[],
  keys: readonly ModelKey[],
): Promise<void> {
  const all = { offset: 0, count: 500 };
  const ofPeople = await Promise.all(
    people.map(async ({ id }) => {
      const owner = await world.accounts.read(id);
      const identityUuids = new Set(owner?.identities.map(({ uuid }) => uuid));
      const view = { id, epoch: owner?.account.epoch ?? '', identityUuids };
      const [listed, management, identity] = await Promise.all([
        world.grants.page(view, all),
        world.apiKeys.page(view, 'management', all, Date.now()),
        world.apiKeys.page(view, 'identity', all, Date.now()),
      ]);
      return { grants: listed.entries, keys: [...management.entries, ...identity.entries] };
    }),
  );
  const ids = (entries: readonly { readonly id: string }[]) => entries.map(({ id }) => id).toSorted();
  expect(ids(ofPeople.flatMap((of) => of.grants))).toEqual(ids(grants.map(({ it }) => it.grant)));
  expect(ids(ofPeople.flatMap((of) => of.keys))).toEqual(ids(keys));
  const names = await world.keysInRedis();
  for (const name of names) {
    const forEver = /^ravi:(account:|sign-in:|identity-email:)/.test(name);
    const ttl = await redis.pttl(world.prefix + name);
    expect([name, ttl > 0]).toEqual([name, !forEver]);
  }
}

/** A hundred thousand, the default of what an account may have, where there is time to write them. */
const many = process.env['RAVI_SLOW_TESTS'] ? 100_000 : 10_000;

/** @shows incomplete end */
test('of an account with 10,000 logins, 100,000 in CI, all is ended by one write, its pages are short, and Redis is cleared afterwards', async () => {
  // So many logins are written sooner where Redis does not wait for the disk each time.
  await redis.call('CONFIG', 'SET', 'appendfsync', 'everysec');
  const patient = new Redis(url);
  const world = new World(many);
  const { id, identity } = await world.person();
  const epoch = (await world.accounts.standing(id))?.account.epoch ?? '';
  const seeding = new GrantStore(patient, { prefix: world.prefix, maxLogins: many });
  const perBatch = 500;
  let some: Awaited<ReturnType<World['redeem']>>[] = [];
  for (let count = 0; count < many; count += perBatch) {
    const scope = count % 4000 === 0 ? 'account' : 'identity';
    const logins = Array.from({ length: perBatch }, () => world.redeem(id, epoch, identity, scope, seeding));
    some = await Promise.all(logins);
  }
  patient.disconnect();
  const view = { id, epoch, identityUuids: new Set([identity]) };
  const timed = async <T>(work: () => Promise<T>) => {
    const begunMs = performance.now();
    const result = await work();
    return { result, tookMs: performance.now() - begunMs };
  };
  const page = await timed(() => world.grants.page(view, { offset: many / 2, count: 50 }));
  expect([page.result.entries.length, page.result.total]).toEqual([50, many]);
  expect(page.tookMs).toBeLessThan(100);

  // One more than the account may have: the one that was not used for the longest time is told.
  const surplus = (await world.redeem(id, epoch, identity, 'account')).surplus;
  expect(surplus).toEqual(expect.any(String));

  const ended = await timed(() => world.revocation.endAll(by(id)));
  expect(ended.tookMs).toBeLessThan(100);
  const [api = world.api()] = world.apis;
  for (const { grant, keys } of some.slice(0, 50)) {
    expect(await api.findGrant(claimsOf(grant))).toBeNull();
    for (const { hash } of keys) expect(await api.findKey(hash)).toBeNull();
  }
  const after = { ...view, epoch: (await world.accounts.standing(id))?.account.epoch ?? '' };
  expect((await world.grants.page(after, { offset: 0, count: 50 })).total).toBe(0);
  expect(world.events).toEqual(['all_ended']);

  // While it is cleared, others are served.
  const waits: number[] = [];
  const cleared = world.revocation.close().then(() => 'cleared');
  do waits.push((await timed(() => redis.ping())).tookMs);
  while ((await Promise.race([cleared, Promise.resolve('clearing')])) === 'clearing');
  expect(waits.toSorted((a, b) => a - b).at(Math.floor(waits.length * 0.95))).toBeLessThan(50);
  const names = await world.keysInRedis();
  expect(names.filter((name) => /^ravi:(grant|key|account-)/.test(name))).toEqual([]);
}, 180_000);

test('one login more than an account may have ends the one that was not used for the longest time', async () => {
  const world = new World(3);
  const { id, identity } = await world.person();
  const epoch = (await world.accounts.standing(id))?.account.epoch ?? '';
  const logins: Grant[] = [];
  for (let count = 0; count < 3; count++) {
    const { grant, surplus } = await world.redeem(id, epoch, identity, 'account');
    expect(surplus).toBeNull();
    logins.push({ ...grant, createdAtMs: Date.now() });
  }
  const [first, second] = logins;
  const used = first && (await world.grants.find(first.id));
  if (!used || !second) throw new Error('The login is gone.');
  await world.grants.noteUse(used, Date.now() + 60_000);
  expect((await world.redeem(id, epoch, identity, 'account')).surplus).toBe(second.id);
});

describe('browser sessions', () => {
  const origin = { address: '192.0.2.1', userAgent: 'jest' };
  const lifetimes = { idleSeconds: 100, maxSeconds: 1000 };

  async function signedIn() {
    const world = new World();
    const sessions = new SessionStore(redis, lifetimes, world.prefix);
    const { id } = await world.person();
    const account = (await world.accounts.read(id))?.account;
    if (!account) throw new Error('The account is gone.');
    return { world, sessions, account };
  }

  /** @shows ASVS V7.1.2 */
  test('one more than an account may have ends the oldest', async () => {
    const { sessions, account } = await signedIn();
    const tokens: string[] = [];
    const nowMs = Date.now();
    for (let count = 0; count <= maxSessions; count++) {
      tokens.push(await sessions.open(account, origin, nowMs + count));
    }
    expect(await sessions.read(tokens[0] ?? '', nowMs)).toBeNull();
    expect(await sessions.read(tokens[1] ?? '', nowMs)).toEqual(account);
    expect(await sessions.list(account.id)).toHaveLength(maxSessions);
  });

  /** @shows incomplete end */
  test('a sign-in that began before the sessions were ended leaves none', async () => {
    const { world, sessions, account } = await signedIn();
    await world.accounts.end(account.id, 'sessions');
    expect(await sessions.read(await sessions.open(account, origin, Date.now()), Date.now())).toBeNull();
    expect(await sessions.list(account.id)).toEqual([]);
  });

  /** @shows ASVS V7.3.1, ASVS V7.3.2, forgotten session */
  test('ends when it is not used, and at the latest some time after the sign-in', async () => {
    const { world, sessions, account } = await signedIn();
    const token = await sessions.open(account, origin, Date.now());
    const key = `${world.prefix}ravi:session:${sessions.idOf(token)}`;
    expect(await redis.pttl(key)).toBeLessThanOrEqual(100_000);
    await sessions.read(token, Date.now() + 950_000);
    expect(await redis.pttl(key)).toBeLessThanOrEqual(50_000);
    expect(await redis.pttl(key)).toBeGreaterThan(0);
  });
});

/** @shows forgotten program */
test('a login that is not used leaves Redis after PROGRAM_IDLE_DAYS, and each use of a key keeps all that it hangs on', async () => {
  const world = new World();
  const { id, identity } = await world.person();
  const epoch = (await world.accounts.standing(id))?.account.epoch ?? '';
  const { grant, keys } = await world.redeem(id, epoch, identity, 'account');
  const parent = keys[0]?.record.id ?? '';
  const child = await world.makeKey(grant, [parent], 'management');
  const records = [`ravi:grant:{${grant.id}}`, `ravi:key:${parent}`, `ravi:key:${child.record.id}`];
  for (const record of records) {
    expect(await redis.pttl(world.prefix + record)).toBeGreaterThan(defaultLifetimes.programIdleMs - 60_000);
    await redis.pexpire(world.prefix + record, 100_000);
  }
  const [api = world.api()] = world.apis;
  const found = await api.findKey(child.hash);
  if (!found) throw new Error('The key is dead.');
  await Promise.all([
    world.apiKeys.noteUse(found.key, found.ancestors, epoch, Date.now()),
    world.grants.noteUse(found.grant, Date.now()),
  ]);
  for (const record of records) expect(await redis.pttl(world.prefix + record)).toBeGreaterThan(100_000);
});
