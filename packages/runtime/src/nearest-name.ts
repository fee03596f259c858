/** Maximum of typing errors in a name of this length. */
const maxSlips = (length: number) => (length < 5 ? 0 : length < 10 ? 1 : 2);

/**
 * The known name that is probably meant: the one with the fewest typing errors (a character that is missing, added, wrong, or swapped
 * with the next), at most one in short names and two in long ones. Case does not matter. Undefined if none is that close.
 */
export function nearestName<Name extends string>(name: string, known: Iterable<Name>): Name | undefined {
  let nearest: Name | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const count = slips(name.toUpperCase(), candidate.toUpperCase());
    if (count > maxSlips(candidate.length) || count >= fewest) continue;
    nearest = candidate;
    fewest = count;
  }
  return nearest;
}

/** The minimum number of typing errors that turn one text into the other. (Optimal string alignment) */
function slips(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Number.POSITIVE_INFINITY;
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const ways = [at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1)];
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) ways.push(at(beforeLast, j - 2) + 1);
      row.push(Math.min(...ways));
    }
    [beforeLast, last] = [last, row];
  }
  return at(last, b.length);
}

const at = (row: readonly number[], index: number) => row[index] ?? Number.POSITIVE_INFINITY;
