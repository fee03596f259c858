import { runInNewContext } from 'node:vm';
import { liveScript } from './live-script.ts';

/** Runs the script on a page of one paragraph; each answer is one of the server's, in turn. Resolves when it has none left. */
async function run(...answers: (Response | Error)[]) {
  const live = {
    textContent: 'approved',
    dataset: { code: 'BCDF-GHJK', collected: 'C', denied: 'D', aborted: 'A', gone: 'G' },
  };
  const asked: string[] = [];
  const pauses: number[] = [];
  const over = Promise.withResolvers<void>();
  const fetch = (url: string) => {
    asked.push(url);
    const answer = answers.shift();
    if (answers.length === 0) setImmediate(over.resolve);
    if (answer === undefined) return new Promise(() => undefined);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const setTimeout = (resume: () => void, ms: number) => {
    pauses.push(Math.round(ms / 100) / 10);
    setImmediate(resume);
  };
  const page = { document: { getElementById: () => live }, fetch, setTimeout, clearTimeout: () => undefined };
  runInNewContext(liveScript, page);
  await over.promise;
  await new Promise(setImmediate);
  return { said: live.textContent, asked, pauses };
}

const says = (status: string, headers = {}) => Response.json({ status }, { headers });
const fails = (status: number) => Response.json({}, { status });

test('it asks for its own code until the program has collected, then says so and asks no more', async () => {
  const { said, asked } = await run(says('approved'), says('approved'), says('collected'));
  expect(said).toBe('C');
  expect(asked).toEqual(Array(3).fill('/api/auth/device/status/?user_code=BCDF-GHJK'));
});

test.each([
  ['a login that was ended', says('denied'), 'D'],
  ['a login for which nothing could be made', says('aborted'), 'A'],
  ['a login that is no more', fails(404), 'G'],
  ['a session that is no more', fails(401), 'approved'],
])('%s ends it', async (_what, answer, text) => {
  const { said, asked } = await run(answer);
  expect(said).toBe(text);
  expect(asked).toHaveLength(1);
});

test('a lost connection, a busy or restarting server end nothing: it asks again, more slowly each time', async () => {
  const { said, pauses } = await run(
    new TypeError('lost'),
    fails(503),
    new TypeError('lost'),
    says('collected'),
  );
  expect(said).toBe('C');
  expect(pauses).toEqual([2, 3, 4]);
});

test('it waits as long as it is told to', async () => {
  const { pauses } = await run(says('approved', { 'Retry-After': '5' }), says('collected'));
  expect(pauses).toEqual([5]);
});

test('it gives up in the end', async () => {
  const { asked } = await run(...Array.from({ length: 30 }, () => new TypeError('lost')));
  expect(asked).toHaveLength(30);
});

test('it tells after half a minute that the program has not come, unless it has come before', async () => {
  const runLate = async (status: string) => {
    const live = {
      textContent: 'approved',
      dataset: { code: 'BCDF-GHJK', collected: 'C', late: 'L', lateInMs: '30000' },
    };
    const timers = new Map<number, { readonly run: () => void; readonly ms: number }>();
    const setTimeout = (run: () => void, ms: number) => {
      timers.set(timers.size + 1, { run, ms });
      return timers.size;
    };
    const clearTimeout = (id: number) => timers.delete(id);
    const fetch = () => Promise.resolve(says(status));
    runInNewContext(liveScript, {
      document: { getElementById: () => live },
      fetch,
      setTimeout,
      clearTimeout,
    });
    await new Promise(setImmediate);
    for (const { run, ms } of timers.values()) if (ms === 30_000) run();
    return live.textContent;
  };
  expect(await runLate('approved')).toBe('L');
  expect(await runLate('collected')).toBe('C');
});
