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
