/** A process that serves metrics for Prometheus. */
export interface Counted {
  readonly name: string;
  readonly url: string;
}

/** What a counter, or the number of a histogram's values, grew by. */
export interface Growth {
  readonly server: string;
  /** With its labels. */
  readonly metric: string;
  readonly by: number;
  /** Of a histogram's values in this time, in the unit of its name; null for counters. */
  readonly mean: number | null;
}

/** The counters and histograms of one process at a moment. */
interface Reading {
  readonly server: string;
  readonly counters: ReadonlyMap<string, number>;
  readonly histograms: ReadonlyMap<string, { readonly count: number; readonly sum: number }>;
}

const answerLimitMs = 2_000;

/** Growths that are reported of one process: nobody reads more. */
const maxGrowths = 200;

/** Metrics of every Node process, which the charts show better. */
const ofEveryProcess = /^(process|nodejs)_/;

/** Reads all of them at once, and leaves out those that do not answer. */
export async function readCounters(counted: readonly Counted[]): Promise<readonly Reading[]> {
  const readings = await Promise.all(
    counted.map(async ({ name, url }) => {
      try {
        const response = await fetch(url, { signal: AbortSignal.timeout(answerLimitMs) });
        return parseCounters(name, await response.text());
      } catch {
        return null;
      }
    }),
  );
  return readings.filter((reading) => reading !== null);
}

const series = /^([\w:]+)((?:\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?) (\S+)/;

/** Reads the counters and histograms of a process's metrics. (Prometheus text format) */
export function parseCounters(server: string, text: string): Reading {
  const types = new Map<string, string>();
  const counters = new Map<string, number>();
  const histograms = new Map<string, { count: number; sum: number }>();
  for (const line of text.split('\n')) {
    const [, typed, type] = /^# TYPE (\S+) (\S+)/.exec(line) ?? [];
    if (typed !== undefined && type !== undefined) types.set(typed, type);
    const [, name, labels = '', number] = series.exec(line) ?? [];
    if (name === undefined || ofEveryProcess.test(name)) continue;
    const value = Number(number);
    if (types.get(name) === 'counter') counters.set(name + labels, value);
    const [, base, part] = /^(.+)_(count|sum)$/.exec(name) ?? [];
    if (base === undefined || types.get(base) !== 'histogram') continue;
    const so = histograms.get(base + labels) ?? { count: 0, sum: 0 };
    histograms.set(base + labels, part === 'count' ? { ...so, count: value } : { ...so, sum: value });
  }
  return { server, counters, histograms };
}

/** What grew from one reading to the next, of the processes that are in both. One that was started again counts from zero. */
export function growthOf(before: readonly Reading[], after: readonly Reading[]): readonly Growth[] {
  return after.flatMap(({ server, counters, histograms }) => {
    const then = before.find((reading) => reading.server === server);
    if (then === undefined) return [];
    const counts = [...counters].map(([metric, value]): Growth => {
      const earlier = then.counters.get(metric) ?? 0;
      return { server, metric, by: value < earlier ? value : value - earlier, mean: null };
    });
    const values = [...histograms].map(([metric, { count, sum }]): Growth => {
      const earlier = then.histograms.get(metric) ?? { count: 0, sum: 0 };
      const base = count < earlier.count ? { count: 0, sum: 0 } : earlier;
      const by = count - base.count;
      return { server, metric, by, mean: by > 0 ? (sum - base.sum) / by : null };
    });
    return [...counts, ...values].filter(({ by }) => by > 0).slice(0, maxGrowths);
  });
}
