import type { MintStore } from '@ravi/credentials';
import fc from 'fast-check';
import { connectedRedis } from '../support/connected-redis.ts';
import { seed } from '../support/random.ts';
import { RefreshFamily } from '../support/refresh-family.ts';

const { redis } = await connectedRedis();

/** Tokens that are presented at the same moment, by their age (0: the latest); then some time may pass. */
const moments = fc.array(
  fc.record({ ages: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 5 }), timePasses: fc.boolean() }),
  { minLength: 1, maxLength: 8 },
);

/** @shows RFC 9700 §4.14.2(3) */
test('however tokens are presented, one at most is live, a retry gets the same pair, and a late copy ends all', async () => {
  await fc.assert(
    fc.asyncProperty(moments, async (sequence) => {
      const family = await RefreshFamily.create(redis);
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
      const family = await RefreshFamily.create(redis);
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
  const family = await RefreshFamily.create(redis);
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
  const family = await RefreshFamily.create(redis);
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
