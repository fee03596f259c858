/** Milliseconds in words, such as "15 minutes". */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 90) return amount(seconds, 'second');
  if (seconds < 90 * 60) return amount(Math.round(seconds / 60), 'minute');
  if (seconds < 36 * 3_600) return amount(Math.round(seconds / 3_600), 'hour');
  return amount(Math.round(seconds / 86_400), 'day');
}

/** Words that somebody else wrote, with an end if they have none. */
export function sentence(words: string): string {
  return /[.?!]$/.test(words) ? words : `${words}.`;
}

/** A QR code, on a terminal with colours dark on light whatever the theme: not every phone reads the inverse. */
export function colouredQr(qr: string, hasColours: boolean): readonly string[] {
  const lines = qr.split('\n');
  return hasColours ? lines.map((line) => `\u001B[97;40m${line}\u001B[0m`) : lines;
}

function amount(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
