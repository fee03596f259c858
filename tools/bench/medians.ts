/** The middle of the values; of an even number, the mean of the two in the middle. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

/** A contender's measurements, one a round. */
export interface Measured {
  readonly name: string;
  readonly values: readonly number[];
  readonly median: number;
  /** Half the distance between the quartiles, as a share of the median: how noisy the rounds were. */
  readonly spread: number;
}

export function measured(name: string, values: readonly number[]): Measured {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN;
  const middle = median(values);
  return { name, values, median: middle, spread: (at(0.75) - at(0.25)) / 2 / middle };
}
