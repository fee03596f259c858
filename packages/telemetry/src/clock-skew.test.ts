import { Registry } from 'prom-client';
import { ClockSkew } from './clock-skew.ts';
import { createLogger } from './logger.ts';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('a clock that differs is one warning and a figure, also where that of another server agrees, until all agree again', async () => {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger(
    { service: 'issuer', instance: 'one', level: 'info' },
    { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const registry = new Registry();
  const skew = new ClockSkew({ logger, registry });
  const figure = async () => /^ravi_clock_skew_seconds (.*)$/m.exec(await registry.metrics())?.[1];
  expect(await figure()).toBe('0');
  for (let at = 0; at < 5; at++) {
    skew.note({ skewMs: -3_600_000, sentence: 'The clock of Redis is behind.' });
    skew.note({ skewMs: 3, sentence: null });
    jest.advanceTimersByTime(2_000);
  }
  expect(lines).toMatchObject([{ level: 'warn', skewSeconds: -3_600, msg: 'The clock of Redis is behind.' }]);
  expect(await figure()).toBe('-3600');
  // 10 s after the last time that they differed.
  jest.advanceTimersByTime(7_999);
  skew.note({ skewMs: 3, sentence: null });
  expect(lines).toHaveLength(1);
  jest.advanceTimersByTime(1);
  skew.note({ skewMs: 3, sentence: null });
  expect(lines.slice(1)).toMatchObject([{ level: 'info', msg: expect.stringContaining('agree again') }]);
  expect(await figure()).toBe('0.003');
});
