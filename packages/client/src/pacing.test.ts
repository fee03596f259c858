import { Pacing, type Undecided } from './pacing.ts';

const intervalMs = 5_000;
const ended = (kind: Undecided['kind'], tookMs: number, retryAfterMs: number | null = null): Undecided => ({
  kind,
  tookMs,
  retryAfterMs,
});
const lowest = () => new Pacing(intervalMs, () => 0);
const highest = () => new Pacing(intervalMs, () => 1);

test('a request that was held is followed by the next at once', () => {
  expect(lowest().pauseAfter(ended('pending', 25_000))).toBe(0);
  expect(highest().pauseAfter(ended('pending', 25_000))).toBe(500);
  expect(lowest().pauseAfter(ended('pending', intervalMs))).toBe(0);
});

test.each(['pending', 'away'] as const)(
  'a quick answer (%s) is followed by the next after the interval',
  (kind) => {
    for (const tookMs of [0, 10, 4_999]) {
      expect(tookMs + lowest().pauseAfter(ended(kind, tookMs))).toBeGreaterThan(intervalMs);
      expect(tookMs + highest().pauseAfter(ended(kind, tookMs))).toBeLessThan(intervalMs * 1.3);
    }
  },
);

test('slow_down takes the interval that the answer names, and adds 5 s where that is none or no longer than before', () => {
  const pacing = lowest();
  pacing.slowDown(null);
  expect(pacing.intervalMs).toBe(10_000);
  pacing.slowDown(17_000);
  expect(pacing.intervalMs).toBe(17_000);
  pacing.slowDown(5_000);
  expect(pacing.intervalMs).toBe(22_000);
  pacing.slowDown(22_000);
  expect(pacing.intervalMs).toBe(27_000);
  expect(pacing.pauseAfter(ended('slowDown', 27_000))).toBeCloseTo(1_350);
  expect(pacing.pauseAfter(ended('slowDown', 10))).toBeGreaterThan(26_990);
});

test('the first lost connection of a held request is followed by the next at once, further ones ever later', () => {
  const pacing = lowest();
  expect(pacing.pauseAfter(ended('away', 12_000))).toBe(0);
  const pauses = [1, 2, 3, 4, 5].map(() => Math.round(pacing.pauseAfter(ended('away', 0))));
  expect(pauses).toEqual([10_500, 21_000, 31_500, 31_500, 31_500]);
  expect(pacing.pauseAfter(ended('pending', 30_000))).toBe(0);
});

test('Retry-After is honoured where it is longer', () => {
  expect(lowest().pauseAfter(ended('away', 10, 90_000))).toBe(90_000);
  expect(highest().pauseAfter(ended('away', 10, 90_000))).toBe(90_500);
  expect(lowest().pauseAfter(ended('away', 10, 1_000))).toBeGreaterThan(intervalMs - 10);
});

test('programs that one restart cut off do not come back together', () => {
  const pauses = [lowest(), highest()].map((pacing) => pacing.pauseAfter(ended('away', 9_000)));
  expect(pauses).toEqual([0, 500]);
});
