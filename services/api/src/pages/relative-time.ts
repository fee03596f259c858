/**
 * A time relative to now in words: "40 seconds ago", "in 3 minutes", "now".
 *
 * @param seconds negative for the past
 */
export function relativeTime(seconds: number, lang: string): string {
  const format = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' });
  const size = Math.abs(seconds);
  if (size < 100) return format.format(Math.round(seconds), 'second');
  if (size < 5400) return format.format(Math.round(seconds / 60), 'minute');
  if (size < 36 * 3600) return format.format(Math.round(seconds / 3600), 'hour');
  return size < 60 * 86_400
    ? format.format(Math.round(seconds / 86_400), 'day')
    : format.format(Math.round(seconds / (30.44 * 86_400)), 'month');
}
