import { unusedDaysOf } from './device-pages.ts';
import { defaultLifetimes } from '@ravi/credentials';

test('a program is told to end after so many days without use, or never', () => {
  const lifetimes = { ...defaultLifetimes, programIdleMs: 30 * 86_400_000 };
  expect(unusedDaysOf({ ...lifetimes, programsEndUnused: true })).toBe(30);
  expect(unusedDaysOf({ ...lifetimes, programsEndUnused: false })).toBeNull();
});
