import { generateKeyPairSync } from 'node:crypto';
import { KeySet } from './key-set.ts';

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const published = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one' }] };
const away = () => new Response('', { status: 503 });
const keys = (found: object) => () => Response.json(found);

/** Keys of a server whose answers are given, one after the other; by a clock that the test sets. */
function keySet(...answers: readonly (() => Response | Promise<Response>)[]) {
  const its = { nowMs: 1_000_000, asked: 0 };
  const fetching: typeof fetch = async () => (answers[its.asked++] ?? away)();
  const set = new KeySet({
    url: async () => 'https://login.example.com/keys',
    reach: { fetch: fetching, timeoutMs: 1_000 },
    nowMs: () => its.nowMs,
  });
  const has = async () => (await set.find('one')) !== undefined;
  return { its, has };
}

test('the keys are fetched again after the clock was set back, also where they could not be had before', async () => {
  const { its, has } = keySet(away, keys(published), keys({ keys: [] }));
  await expect(has()).rejects.toThrow('answered 503');
  its.nowMs -= 1_000;
  expect(await has()).toBe(true);
  its.nowMs -= 1_000;
  expect(await has()).toBe(false);
});

test('a server that did not answer is not waited for again while its keys can be used, and heard where it answers', async () => {
  let answerLate = (_response: Response): void => undefined;
  const late = new Promise<Response>((resolve) => (answerLate = resolve));
  const { its, has } = keySet(keys(published), away, () => late);
  expect(await has()).toBe(true);
  for (const laterMs of [60_000, 5_000]) {
    its.nowMs += laterMs;
    expect(await has()).toBe(true);
  }
  expect(its.asked).toBe(3);
  answerLate(Response.json({ keys: [] }));
  await new Promise((resolve) => setImmediate(resolve));
  expect(await has()).toBe(false);
});

test('a key that was removed after an outage counts no more, however long nobody asked: the server is waited for again', async () => {
  const { its, has } = keySet(keys(published), away, keys({ keys: [] }));
  expect(await has()).toBe(true);
  its.nowMs += 60_000;
  expect(await has()).toBe(true);
  its.nowMs += 60_000;
  expect(await has()).toBe(false);
});
