import { randomUUID } from 'node:crypto';
import {
  type Grant,
  grantKey,
  GrantStore,
  hashMintSecret,
  MintStore,
  mintKey,
  refreshMintId,
} from '@ravi/credentials';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { connectedRedis } from '../support/connected-redis.ts';
import { eventually } from '../support/eventually.ts';
import { seed } from '../support/random.ts';

const { redis, url } = await connectedRedis();
const subscriber = new Redis(url);
afterAll(() => subscriber.disconnect());

/** One grant in Redis, whose refresh tokens are named by their `jti`. */
class Family {
  readonly prefix = `test:${randomUUID()}:`;
  readonly #mints = new MintStore(redis, this.prefix);
  readonly #grants = new GrantStore(redis, { prefix: this.prefix });
  readonly id = randomUUID();
  readonly firstJti: string = randomUUID();
  readonly #seqs = new Map<string, number>([[this.firstJti, 1]]);

  async create(): Promise<void> {
    const grant: Grant = {
      id: this.id,
      userId: 1,
      accountEpoch: '1',
      clientId: 'test',
      clientName: 'test',
      address: '192.0.2.1',
      userAgent: 'jest',
      createdAtMs: Date.now(),
      identityUuid: '',
      scope: 'account',
      requestedScope: '',
      resource: '',
      keyThumbprint: '',
      refreshJti: this.firstJti,
      refreshExpiresAtMs: Date.now() + 3_600_000,
      keyIds: [],
      expiresAtMs: null,
    };
    const account = { key: `${this.prefix}account`, epochField: 'epoch', epoch: '1', requiredField: '' };
    await redis.hset(account.key, account.epochField, account.epoch);
    await this.#grants.add(grant, [], account, Date.now());
  }

  /** What api and issuer do for a presented token: resolves to the next `jti`, or to null for a refusal. */
  async present(jti: string): Promise<string | null> {
    const begun = await this.begin(jti);
    if (begun.kind === 'settled') return begun.sealed;
    if (begun.kind !== 'pending') return null;
    return this.serve(jti);
  }

  /** An api instance asks for the pair that follows a token. */
  begin(jti: string, instance: string = randomUUID()) {
    const mint = { mintId: this.mintId(jti), wrappedKey: 'key', secretHash: 'hash', instance };
    const request = { kind: 'refresh', jti, seq: this.seqOf(jti), keyThumbprint: '' } as const;
    return this.#mints.beginRefresh(mint, request);
  }

  settle(jti: string, channel?: string, refreshExpiresAtMs = Date.now() + 3_600_000) {
    const nextJti = randomUUID();
    const pair = {
      jti,
      nextJti,
      nextSeq: this.seqOf(jti) + 1,
      sealed: nextJti,
      refreshExpiresAtMs,
      grantTtlMs: 3_600_000,
      graceMs: 30_000,
    };
    return this.#mints.settleRefresh(this.mintId(jti), pair, channel);
  }

  /** Lets the time pass in which the answer to this token is kept. */
  async pass(jti: string): Promise<void> {
    await redis.del(mintKey(this.mintId(jti), this.prefix));
  }

  /** What a backup of the grant would hold. */
  async copy(): Promise<Record<string, string>> {
    return redis.hgetall(grantKey(this.id, this.prefix));
  }

  /** Redis is as it was when the copy was made. */
  async restore(copy: Record<string, string>): Promise<void> {
    await redis.del(grantKey(this.id, this.prefix));
    await redis.hset(grantKey(this.id, this.prefix), copy);
  }

  /** All of the login ends. */
  async end(): Promise<void> {
    await this.#grants.end(this.id, 1, 'revoked');
  }

  /** The api that asked for the pair that follows this token takes that back; resolves to the pair where it came first. */
  async withdraw(jti: string): Promise<string | null> {
    return this.#mints.withdraw(this.mintId(jti));
  }

  /** The issuer serves the request for the pair that follows this token; resolves to the next `jti`, or to null where there is none. */
  async serve(jti: string): Promise<string | null> {
    await this.settle(jti);
    const state = await this.#mints.check(this.mintId(jti));
    if (state.kind !== 'settled') return null;
    this.#seqs.set(state.sealed, this.seqOf(jti) + 1);
    return state.sealed;
  }

  /** The request for the pair that follows this token would stay for a long time. */
  async keepRequest(jti: string): Promise<void> {
    await redis.pexpire(mintKey(this.mintId(jti), this.prefix), 3_600_000);
  }

  /** What is in Redis of the request for the pair that follows this token, and for how long. */
  async requestFor(jti: string) {
    const key = mintKey(this.mintId(jti), this.prefix);
    const state = await this.#mints.check(this.mintId(jti));
    return { state, fields: await redis.hkeys(key), ttlMs: await redis.pttl(key) };
  }

  async state(): Promise<{ active: boolean; latest: string }> {
    const grant = await this.#grants.find(this.id);
    return { active: grant?.state === 'active', latest: grant?.refreshJti ?? '' };
  }

  /** When the login says that its refresh token expires. */
  async refreshExpiresAtMs(): Promise<number | undefined> {
    return (await this.#grants.find(this.id))?.refreshExpiresAtMs;
  }

  mintId(jti: string) {
    return refreshMintId(this.id, hashMintSecret(Buffer.from(jti)));
  }

  /** How many tokens were in its row before it, and itself. */
  seqOf(jti: string): number {
    return this.#seqs.get(jti) ?? 0;
  }
}

/** Tokens that are presented at the same moment, by their age (0: the latest); then some time may pass. */
const moments = fc.array(
  fc.record({ ages: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 5 }), timePasses: fc.boolean() }),
  { minLength: 1, maxLength: 8 },
);

/** @shows RFC 9700 §4.14.2(3) */
test('however tokens are presented, one at most is live, a retry gets the same pair, and a late copy ends all', async () => {
  await fc.assert(
    fc.asyncProperty(moments, async (sequence) => {
      const family = new Family();
      await family.create();
      /** All tokens of the family, oldest first, with the answers that each got. */
      const tokens: string[] = [family.firstJti];
      const answers = new Map<string, string>();
      const kept = new Set<string>();
      for (const { ages, timePasses } of sequence) {
        const before = await family.state();
        const presented = ages.map((age) => tokens[Math.max(0, tokens.length - 1 - age)] ?? '');
        const copies = presented.filter((jti) => jti !== before.latest && !kept.has(jti));
        const results = await Promise.all(presented.map((jti) => family.present(jti)));
        const after = await family.state();
        // Only a family that ends refuses: every good token is served.
        expect(results.includes(null) && after.active).toBe(false);
        for (const [index, next] of results.entries()) {
          const jti = presented[index] ?? '';
          if (next === null) continue;
          expect(before.active).toBe(true);
          expect(answers.get(jti) ?? next).toBe(next);
          if (!answers.has(jti)) tokens.push(next);
          answers.set(jti, next);
          kept.add(jti);
        }
        const ended = copies.length > 0 || !before.active;
        expect(after).toEqual({ active: !ended, latest: ended ? after.latest : tokens.at(-1) });
        if (timePasses) {
          await Promise.all([...kept].map((jti) => family.pass(jti)));
          kept.clear();
        }
      }
    }),
    { numRuns: 150, seed },
  );
});

/** What is to become of the tokens of one login. */
class ExpectedFamily {
  isActive = true;
  latest: string;
  #seq = 1;
  /** The pairs that tokens got, for as long as they get them again. */
  readonly kept = new Map<string, string>();
  readonly #asked = new Set<string>();

  constructor(firstJti: string) {
    this.latest = firstJti;
  }

  /** A token is presented: one of before that is known no more is a copy, one that Redis does not know yet is good. */
  begin(jti: string, seq: number): Awaited<ReturnType<MintStore['beginRefresh']>> {
    if (!this.isActive) return { kind: 'ended' };
    const sealed = this.kept.get(jti);
    if (sealed !== undefined) return { kind: 'settled', sealed };
    if (seq > this.#seq) [this.latest, this.#seq] = [jti, seq];
    if (jti !== this.latest) {
      this.isActive = false;
      return { kind: 'reused', userId: 1 };
    }
    this.#asked.add(jti);
    return { kind: 'pending' };
  }

  withdraw(jti: string): string | null {
    this.#asked.delete(jti);
    return this.kept.get(jti) ?? null;
  }

  /** Whether a request is to be served with a pair. */
  isServed(jti: string): boolean {
    return this.kept.has(jti) || (this.#asked.has(jti) && this.isActive && jti === this.latest);
  }

  goOn(jti: string, next: string): void {
    if (this.kept.has(jti)) return;
    this.kept.set(jti, next);
    [this.latest, this.#seq] = [next, this.#seq + 1];
  }

  /** No request is under way any more. */
  rest(): void {
    this.#asked.clear();
  }

  copy() {
    return { isActive: this.isActive, latest: this.latest, seq: this.#seq };
  }

  restore({ isActive, latest, seq }: ReturnType<ExpectedFamily['copy']>): void {
    [this.isActive, this.latest, this.#seq] = [isActive, latest, seq];
  }
}

/** Tokens that are presented at the same moment, by their age; what happens before they are served; and what happens then. */
const courses = fc.array(
  fc.record({
    ages: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 3 }),
    meanwhile: fc.constantFrom('nothing', 'nothing', 'an end', 'a withdrawal'),
    afterwards: fc.constantFrom('nothing', 'time', 'an end', 'a copy', 'a restore', 'a restore'),
  }),
  { minLength: 2, maxLength: 10 },
);

/** @shows RFC 9700 §4.14.2(3), restored copy */
test('among ends, withdrawals and restores an ended login gives nothing, a request that is taken back costs nothing, and of the tokens that a restore leaves behind only the newest goes on', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(courses, async (course) => {
      const family = new Family();
      await family.create();
      const expected = new ExpectedFamily(family.firstJti);
      const tokens: string[] = [family.firstJti];
      let copies = { actual: await family.copy(), expected: expected.copy() };
      let hadRestore = false;
      for (const { ages, meanwhile, afterwards } of course) {
        const presented = ages.map((age) => tokens[Math.max(0, tokens.length - 1 - age)] ?? '');
        const before = expected.latest;
        const begun = await Promise.all(presented.map((jti) => family.begin(jti)));
        expect(begun).toEqual(presented.map((jti) => expected.begin(jti, family.seqOf(jti))));
        const kinds = begun.map(({ kind }) => kind);
        if (hadRestore && expected.latest !== before) seen.add('a token that Redis had lost went on');
        if (hadRestore && kinds.includes('reused')) seen.add('a copy ended all after a restore');

        const [first = ''] = presented;
        if (meanwhile === 'an end') {
          await family.end();
          expected.isActive = false;
        }
        const isWithdrawn = meanwhile === 'a withdrawal';
        const taken = isWithdrawn ? [await family.withdraw(first), expected.withdraw(first)] : [null, null];
        expect(taken[0]).toBe(taken[1]);
        for (const jti of presented.filter((_, at) => kinds[at] === 'pending')) {
          const next = await family.serve(jti);
          const isServed = expected.isServed(jti);
          expect(next !== null).toBe(isServed);
          if (!isServed) seen.add(`not served after ${meanwhile}`);
          if (next === null) continue;
          expect(expected.kept.get(jti) ?? next).toBe(next);
          if (!expected.kept.has(jti)) tokens.push(next);
          expected.goOn(jti, next);
        }
        expected.rest();
        expect(await family.state()).toEqual({ active: expected.isActive, latest: expected.latest });

        if (afterwards === 'an end') {
          await family.end();
          expected.isActive = false;
        }
        if (afterwards === 'a copy') copies = { actual: await family.copy(), expected: expected.copy() };
        // A copy that is brought back is older than what was asked for in the last seconds.
        if (afterwards === 'time' || afterwards === 'a restore') {
          await Promise.all(tokens.map((jti) => family.pass(jti)));
          expected.kept.clear();
        }
        if (afterwards !== 'a restore') continue;
        await family.restore(copies.actual);
        expected.restore(copies.expected);
        hadRestore = true;
      }
    }),
    { numRuns: 150, seed },
  );
  expect([...seen]).toEqual(
    expect.arrayContaining([
      'a token that Redis had lost went on',
      'a copy ended all after a restore',
      'not served after an end',
      'not served after a withdrawal',
    ]),
  );
});

/** @shows restored copy */
test('after a restore the token that a program has got since then works, and goes on; older ones are copies still', async () => {
  const family = new Family();
  await family.create();
  const second = (await family.present(family.firstJti)) ?? '';
  const copy = await family.copy();
  const third = (await family.present(second)) ?? '';
  const fourth = (await family.present(third)) ?? '';
  await Promise.all([family.firstJti, second, third].map((jti) => family.pass(jti)));
  await family.restore(copy);
  const fifth = (await family.present(fourth)) ?? '';
  expect(await family.state()).toEqual({ active: true, latest: fifth });
  await family.pass(fourth);
  expect(await family.present(third)).toBeNull();
  expect(await family.state()).toMatchObject({ active: false });
});

/** @shows restored copy */
test('of two rows of tokens after a restore, the second that is presented ends all: one of them is a copy', async () => {
  const family = new Family();
  await family.create();
  const copy = await family.copy();
  const honest = (await family.present(family.firstJti)) ?? '';
  await family.pass(family.firstJti);
  await family.restore(copy);
  // A thief presents a copy of the first token before the program comes with its second.
  expect(await family.present(family.firstJti)).not.toBeNull();
  await family.pass(family.firstJti);
  expect(await family.present(honest)).toBeNull();
  expect(await family.state()).toMatchObject({ active: false });
});

test('settling wakes every instance that waits for the pair, in the same step, and names only those that it could not wake', async () => {
  const family = new Family();
  await family.create();
  const channels = ['one', 'two'].map((instance) => `${family.id}.${instance}`);
  const heard: string[] = [];
  subscriber.on('message', (channel: string, text: string) => heard.push(`${channel} ${text}`));
  await subscriber.subscribe(...channels);
  for (const instance of ['one', 'two']) await family.begin(family.firstJti, instance);

  const settlement = await family.settle(family.firstJti, `${family.id}.%s`);
  expect(settlement).toEqual({ kind: 'settled', again: false, waiters: [] });
  const mintId = family.mintId(family.firstJti);
  await eventually('both are woken', () => heard.length === 2);
  expect(heard.toSorted()).toEqual(channels.map((channel) => `${channel} ${mintId}`));

  const alone = new Family();
  await alone.create();
  await alone.begin(alone.firstJti, 'one');
  expect((await alone.settle(alone.firstJti)).waiters).toEqual(['one']);
});

const goOnFromAnother = (family: Family) =>
  redis.hset(grantKey(family.id, family.prefix), 'refresh_jti', randomUUID());

test.each([
  ['has ended', (family: Family) => family.end()],
  ['went on from another token', goOnFromAnother],
])(
  'where the login %s meanwhile, no pair is stored and the login stays as it is; who waits is told at once',
  async (_, happens) => {
    const family = new Family();
    await family.create();
    const heard: string[] = [];
    const channel = `${family.id}.one`;
    subscriber.on('message', (from: string, text: string) => {
      if (from === channel) heard.push(text);
    });
    await subscriber.subscribe(channel);
    await family.begin(family.firstJti, 'one');
    await family.keepRequest(family.firstJti);
    await happens(family);
    const before = await family.copy();
    const settlement = await family.settle(family.firstJti, `${family.id}.%s`);
    expect(settlement).toEqual({ kind: 'refused', waiters: [] });
    await eventually('who waits is woken', () => heard.length > 0);
    expect(heard).toEqual([family.mintId(family.firstJti)]);
    expect(await family.copy()).toEqual(before);
    const { state, fields, ttlMs } = await family.requestFor(family.firstJti);
    expect(state).toEqual({ kind: 'refused' });
    expect(fields).not.toContain('wrapped_key');
    expect(ttlMs).toBeGreaterThan(0);
    expect(ttlMs).toBeLessThanOrEqual(30_000);
    expect(await family.settle(family.firstJti)).toEqual({ kind: 'refused', waiters: [] });
  },
);

test('a pair is stored once, nothing is left that opens it, and the login lives from then on', async () => {
  const family = new Family();
  await family.create();
  const beganMs = Date.now();
  await redis.pexpire(grantKey(family.id, family.prefix), 60_000);
  await family.begin(family.firstJti, 'one');
  await family.keepRequest(family.firstJti);
  expect(await family.settle(family.firstJti)).toMatchObject({ kind: 'settled', again: false });
  const first = await family.requestFor(family.firstJti);
  expect(first.fields).not.toContain('wrapped_key');
  expect(first.ttlMs).toBeGreaterThan(0);
  expect(first.ttlMs).toBeLessThanOrEqual(30_000);
  const grantTtlMs = await redis.pttl(grantKey(family.id, family.prefix));
  expect(grantTtlMs).toBeGreaterThan(60_000);
  expect(grantTtlMs).toBeLessThanOrEqual(3_600_000);
  const { refreshed_at: refreshedAt } = await family.copy();
  expect(Number(refreshedAt)).toBeGreaterThanOrEqual(beganMs);
  expect(Number(refreshedAt)).toBeLessThanOrEqual(Date.now() + 1);
  expect(await family.settle(family.firstJti)).toEqual({ kind: 'settled', again: true, waiters: ['one'] });
  expect((await family.requestFor(family.firstJti)).state).toEqual(first.state);
});

test('a login tells when the refresh token expires that it has now, not the one that it had first', async () => {
  const family = new Family();
  await family.create();
  const inTwoDaysMs = Date.now() + 2 * 86_400_000;
  expect(await family.refreshExpiresAtMs()).toBeLessThan(inTwoDaysMs);
  await family.begin(family.firstJti);
  await family.settle(family.firstJti, '', inTwoDaysMs);
  expect(await family.refreshExpiresAtMs()).toBe(inTwoDaysMs);
});

test('a request of a refresh is there for a moment only, also when another one joins it, and names each who waits once', async () => {
  const family = new Family();
  await family.create();
  for (const instance of ['one', 'two', 'one']) {
    await family.begin(family.firstJti, instance);
    const { ttlMs } = await family.requestFor(family.firstJti);
    expect(ttlMs).toBeGreaterThan(0);
    expect(ttlMs).toBeLessThanOrEqual(15_000);
    await family.keepRequest(family.firstJti);
  }
  expect((await family.settle(family.firstJti)).waiters).toEqual(['one', 'two']);
});

const presentCopy = async (family: Family) => {
  await family.present(family.firstJti);
  await family.pass(family.firstJti);
  await family.present(family.firstJti);
};

test.each([
  ['was ended', (family: Family) => family.end()],
  ['ended because a copy was presented', presentCopy],
])('a login that %s is kept for two days more, with the time', async (_, ends) => {
  const family = new Family();
  await family.create();
  const beganMs = Date.now();
  await ends(family);
  const { state, ended_at: endedAt } = await family.copy();
  expect(state).toBe('ended');
  expect(Number(endedAt)).toBeGreaterThanOrEqual(beganMs);
  expect(Number(endedAt)).toBeLessThanOrEqual(Date.now() + 1);
  const ttlMs = await redis.pttl(grantKey(family.id, family.prefix));
  expect(ttlMs).toBeGreaterThan(47 * 3_600_000);
  expect(ttlMs).toBeLessThanOrEqual(48 * 3_600_000);
});
