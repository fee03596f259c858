/** A frame around some lines. */
export function box(lines: readonly string[]): string {
  const width = Math.max(...lines.map((line) => line.length));
  const edge = '─'.repeat(width + 4);
  return [`╭${edge}╮`, ...lines.map((line) => `│  ${line.padEnd(width)}  │`), `╰${edge}╯`].join('\n');
}

/** The start of a secret, enough to recognise it. */
export function masked(secret: string): string {
  return `${secret.slice(0, 12)}…`;
}

/** Seconds in words. */
export function duration(seconds: number): string {
  const [amount, unit] =
    seconds % 86_400 === 0
      ? [seconds / 86_400, 'day']
      : seconds % 3_600 === 0
        ? [seconds / 3_600, 'hour']
        : [seconds / 60, 'minute'];
  return `${Math.round(amount * 10) / 10} ${unit}${amount === 1 ? '' : 's'}`;
}
