import { HistogramLogReader, HistogramLogWriter } from 'hdr-histogram-js';
import { Latencies } from './latencies.ts';
import { latencyNames } from './words.ts';

/**
 * The latencies as a HdrHistogram log, in microseconds: one interval for each, whose tag is the name that `--require` gives it. Other tools
 * read it, and add up those of several machines.
 */
export function writeLatencyLog(latencies: Latencies, fromMs: number, untilMs: number): string {
  const lines: string[] = [];
  const writer = new HistogramLogWriter((line) => lines.push(line));
  writer.outputLogFormatVersion();
  writer.outputComment('[Values in microseconds; maxima in milliseconds]');
  writer.outputStartTime(fromMs);
  writer.outputLegend();
  for (const [name, histogram] of latencies.histograms()) {
    histogram.tag = tagOf(name);
    writer.outputIntervalHistogram(histogram, 0, (untilMs - fromMs) / 1_000);
  }
  return lines.join('');
}

/** Reads what `writeLatencyLog` wrote. What is no such log has no latencies. */
export function readLatencyLog(text: string): Latencies {
  const latencies = new Latencies();
  const reader = new HistogramLogReader(text, 32, false);
  for (let next = reader.nextIntervalHistogram(); next !== null; next = reader.nextIntervalHistogram())
    latencies.add(nameOf(next.tag), next);
  return latencies;
}

function tagOf(name: string): string {
  const known = Object.entries(latencyNames).find(([, words]) => words === name)?.[0];
  // A comma or a space would end a tag.
  return known ?? name.replaceAll(/[^\w-]+/g, '-');
}

const nameOf = (tag: string): string =>
  Object.entries(latencyNames).find(([known]) => known === tag)?.[1] ?? tag;
