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
    reasonOf: (error) => (error instanceof Error && error.message.startsWith('OOM') ? 'oom' : null),
    reasons: ['oom', 'misconf'],
    effect: 'requests are answered 503',
  });
  return { lines, registry, outages };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('an outage has one line when it begins, with the word of Redis, and one when nothing failed for a while, with their number', () => {
  const { lines, outages } = observed();
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
  jest.advanceTimersByTime(3_000);
  expect(lines.slice(1)).toMatchObject([
    { level: 'warn', reason: 'oom', failures: 5, seconds: 8, msg: 'outage ended: requests are answered 503' },
  ]);
  expect([outages.word, jest.getTimerCount()]).toEqual([null, 0]);
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
