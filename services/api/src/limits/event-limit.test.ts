import { RefusedSubjects } from './event-limit.ts';

const machine = Date.now;
beforeEach(() => jest.useFakeTimers());
afterEach(() => {
  Date.now = machine;
  jest.useRealTimers();
});

test('who was refused is remembered for as long as Redis said, also where the clock is set back meanwhile', async () => {
  const refused = new RefusedSubjects();
  const subjects = ['one', 'two'].map((name) => ({ name, max: 1 }));
  expect(refused.find(subjects)).toBeUndefined();
  refused.note('two', 60_000);
  Date.now = () => machine() - 3_600_000;
  await jest.advanceTimersByTimeAsync(59_999);
  expect(refused.find(subjects)).toEqual({ name: 'two', retryAfterMs: 1 });
  await jest.advanceTimersByTimeAsync(1);
  expect(refused.find(subjects)).toBeUndefined();
});

test('ten thousand who were refused are remembered, those who came last', () => {
  const refused = new RefusedSubjects();
  for (let at = 0; at <= 10_000; at++) refused.note(`${at}`, 60_000);
  const isRemembered = (name: string) => refused.find([{ name, max: 1 }]) !== undefined;
  expect(['0', '1', '10000'].map(isRemembered)).toEqual([false, true, true]);
});
