import assert from 'node:assert/strict';
import fc from 'fast-check';
import { connectedRedis } from '../support/connected-redis.ts';
import { by, claimsOf, type RefreshToken, World } from '../support/credential-world.ts';
import { seed } from '../support/random.ts';

const { redis } = await connectedRedis();

const pick = fc.nat({ max: 1000 });
const who = { who: pick };
const of = { of: pick };
const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('login' as const), narrow: fc.boolean(), ...who }),
    },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('key' as const), narrow: fc.boolean(), ...of }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('refresh' as const),
        age: fc.constantFrom(0, 0, 0, 1, 2),
        ...of,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constantFrom('endGrant' as const, 'endKey' as const), ...of }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('deliverAgain' as const), ...of }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constantFrom(
          'endAll' as const,
          'lateLogin' as const,
          'block' as const,
          'dropIdentity' as const,
        ),
        ...who,
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('copy' as const, 'restore' as const) }) },
  ),
  { minLength: 20, maxLength: 60 },
);
type Step = typeof steps extends fc.Arbitrary<readonly (infer One)[]> ? One : never;

/** What a program got. It keeps it, whatever Redis forgets. */
interface ModelGrant {
  readonly it: Awaited<ReturnType<World['redeem']>>;
  readonly who: number;
  readonly narrow: boolean;
  readonly epoch: number;
  /** The refresh tokens that it was given, oldest first. */
  readonly tokens: RefreshToken[];
}
interface ModelKey {
  readonly hash: string;
  readonly id: string;
  readonly grant: ModelGrant;
  readonly parent: ModelKey | null;
  readonly needsIdentity: boolean;
}

/** What a restore sets back. */
interface ModelState {
  /** The grants and keys that were written, and those that were ended, by id. */
  readonly written: ReadonlySet<string>;
  readonly ended: ReadonlySet<string>;
  /** The refresh token that each grant expects. */
  readonly latest: ReadonlyMap<string, RefreshToken>;
  readonly people: readonly { readonly epoch: number; readonly hasIdentity: boolean }[];
}

interface Backup {
  readonly state: ModelState;
  readonly copy: Awaited<ReturnType<World['copy']>>;
}

/** A history of two accounts, and which of their credentials must work after it, computed in the simplest way. */
class History {
  readonly world = new World(redis);
  readonly grants: ModelGrant[] = [];
  readonly keys: ModelKey[] = [];
  #written = new Set<string>();
  #ended = new Set<string>();
  #latest = new Map<string, RefreshToken>();
  #people = [0, 1].map(() => ({ epoch: 0, hasIdentity: true }));
  #epochs = 0;
  #backup: Backup | null = null;
  accounts: readonly Awaited<ReturnType<World['person']>>[] = [];

  async begin(): Promise<void> {
    this.accounts = await Promise.all([this.world.person(), this.world.person()]);
  }

  grantLives = ({ it, who, narrow, epoch }: ModelGrant): boolean => {
    const { id } = it.grant;
    const person = this.#people[who];
    const isKnown = this.#written.has(id) && !this.#ended.has(id);
    return isKnown && person?.epoch === epoch && (!narrow || person.hasIdentity);
  };

  keyLives = ({ id, grant, parent, needsIdentity }: ModelKey): boolean => {
    const isKnown = this.#written.has(id) && !this.#ended.has(id);
    const hasIdentity = !needsIdentity || this.#people[grant.who]?.hasIdentity === true;
    return isKnown && hasIdentity && this.grantLives(grant) && (parent === null || this.keyLives(parent));
  };

  async take(next: Step): Promise<void> {
    const { world } = this;
    const who = 'who' in next ? next.who % this.accounts.length : 0;
    const [account, person] = [this.accounts[who], this.#people[who]];
    if (!account || !person) return;
    const grant = 'of' in next ? this.grants[next.of % Math.max(1, this.grants.length)] : undefined;
    switch (next.do) {
      case 'login':
        if (person.hasIdentity) await this.#login(who, next.narrow);
        break;
      case 'lateLogin':
        // Approved, then all is ended, then collected.
        await this.#login(who, false, () => this.#endAll(who));
        break;
      case 'key':
        await this.#makeKey(next.of, next.narrow);
        break;
      case 'refresh':
        await this.#refresh(next.of, next.age);
        break;
      case 'endGrant':
        if (!grant) break;
        await world.revocation.endGrant(by(grant.it.grant.userId), grant.it.grant.id, 'not_me');
        if (this.#written.has(grant.it.grant.id)) this.#ended.add(grant.it.grant.id);
        break;
      case 'endKey': {
        const key = this.keys[next.of % Math.max(1, this.keys.length)];
        const found = key && (await world.apiKeys.find(key.id, Date.now()));
        if (!found) break;
        const { userId, accountEpoch } = key.grant.it.grant;
        await world.revocation.endKey(by(userId), found, accountEpoch, 'revoked');
        this.#ended.add(key.id);
        break;
      }
      case 'endAll':
        await this.#endAll(who);
        break;
      case 'block':
        await world.accounts.end(account.id, 'everything', 'block');
        person.epoch = ++this.#epochs;
        break;
      case 'dropIdentity':
        await redis.hdel(`${world.prefix}ravi:account:${account.id}`, `identity:${account.identity}`);
        person.hasIdentity = false;
        break;
      case 'deliverAgain':
        if (grant) await this.#deliverAgain(grant);
        break;
      case 'restart':
        world.apis = [world.api(), world.apis[0] ?? world.api()];
        break;
      case 'copy':
        await world.revocation.close();
        this.#backup = { state: this.#state(), copy: await world.copy() };
        break;
      case 'restore':
        if (this.#backup) await this.#restore(this.#backup);
    }
  }

  async #login(who: number, narrow: boolean, between = async () => undefined as void): Promise<void> {
    const { world } = this;
    const account = this.accounts[who];
    if (!account) return;
    const epoch = (await world.accounts.standing(account.id))?.account.epoch ?? '';
    const modelEpoch = this.#people[who]?.epoch ?? 0;
    await between();
    const it = await world.redeem(account.id, epoch, account.identity, narrow ? 'identity' : 'account');
    const first = { jti: it.grant.refreshJti, seq: 1 };
    const grant: ModelGrant = { it, who, narrow, epoch: modelEpoch, tokens: [first] };
    this.grants.push(grant);
    for (const { hash, record } of it.keys) {
      const needsIdentity = record.kind === 'identity';
      this.keys.push({ hash, id: record.id, grant, parent: null, needsIdentity });
    }
    await this.#noteWritten(grant);
  }

  /** The records of a login were written, unless they were before. A login whose approval no longer stands is ended. */
  async #noteWritten(grant: ModelGrant): Promise<void> {
    const { it, who, epoch } = grant;
    const { id, userId } = it.grant;
    for (const written of [id, ...it.keys.map(({ record }) => record.id)]) this.#written.add(written);
    const [first] = grant.tokens;
    if (first && !this.#latest.has(id)) this.#latest.set(id, first);
    const person = this.#people[who];
    if (person?.epoch === epoch && person.hasIdentity) return;
    await this.world.revocation.endGrant(by(userId), id, 'revoked');
    this.#ended.add(id);
  }

  /** The api died after it had written the records, or the login is pending again after a restore: it is handed over once more. */
  async #deliverAgain(again: ModelGrant): Promise<void> {
    const { grant, keys } = again.it;
    const place = this.world.accounts.epochPlace(grant.userId, grant.accountEpoch, grant.identityUuid);
    const { stands } = await this.world.grants.add(grant, keys, place, Date.now());
    const person = this.#people[again.who];
    const isEnded = this.#ended.has(grant.id);
    assert.equal(stands, person?.epoch === again.epoch && person.hasIdentity && !isEnded);
    await this.#noteWritten(again);
  }

  async #makeKey(of: number, narrow: boolean): Promise<void> {
    const able = this.keys.filter(this.keyLives).filter((key) => !key.needsIdentity);
    const parents = [null, ...able];
    const parent = parents[of % parents.length] ?? null;
    const grant = parent?.grant ?? this.grants.filter(this.grantLives).find((one) => !one.narrow);
    const ancestors: string[] = [];
    for (let up = parent; up !== null; up = up.parent) ancestors.push(up.id);
    if (!grant || ancestors.length > 3) return;
    const kind = narrow ? 'identity' : 'management';
    const { hash, record } = await this.world.makeKey(grant.it.grant, ancestors, kind);
    this.keys.push({ hash, id: record.id, grant, parent, needsIdentity: narrow });
    this.#written.add(record.id);
  }

  /** A token that the program got some time ago is presented: the latest, or a copy of an earlier one. */
  async #refresh(of: number, age: number): Promise<void> {
    // Mostly of a login that lives: there is more to be seen.
    const living = this.grants.filter(this.grantLives);
    const choice = living.length > 0 && of % 5 > 0 ? living : this.grants;
    const grant = choice[of % Math.max(1, choice.length)];
    const token = grant?.tokens[Math.max(0, grant.tokens.length - 1 - age)];
    if (!grant || !token) return;
    const { id } = grant.it.grant;
    const next = await this.world.refresh(grant.it.grant, token);
    const latest = this.#latest.get(id);
    const isKnown = this.#written.has(id) && !this.#ended.has(id);
    // Newer than its record: a restore lost a write.
    const isGood = latest !== undefined && (token.jti === latest.jti || token.seq > latest.seq);
    if (this.grantLives(grant)) assert.equal(next !== null, isGood);
    if (isKnown && !isGood) this.#ended.add(id);
    if (next === null) return;
    this.#latest.set(id, next);
    if (this.grantLives(grant)) grant.tokens.push(next);
  }

  async #endAll(who: number): Promise<void> {
    const [account, person] = [this.accounts[who], this.#people[who]];
    if (!account || !person) return;
    await this.world.revocation.endAll(by(account.id));
    person.epoch = ++this.#epochs;
  }

  #state(): ModelState {
    return {
      written: new Set(this.#written),
      ended: new Set(this.#ended),
      latest: new Map(this.#latest),
      people: this.#people.map((person) => ({ ...person })),
    };
  }

  async #restore({ state, copy }: Backup): Promise<void> {
    await this.world.restore(copy);
    this.#written = new Set(state.written);
    this.#ended = new Set(state.ended);
    this.#latest = new Map(state.latest);
    this.#people = state.people.map((person) => ({ ...person }));
  }
}

/** @shows incomplete end, restored copy */
test('in no history, restores among it, does a credential live that has ended, or die that has not, at any api; and Redis keeps nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      const told = new History();
      await told.begin();
      const { world, grants, keys, grantLives, keyLives } = told;
      for (const next of history) {
        await told.take(next);
        for (const api of world.apis) {
          const seen = await Promise.all(grants.map(({ it }) => api.findGrant(claimsOf(it.grant))));
          expect(seen.map((found) => found !== null)).toEqual(grants.map(grantLives));
          const found = await Promise.all(keys.map(({ hash }) => api.findKey(hash)));
          expect(found.map((one) => one !== null)).toEqual(keys.map(keyLives));
        }
      }
      await world.revocation.close();
      await expectExplained(told);
    }),
    { numRuns: 60, seed, interruptAfterTimeLimit: 45_000 },
  );
});

/** Lists name what works and nothing else; and every key of Redis that is no account expires by itself. */
async function expectExplained({
  world,
  accounts,
  grants,
  keys,
  grantLives,
  keyLives,
}: History): Promise<void> {
  const all = { offset: 0, count: 500 };
  const ofPeople = await Promise.all(
    accounts.map(async ({ id }) => {
      const owner = await world.accounts.read(id);
      const identityUuids = new Set(owner?.identities.map(({ uuid }) => uuid));
      const view = { id, epoch: owner?.account.epoch ?? '', identityUuids };
      const [listed, management, identity] = await Promise.all([
        world.grants.page(view, all, Date.now()),
        world.apiKeys.page(view, 'management', all, Date.now()),
        world.apiKeys.page(view, 'identity', all, Date.now()),
      ]);
      return { grants: listed.entries, keys: [...management.entries, ...identity.entries] };
    }),
  );
  const ids = (entries: readonly { readonly id: string }[]) => entries.map(({ id }) => id).toSorted();
  const living = grants.filter(grantLives).map(({ it }) => it.grant);
  expect(ids(ofPeople.flatMap((of) => of.grants))).toEqual(ids(living));
  expect(ids(ofPeople.flatMap((of) => of.keys))).toEqual(ids(keys.filter(keyLives)));
  const names = await world.keysInRedis();
  for (const name of names) {
    const forEver = /^ravi:(account:|sign-in:|identity-email:)/.test(name);
    const ttl = await redis.pttl(world.prefix + name);
    expect([name, ttl > 0]).toEqual([name, !forEver]);
  }
}
