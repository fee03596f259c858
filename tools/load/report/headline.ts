import type { LoadResult } from '../measuring/load-result.ts';
import { latencyNames } from '../measuring/words.ts';
import { milliseconds, percent, seconds, whole } from './numbers.ts';

/** From this share of a core on, what is slow may be the generator. */
const nearlyBusyPercent = 85;

/** The result in a sentence or two: how much in which time, and how soon. */
export function headline({ done, unit, seconds: measured, perSecond, latencies }: LoadResult): string {
  const work = `${whole(done)} ${unit} in ${seconds(measured)}, ${whole(perSecond)} a second.`;
  const answer = latencies[latencyNames.answer];
  const [first] = Object.entries(latencies);
  if (answer && answer.count > 0) {
    return `${work} Half of the programs had their answer at most ${milliseconds(answer.p50)} after the approval was sent, 99 of 100 at most ${milliseconds(answer.p99)}.`;
  }
  if (first === undefined) return work;
  const [name, { p50, p99 }] = first;
  return `${work} Half of them took at most ${milliseconds(p50)} (${name}), 99 of 100 at most ${milliseconds(p99)}.`;
}

/** Whether the load generator itself was the limit. */
export function generatorLimit({ generator: { busyPercent }, options: { processes } }: LoadResult): string {
  const use = `The busiest process of the load generator used ${percent(busyPercent)} of a core while it measured`;
  return busyPercent < nearlyBusyPercent
    ? `${use}: it was not the limit.`
    : `${use}: IT MAY ITSELF HAVE BEEN THE LIMIT. Run it with more than --processes ${processes ?? 1}, or on another machine.`;
}

/** What became of each requirement, a line for each. */
export function requirementLines({ requirements }: LoadResult): readonly string[] {
  return requirements.map(({ text, actual, unit, met }) => {
    const figure = unit === 'ms' ? milliseconds : (value: number) => `${whole(value)}${unit}`;
    return `${met ? 'met' : 'NOT MET'}: ${text} (${actual === null ? 'not measured' : figure(actual)})`;
  });
}
