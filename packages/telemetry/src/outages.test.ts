import { Registry } from 'prom-client';
import { createLogger } from './logger.ts';
import { Outages } from './outages.ts';

function observed() {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger(
    { service: 'api', instance: 'one', level: 'info' },
    { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const registry = new Registry();
  const outages = new Outages({
    logger,
    registry,
    reasonOf: (error) =>
      /^(oom|misconf)/.exec(String(error instanceof Error && error.message).toLowerCase())?.[0] ?? null,
    reasons: ['oom', 'misconf'],
    effect: 'requests are answered 503',
  });
  return { lines, registry, outages };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('an outage has one line when it begins, with the word of Redis, and one when nothing failed for a while, with their number', () => {
  const { lines, outages } = observed();
  // The process has run for a while.
  jest.advanceTimersByTime(60_000);
  for (let at = 0; at < 5; at++) {
    outages.note(new Error('OOM command not allowed'));
    jest.advanceTimersByTime(2_000);
  }
  expect(lines).toMatchObject([
    {
      level: 'warn',
      reason: 'oom',
      redis: 'OOM command not allowed',
      msg: 'outage began: requests are answered 503',
    },
  ]);
  expect(outages.word).toBe('OOM command not allowed');
  // 3 s after the last failure.
  jest.advanceTimersByTime(999);
  expect(lines).toHaveLength(1);
  jest.advanceTimersByTime(1);
  expect(lines.slice(1)).toMatchObject([
    {
      level: 'warn',
      reason: 'oom',
      failures: 5,
      seconds: 8,
      msg: 'outage ended: nothing fails for this reason any more',
    },
  ]);
  expect([outages.word, jest.getTimerCount()]).toEqual([null, 0]);
});

test('an outage ends while another goes on, which ends in its turn', async () => {
  const { lines, registry, outages } = observed();
  const current = async () => [...(await registry.metrics()).matchAll(/^ravi_outage\{reason="(\w+)"\} 1$/gm)];
  outages.note(new Error('OOM'));
  jest.advanceTimersByTime(2_000);
  outages.note(new Error('MISCONF'));
  expect((await current()).map(([, reason]) => reason)).toEqual(['oom', 'misconf']);
  jest.advanceTimersByTime(1_000);
  expect((await current()).map(([, reason]) => reason)).toEqual(['misconf']);
  expect(outages.word).toBe('MISCONF');
  jest.advanceTimersByTime(2_000);
  expect([await current(), outages.word, jest.getTimerCount()]).toEqual([[], null, 0]);
  expect(lines.map(({ reason, msg }) => `${String(reason)} ${String(msg).split(':')[0]}`)).toEqual([
    'oom outage began',
    'misconf outage began',
    'oom outage ended',
    'misconf outage ended',
  ]);
});

test('each reason is in the metrics from the start, and only what failed by an outage counts', async () => {
  const { lines, registry, outages } = observed();
  outages.note(new Error('a bug'));
  outages.note(new Error('OOM'));
  const text = await registry.metrics();
  for (const series of [
    'ravi_unavailable_total{reason="oom"} 1',
    'ravi_unavailable_total{reason="misconf"} 0',
    'ravi_outage{reason="oom"} 1',
    'ravi_outage{reason="misconf"} 0',
  ])
    expect(text).toContain(series);
  expect(lines).toHaveLength(1);
});

test('of what Redis said the first 200 characters are told', () => {
  const { lines, outages } = observed();
  outages.note(new Error('OOM'.padEnd(201, 'x')));
  expect(outages.word).toBe('OOM'.padEnd(200, 'x'));
  expect(lines).toMatchObject([{ redis: 'OOM'.padEnd(200, 'x') }]);
});
