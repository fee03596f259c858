import { relativeTime } from './relative-time.ts';

test.each([
  [0, 'en', 'now'],
  [-42, 'en', '42 seconds ago'],
  [-42, 'de', 'vor 42 Sekunden'],
  [30, 'de', 'in 30 Sekunden'],
  [180, 'en', 'in 3 minutes'],
  [7200, 'en', 'in 2 hours'],
  [-3 * 86_400, 'en', '3 days ago'],
  [-91 * 86_400, 'en', '3 months ago'],
])('%d seconds in %s: %s', (seconds, lang, text) => {
  expect(relativeTime(seconds, lang)).toBe(text);
});
