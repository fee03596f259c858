import type { LoadResult } from '../measuring/load-result.ts';
import { latencyNames } from '../measuring/words.ts';
import { lineChart, type Series, type Tick } from './svg.ts';

/** Percentiles that are named below the latency chart. */
const namedPercentiles = [0, 50, 90, 99, 99.9, 99.99, 99.999];

/** Latency by percentile: each further nine has the same width on the axis, so that the slow end is visible. */
export function latencyChart({ latencies }: LoadResult): string {
  const series = Object.entries(latencies).map(([name, { distribution }]): Series => ({
    name,
    points: distribution.map(([percentile, ms]) => [nines(percentile), ms]),
  }));
  const furthest = Math.max(...series.flatMap(({ points }) => points.map(([x]) => x)), 1);
  const xTicks = namedPercentiles
    .map((percentile): Tick => ({
      at: nines(percentile),
      label: percentile === 0 ? 'min' : `${percentile}%`,
    }))
    .filter(({ at }) => at <= furthest);
  return lineChart({
    title: 'Latency distribution',
    unit: 'ms',
    series,
    xTicks,
    xLabel: 'share of requests that were at most this slow',
  });
}

/** A sample each quarter of a second. */
const sampleSeconds = 0.25;

/** Points of the latencies over time: each stands for the same time. */
const latencyPoints = 240;

/** The most important latency over time; empty if nothing was measured. */
export function latencyOverTime(result: LoadResult): string {
  const { timeline, latencies } = result;
  const answer = latencyNames.answer;
  const name = latencies[answer] ? answer : Object.keys(latencies)[0];
  if (name === undefined) return '';
  const start = timeline[0]?.atMs ?? 0;
  const size = Math.max(1, Math.ceil(timeline.length / latencyPoints));
  const points = Array.from({ length: Math.ceil(timeline.length / size) }, (_, index) => {
    const samples = timeline.slice(index * size, (index + 1) * size);
    const measured = samples.flatMap(({ latencies: { [name]: brief } }) => brief ?? []);
    const count = measured.reduce((sum, brief) => sum + brief.count, 0);
    return {
      at: ((samples.at(-1)?.atMs ?? start) - start) / 1000,
      count,
      p50: measured.reduce((sum, brief) => sum + brief.p50 * brief.count, 0) / count,
      p99: Math.max(...measured.map(({ p99 }) => p99)),
    };
  }).filter(({ count }) => count > 0);
  // Percentiles of many seconds cannot be made from those of each.
  const madeOf = (which: string) => (size === 1 ? '' : `, ${which} of ${size * sampleSeconds} s`);
  return lineChart({
    title: `${name}, over time`,
    unit: 'ms',
    series: [
      { name: `p50${madeOf('mean')}`, points: points.map(({ at, p50 }) => [at, p50] as const) },
      { name: `p99${madeOf('highest')}`, points: points.map(({ at, p99 }) => [at, p99] as const) },
    ],
    xTicks: timeTicks(((timeline.at(-1)?.atMs ?? start) - start) / 1000),
    xLabel: 'seconds',
    moments: moments(result),
  });
}

/** Held requests and work done, over time. */
export function activityCharts(result: LoadResult): string {
  const { timeline, unit } = result;
  const start = timeline[0]?.atMs ?? 0;
  const seconds = (atMs: number) => (atMs - start) / 1000;
  const xTicks = timeTicks(seconds(timeline.at(-1)?.atMs ?? start));
  const waiting = timeline.map(({ atMs, waiting }) => [seconds(atMs), waiting] as const);
  const paces = timeline.slice(1).map((sample, index) => {
    const before = timeline[index] ?? sample;
    const elapsed = seconds(sample.atMs) - seconds(before.atMs);
    return [seconds(sample.atMs), elapsed > 0 ? (sample.done - before.done) / elapsed : 0] as const;
  });
  const xLabel = 'seconds';
  const named = moments(result);
  return [
    ...(waiting.some(([, count]) => count > 0)
      ? [
          lineChart({
            title: 'Waiting programs',
            unit: 'held requests',
            series: [{ name: 'waiting', points: waiting }],
            xTicks,
            xLabel,
            moments: named,
          }),
        ]
      : []),
    lineChart({
      title: `Pace`,
      unit: `${unit} a second`,
      series: [{ name: unit, points: paces }],
      xTicks,
      xLabel,
      moments: named,
    }),
  ].join('\n');
}

/** Memory and CPU of the servers over time; empty if no server reported. */
export function serverCharts(result: LoadResult): string {
  const { timeline } = result;
  const names = [...new Set(timeline.flatMap(({ servers }) => servers.map(({ name }) => name)))];
  if (names.length === 0) return '';
  const start = timeline[0]?.atMs ?? 0;
  const seconds = (atMs: number) => (atMs - start) / 1000;
  const xTicks = timeTicks(seconds(timeline.at(-1)?.atMs ?? start));
  const memory = names.map((name): Series => ({
    name,
    points: timeline.map(
      (sample) => [seconds(sample.atMs), (figuresOf(sample, name)?.rssBytes ?? 0) / 1e6] as const,
    ),
  }));
  const cpu = names.map((name): Series => ({
    name,
    points: timeline.slice(4).map((sample, index) => {
      // Over four samples: CPU time comes in hundredths of a second.
      const before = timeline[index];
      const used = (figuresOf(sample, name)?.cpuSeconds ?? 0) - (figuresOf(before, name)?.cpuSeconds ?? 0);
      return [
        seconds(sample.atMs),
        Math.max(0, (100_000 * used) / (sample.atMs - (before?.atMs ?? 0))),
      ] as const;
    }),
  }));
  const named = moments(result);
  return [
    lineChart({
      title: 'Memory of the servers',
      unit: 'MB resident',
      series: memory,
      xTicks,
      xLabel: 'seconds',
      moments: named,
    }),
    lineChart({
      title: 'CPU of the servers',
      unit: '% of one core',
      series: cpu,
      xTicks,
      xLabel: 'seconds',
      moments: named,
    }),
  ].join('\n');
}

/**
 * When all processes had reached the end of a phase, and the marks, by their numbers in the table. The end of the last phase is the end of the
 * run.
 */
function moments({ timeline, phases, marks, running }: LoadResult): readonly Tick[] {
  const [startMs, endMs] = [timeline[0]?.atMs ?? 0, timeline.at(-1)?.atMs ?? 0];
  const ends = (running ? phases : phases.slice(0, -1)).map(({ name, untilMs }) => ({
    atMs: untilMs,
    label: name,
    title: '',
  }));
  const numbered = marks.map(({ atMs, label }, index) => ({ atMs, label: String(index + 1), title: label }));
  return [...ends, ...numbered]
    .filter(({ atMs }) => atMs > startMs && atMs < endMs)
    .map(({ atMs, label, title }) => ({ at: (atMs - startMs) / 1000, label, title }));
}

function figuresOf(sample: LoadResult['timeline'][number] | undefined, name: string) {
  return sample?.servers.find((server) => server.name === name);
}

const nines = (percentile: number) => -Math.log10(1 - Math.min(percentile, 99.9999) / 100);

function timeTicks(seconds: number): Tick[] {
  const step =
    [0.5, 1, 2, 5, 10, 30, 60, 300, 600, 1_800, 3_600, 14_400].find((each) => seconds / each <= 12) ?? 86_400;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => ({
    at: index * step,
    label: String(index * step),
  }));
}
