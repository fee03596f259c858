import { randomUUID } from 'node:crypto';
import { connectRedis, type RedisClient, waitUntilReady } from '@ravi/redis';
import fc from 'fast-check';
import { type Guess, WrongGuesses } from '../../services/api/src/limits/wrong-guesses.ts';
import { eventually } from '../support/eventually.ts';
import { seed } from '../support/random.ts';
import { startOwnRedis, type OwnRedis } from '../support/redis.ts';

let server: OwnRedis;
let redis: RedisClient;
let elsewhere: RedisClient;
beforeAll(async () => {
  server = await startOwnRedis();
  [redis, elsewhere] = (await Promise.all(
    ['one', 'another'].map(async (name) => {
      const client = connectRedis({ kind: 'single', url: server.url }, 'commands', name);
      client.on('error', () => undefined);
      await waitUntilReady(client, 60_000);
      return client;
    }),
  )) as [RedisClient, RedisClient];
});
afterAll(async () => {
  redis.disconnect();
  elsewhere.disconnect();
  await server.stop();
});

const windowSeconds = 900;
/** Longer than a guess waits for its turn, on a busy machine too. */
const openSeconds = 60;
const one = [{ name: 'one', max: 3 }];

/** Three wrong guesses in any window; `age` lets the subject's guesses lie back in time. Two apis, neither remembers refusals. */
function threeGuesses() {
  const name = `{test:${randomUUID()}}`;
  const limit = (client = redis) => new WrongGuesses({ redis: client, name, windowSeconds, openSeconds });
  const admit = (client?: RedisClient) => limit(client).admit(one);
  const guessWrong = async () => {
    const admission = await admit();
    if (admission.kind === 'admitted') await admission.guess.wrong();
    return admission.kind === 'refused' ? admission.retryAfterMs : null;
  };
  const age = async (seconds: number) => {
    for (const kind of ['wrong', 'open'])
      for (const guess of await redis.zrange(`${name}:one:${kind}`, '0', '-1'))
        await redis.zincrby(`${name}:one:${kind}`, -seconds * 1000, guess);
  };
  return { name, admit, guessWrong, age };
}

async function admitted(admission: ReturnType<WrongGuesses['admit']>): Promise<Guess> {
  const outcome = await admission;
  if (outcome.kind !== 'admitted') throw new Error(`The guess is ${outcome.kind}.`);
  return outcome.guess;
}

test('no window of that length has more wrong guesses, wherever it starts', async () => {
  const { age, guessWrong } = threeGuesses();
  expect(await guessWrong()).toBeNull();
  // A minute before it leaves: time enough for the others on a busy machine.
  await age(840);
  for (let i = 0; i < 2; i++) expect(await guessWrong()).toBeNull();
  expect(await guessWrong()).toBeLessThanOrEqual(60_000);
  await age(61);
  // The first has left the window; the two of its last minute have not.
  expect(await guessWrong()).toBeNull();
  expect(await guessWrong()).toBeGreaterThan(750_000);
});

test('a refused guess does not prolong the refusal', async () => {
  const { age, guessWrong } = threeGuesses();
  for (let i = 0; i < 3; i++) await guessWrong();
  await age(600);
  for (let i = 0; i < 20; i++) expect(await guessWrong()).toBeLessThanOrEqual(300_000);
  await age(301);
  expect(await guessWrong()).toBeNull();
});

test('taking a guess back takes that one, however often, and never gives one more than allowed', async () => {
  const { guessWrong, admit } = threeGuesses();
  const right = await admitted(admit());
  await right.takeBack();
  await right.takeBack();
  for (let i = 0; i < 3; i++) expect(await guessWrong()).toBeNull();
  expect(await guessWrong()).not.toBeNull();
});

test('a guess whose process died in the middle counts for seconds, not for the whole window', async () => {
  const { admit, age } = threeGuesses();
  for (let i = 0; i < 3; i++) await admitted(admit());
  expect((await admit()).kind).toBe('busy');
  await age(openSeconds);
  for (let i = 0; i < 3; i++) await admitted(admit());
});

test('what one subject is refused, no other is charged for', async () => {
  const { name, guessWrong, admit } = threeGuesses();
  for (let i = 0; i < 3; i++) await guessWrong();
  const limit = new WrongGuesses({ redis, name, windowSeconds, openSeconds });
  const other = { name: 'other', max: 1 };
  expect((await limit.admit([other, ...one])).kind).toBe('refused');
  expect((await admit()).kind).toBe('refused');
  await admitted(limit.admit([other]));
});

test('the count of a subject that guesses no more ends by itself', async () => {
  const { name, guessWrong, admit } = threeGuesses();
  await guessWrong();
  await admit();
  for (const [kind, maxMs] of [
    ['wrong', windowSeconds * 1000],
    ['open', openSeconds * 1000],
  ] as const) {
    const ttlMs = await redis.pttl(`${name}:one:${kind}`);
    expect(ttlMs).toBeGreaterThan(0);
    expect(ttlMs).toBeLessThanOrEqual(maxMs);
  }
});

test('a flood of a refused subject does not reach Redis', async () => {
  const { name, guessWrong } = threeGuesses();
  for (let i = 0; i < 3; i++) await guessWrong();
  const limit = new WrongGuesses({ redis, name, windowSeconds, openSeconds });
  expect(limit.refusedForMs(one)).toBeNull();
  await limit.admit(one);
  const calls = async () => /cmdstat_evalsha:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1];
  const before = await calls();
  for (let i = 0; i < 100; i++) expect((await limit.admit(one)).kind).toBe('refused');
  expect(await calls()).toBe(before);
  expect(limit.refusedForMs(one)).toBeGreaterThan(800_000);
});

test('a guess that waits for its turn asks Redis a few times a second, and is told after two', async () => {
  const { admit } = threeGuesses();
  const open = await Promise.all([1, 2, 3].map(() => admitted(admit())));
  const asked = async () =>
    Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1] ?? 0);
  const before = await asked();
  expect((await admit()).kind).toBe('busy');
  expect((await asked()) - before).toBeLessThan(100);
  const waiting = admit();
  await open[0]?.takeBack();
  expect((await waiting).kind).toBe('admitted');
});

/** @shows RFC 8628 §5.1 */
test('a guess that Redis took in only after an outage is forgotten when it is', async () => {
  const { name, admit, guessWrong } = threeGuesses();
  // Redis knows the scripts before it stops, so that what is sent then is carried out later.
  await (await admitted(admit())).takeBack();
  server.freeze();
  const attempts = await Promise.allSettled([admit(), admit(), admit()]);
  server.thaw();
  expect(attempts.map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
  expect(await redis.ping()).toBe('PONG');
  expect(await redis.exists(`${name}:one:open`, `${name}:one:wrong`)).toBe(0);
  for (let i = 0; i < 3; i++) expect(await guessWrong()).toBeNull();
});

interface Rushing {
  readonly outcome: 'right' | 'wrong' | 'failed';
  /** At which of the two apis. */
  readonly here: boolean;
  /** How long it is looked at. */
  readonly ms: number;
}

/** What becomes of guesses that all come at once. */
async function rushed(guesses: readonly Rushing[]) {
  const { admit } = threeGuesses();
  let lookedAtWrong = 0;
  const kinds = await Promise.all(
    guesses.map(async ({ outcome, here, ms }) => {
      const admission = await admit(here ? redis : elsewhere);
      if (admission.kind !== 'admitted') return admission.kind;
      if (outcome === 'wrong') lookedAtWrong++;
      await new Promise((resolve) => setTimeout(resolve, ms));
      await (outcome === 'wrong' ? admission.guess.wrong() : admission.guess.takeBack());
      return 'admitted';
    }),
  );
  return { admit, kinds, lookedAtWrong };
}

/** @shows RFC 8628 §5.1 */
test('in any rush at two apis no more wrong guesses are looked at than allowed, and none that was right is refused for the others', async () => {
  const outcome = fc.constantFrom('right', 'right', 'right', 'wrong', 'failed' as const);
  const rush = fc.array(fc.record({ outcome, here: fc.boolean(), ms: fc.integer({ min: 0, max: 8 }) }), {
    minLength: 1,
    maxLength: 24,
  });
  await fc.assert(
    fc.asyncProperty(rush, async (guesses) => {
      // Who waits for its turn for two seconds is told so: on a busy machine that may happen, and not each time.
      const { admit, kinds, lookedAtWrong } = await eventually('nobody waits in vain', async () => {
        const outcomes = await rushed(guesses);
        return outcomes.kinds.includes('busy') ? null : outcomes;
      });
      const wrong = guesses.filter(({ outcome: what }) => what === 'wrong').length;
      expect(lookedAtWrong).toBeLessThanOrEqual(3);
      const refused = kinds.includes('refused');
      expect(refused && wrong < 3).toBe(false);
      expect((await admit()).kind).toBe(lookedAtWrong === 3 ? 'refused' : 'admitted');
      expect(lookedAtWrong).toBe(Math.min(3, wrong));
    }),
    { numRuns: 60, seed },
  );
});
