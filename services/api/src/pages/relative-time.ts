/**
 * A time relative to now in words: "40 seconds ago", "in 3 minutes", "now".
 *
 * @param seconds negative for the past
 */
export function relativeTime(seconds: number, lang: string): string {
  const format = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' });
  const size = Math.abs(seconds);
  const inUnits = (unit: Intl.RelativeTimeFormatUnit, secondsOfOne: number) =>
    format.format(Math.sign(seconds) * Math.round(size / secondsOfOne), unit);
  if (size < 100) return inUnits('second', 1);
  if (size < 5400) return inUnits('minute', 60);
  if (size < 36 * 3600) return inUnits('hour', 3600);
  if (size < 60 * day) return inUnits('day', day);
  return size < 2 * year ? inUnits('month', year / 12) : inUnits('year', year);
}

const day = 86_400;
const year = 365.25 * day;
