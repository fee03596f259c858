import { ConfigError } from './env.ts';
import { startService, stopService } from './service.ts';
import { onStopSignal } from './shutdown.ts';

const found = { exit: process.exit.bind(process), write: process.stderr.write.bind(process.stderr) };
const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
const own = signals.map((signal) => process.listeners(signal));
/** Who listens to a signal besides those that did before. */
const listening = (signal: (typeof signals)[number]) =>
  process.listeners(signal).filter((listen) => !own[signals.indexOf(signal)]?.includes(listen));

let said: string[];
/** With which code the process would have ended, each time. */
let ended: unknown[];

beforeEach(() => {
  said = [];
  ended = [];
  process.exit = ((code: unknown) => void ended.push(code)) as typeof process.exit;
  process.stderr.write = (text: unknown) => said.push(String(text)) > 0;
});
afterEach(() => {
  process.exit = found.exit;
  process.stderr.write = found.write;
  for (const signal of signals) for (const listen of listening(signal)) process.off(signal, listen);
  jest.useRealTimers();
});

test('a service that starts says nothing and goes on', async () => {
  let started = false;
  await startService('api', async () => {
    await Promise.resolve();
    started = true;
  });
  expect({ started, said, ended }).toEqual({ started: true, said: [], ended: [] });
});

test.each([
  [
    'settings that are not usable',
    new ConfigError(['A: must be set']),
    78,
    /usable:\n {2}- A: must be set\n$/,
  ],
  ['anything else', new Error('READY_FILE cannot be written'), 1, / READY_FILE cannot be written\n$/],
  ['what says nothing', 'no error', 1, / unknown reason\n$/],
])('one that cannot start for %s tells why, and ends', async (_, reason, code, words) => {
  await startService('api', () => Promise.reject(reason));
  expect(ended).toEqual([code]);
  expect(said).toEqual([expect.stringMatching(/^The api cannot start\. /)]);
  expect(said.join('')).toMatch(words);
});

test.each(signals)(
  '%s ends a service that waits at its start, with 0, until that says what to do instead',
  (signal) => {
    void startService('api', () => new Promise<void>(() => undefined));
    listening(signal).forEach((listen) => listen(signal));
    expect(ended).toEqual([0]);
    const stopped: string[] = [];
    onStopSignal((by) => void stopped.push(by));
    listening(signal).forEach((listen) => listen(signal));
    expect({ stopped, ended }).toEqual({ stopped: [signal], ended: [0] });
  },
);

test('a stop runs each step for as many seconds as it may take, logs those that fail, and ends with 0', async () => {
  jest.useFakeTimers();
  const log: unknown[] = [];
  const logger = {
    info: (sentence: string) => void log.push([sentence, [...ended]]),
    error: (fields: object, sentence: string) => void log.push([fields, sentence]),
  };
  const steps = [
    { name: 'hangs', run: () => new Promise<void>(() => undefined) },
    { name: 'works', run: () => void log.push('works') },
  ];
  const stopped = stopService(steps, logger, 2);
  await jest.advanceTimersByTimeAsync(1_999);
  expect(log).toEqual([]);
  await jest.advanceTimersByTimeAsync(1);
  await stopped;
  const error = expect.objectContaining({ message: 'did not finish within 2000 ms' });
  expect(log).toEqual([[{ step: 'hangs', error }, 'stopping: a step failed'], 'works', ['stopped', []]]);
  expect(ended).toEqual([0]);
});
