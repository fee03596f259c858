const bars = '▁▂▃▄▅▆▇█';

/** A number for each character, the highest one as a full block. */
export function sparkline(values: readonly number[]): string {
  const most = Math.max(...values, 0);
  return values
    .map((value) => bars[most > 0 ? Math.round((Math.max(0, value) / most) * (bars.length - 1)) : 0] ?? '')
    .join('');
}
