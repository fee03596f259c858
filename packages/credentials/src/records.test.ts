import { isUseToNote } from './records.ts';

test('a use is noted the first time, and then once a minute; also where one was noted by a clock that was ahead', () => {
  const nowMs = 1_800_000_000_000;
  expect(isUseToNote(null, nowMs)).toBe(true);
  expect([0, 59_999, 60_000, -1].map((agoMs) => isUseToNote(nowMs - agoMs, nowMs))).toEqual([
    false,
    false,
    true,
    true,
  ]);
});
