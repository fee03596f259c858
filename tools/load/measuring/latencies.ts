import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';

/** The statistics of a histogram. All times in milliseconds. */
export interface LatencySummary {
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  /** Points for a plot, `[percentile, ms]`, denser towards the slow end. */
  readonly distribution: readonly (readonly [percentile: number, ms: number])[];
}

/** Histograms by name, as text for other processes. */
export type EncodedLatencies = Readonly<Record<string, string>>;

/** Maximum latency in the histogram: ten minutes, in microseconds. */
const highestUs = 600_000_000;

/** Latencies by name, each in a histogram of three significant digits: memory does not grow with the count. */
export class Latencies {
  readonly #histograms = new Map<string, Histogram>();

  /** Records one latency, in milliseconds. */
  record(name: string, ms: number): void {
    let histogram = this.#histograms.get(name);
    if (!histogram) this.#histograms.set(name, (histogram = newHistogram()));
    histogram.recordValue(Math.min(Math.max(Math.round(ms * 1_000), 0), highestUs));
  }

  encode(): EncodedLatencies {
    return Object.fromEntries(
      [...this.#histograms].map(([name, histogram]) => [name, encodeIntoCompressedBase64(histogram)]),
    );
  }

  /** Adds the records of another process. */
  merge(encoded: EncodedLatencies): void {
    for (const [name, text] of Object.entries(encoded)) {
      const other = decodeFromCompressedBase64(text, 32, false);
      const known = this.#histograms.get(name);
      if (known) known.add(other);
      else this.#histograms.set(name, other);
    }
  }

  summaries(): Readonly<Record<string, LatencySummary>> {
    return Object.fromEntries([...this.#histograms].map(([name, histogram]) => [name, summarize(histogram)]));
  }
}

const newHistogram = () =>
  build({
    bitBucketSize: 32,
    numberOfSignificantValueDigits: 3,
    highestTrackableValue: highestUs,
    useWebAssembly: false,
  });

/** Percentiles of the plot: 0, 50, 75, 87.5 … each step halves what is left, with a point in between. */
const plotted = Array.from({ length: 36 }, (_, step) => 100 - 100 * 0.5 ** (step / 2));

function summarize(histogram: Histogram): LatencySummary {
  const at = (percentile: number) => histogram.getValueAtPercentile(percentile) / 1_000;
  // Beyond one in `count` there is only the maximum.
  const resolution = 100 - 100 / Math.max(histogram.totalCount, 1);
  return {
    count: histogram.totalCount,
    min: histogram.minNonZeroValue > histogram.maxValue ? 0 : at(0),
    mean: histogram.totalCount === 0 ? 0 : histogram.mean / 1_000,
    p50: at(50),
    p90: at(90),
    p99: at(99),
    p999: at(99.9),
    max: histogram.maxValue / 1_000,
    distribution: [
      ...plotted
        .filter((percentile) => percentile < resolution)
        .map((percentile): [number, number] => [percentile, at(percentile)]),
      [resolution, histogram.maxValue / 1_000],
    ],
  };
}
