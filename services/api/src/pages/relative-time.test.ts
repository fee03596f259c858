import { relativeTime } from './relative-time.ts';

test.each([
  [0, 'en', 'now'],
  [-42, 'en', '42 seconds ago'],
  [-42, 'de', 'vor 42 Sekunden'],
  [30, 'de', 'in 30 Sekunden'],
  [99, 'en', 'in 99 seconds'],
  [100, 'en', 'in 2 minutes'],
  [180, 'en', 'in 3 minutes'],
  [-5399, 'en', '90 minutes ago'],
  [-5400, 'en', '2 hours ago'],
  [7200, 'en', 'in 2 hours'],
  [36 * 3600 - 1, 'en', 'in 36 hours'],
  // Never "yesterday": that may have been the day before.
  [36 * 3600, 'en', 'in 2 days'],
  [-36 * 3600, 'en', '2 days ago'],
  [-3 * 86_400, 'en', '3 days ago'],
  [60 * 86_400 - 1, 'en', 'in 60 days'],
  [60 * 86_400, 'en', 'in 2 months'],
  [-91 * 86_400, 'en', '3 months ago'],
  [365 * 86_400, 'en', 'in 12 months'],
  [730 * 86_400, 'en', 'in 24 months'],
  [730.5 * 86_400, 'en', 'in 2 years'],
  [-3653 * 86_400, 'en', '10 years ago'],
  [3650 * 86_400, 'de', 'in 10 Jahren'],
])('%d seconds in %s: %s', (seconds, lang, text) => {
  expect(relativeTime(seconds, lang)).toBe(text);
});
