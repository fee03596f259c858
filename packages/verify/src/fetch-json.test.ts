import { fetchJson } from './fetch-json.ts';

const ask = (answer: () => Promise<Response>) =>
  fetchJson({ fetch: answer, timeoutMs: 1_000 }, 'https://login.example.com/keys');

test('an answer that is not 200 is given up unread, so that its connection is free again', async () => {
  let isGivenUp = false;
  const body = new ReadableStream({ cancel: () => void (isGivenUp = true) });
  await expect(ask(async () => new Response(body, { status: 503 }))).rejects.toThrow(
    'https://login.example.com/keys cannot be used: it answered 503',
  );
  expect(isGivenUp).toBe(true);
});

/** The server is not reached. */
const failing = (error: unknown) =>
  ask(async () => {
    throw error;
  });

test.each([
  [new TypeError('fetch failed', { cause: new Error('refused', { cause: new Error('the innermost') }) })],
  [new Error('the innermost')],
])('the innermost reason is told of %s', async (error) => {
  await expect(failing(error)).rejects.toThrow(/ cannot be used: the innermost$/);
});

test.each([[null], [undefined], ['a text'], [{}]])('what is no error, %j, has no reason', async (error) => {
  await expect(failing(error)).rejects.toThrow(/ cannot be used: unknown reason$/);
});
