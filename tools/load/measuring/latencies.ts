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

/** What a short time brought, in milliseconds. */
export interface BriefLatency {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
}

/** Histograms by name, as text for other processes. */
export type EncodedLatencies = Readonly<Record<string, string>>;

/** Maximum latency in the histogram: ten minutes, in microseconds. */
const highestUs = 600_000_000;

/** Latencies by name, each in a histogram of three significant digits: memory does not grow with the count. */
export class Latencies {
  readonly #histograms = new Map<string, Histogram>();
  /** Recorded since they were last taken, and not yet in `#histograms`. */
  readonly #recent = new Map<string, Histogram>();

  /** Records one latency, in milliseconds. */
  record(name: string, ms: number): void {
    let histogram = this.#recent.get(name);
    if (!histogram) this.#recent.set(name, (histogram = newHistogram()));
    histogram.recordValue(Math.min(Math.max(Math.round(ms * 1_000), 0), highestUs));
  }

  /** What was recorded since the last call. It stays in the whole, too. */
  takeRecent(): EncodedLatencies {
    const recent = [...this.#recent].filter(([, histogram]) => histogram.totalCount > 0);
    const encoded = encodeAll(recent);
    for (const [name, histogram] of recent) {
      this.add(name, histogram);
      histogram.reset();
    }
    return encoded;
  }

  encode(): EncodedLatencies {
    this.takeRecent();
    return encodeAll([...this.#histograms]);
  }

  /** Adds the records of another process. */
  merge(encoded: EncodedLatencies): void {
    for (const [name, text] of Object.entries(encoded)) {
      this.add(name, decodeFromCompressedBase64(text, 32, false));
    }
  }

  summaries(): Readonly<Record<string, LatencySummary>> {
    this.takeRecent();
    return Object.fromEntries([...this.#histograms].map(([name, histogram]) => [name, summarize(histogram)]));
  }

  /** The same in short, for a small part of the work. */
  brief(): Readonly<Record<string, BriefLatency>> {
    return Object.fromEntries(
      this.histograms().map(([name, histogram]) => [
        name,
        {
          count: histogram.totalCount,
          p50: histogram.getValueAtPercentile(50) / 1_000,
          p99: histogram.getValueAtPercentile(99) / 1_000,
        },
      ]),
    );
  }

  /** Each histogram, in microseconds, of all that was recorded. */
  histograms(): readonly (readonly [name: string, histogram: Histogram])[] {
    this.takeRecent();
    return [...this.#histograms];
  }

  /** Adds the values of a histogram, in microseconds. */
  add(name: string, more: Histogram): void {
    const known = this.#histograms.get(name) ?? newHistogram();
    known.add(more);
    this.#histograms.set(name, known);
  }
}

const encodeAll = (histograms: readonly (readonly [string, Histogram])[]): EncodedLatencies =>
  Object.fromEntries(histograms.map(([name, histogram]) => [name, encodeIntoCompressedBase64(histogram)]));

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
