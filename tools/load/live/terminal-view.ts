import { latencyNames } from '../measuring/words.ts';
import type { TimelineSample } from '../processes/watch.ts';
import { sparkline } from './sparkline.ts';

/** Samples between two lines where nothing can be overwritten: five seconds. */
const samplesPerLine = 20;

/** Samples for the reported pace, on a terminal and elsewhere. */
const samplesOfPace = { terminal: 8, elsewhere: samplesPerLine };

/** Characters of a sparkline: one for each second. */
const maxSparks = 30;
const samplesPerSpark = 4;

/** The terminal, or what stands in its place. */
interface TerminalOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Shows a run while it goes on: a few lines that are overwritten on a terminal, a plain one every five seconds elsewhere. */
export class TerminalView {
  readonly #unit: string;
  readonly #output: TerminalOutput;
  readonly #samples: TimelineSample[] = [];
  #first: TimelineSample | null = null;
  #seen = 0;
  #shownLines = 0;

  constructor(unit: string, output: TerminalOutput) {
    this.#unit = unit;
    this.#output = output;
  }

  show(sample: TimelineSample): void {
    this.#first ??= sample;
    this.#samples.push(sample);
    // By whole seconds, so that those of a sparkline stay the same.
    if (this.#samples.length > (maxSparks + 1) * samplesPerSpark) this.#samples.splice(0, samplesPerSpark);
    if (this.#output.isTTY === true) this.#overwrite(this.#block(sample));
    else if (++this.#seen % samplesPerLine === 0) this.#output.write(`${this.#line(sample)}\n`);
  }

  /** Leaves the lines as they are. What is written next stands below them. */
  end(): void {
    this.#shownLines = 0;
  }

  #overwrite(lines: readonly string[]): void {
    const columns = this.#output.columns ?? 80;
    const back = this.#shownLines > 0 ? `\u001B[${this.#shownLines}A` : '';
    this.#output.write(
      `${back}${lines.map((line) => `\r\u001B[2K${line.slice(0, columns - 1)}\n`).join('')}`,
    );
    this.#shownLines = lines.length;
  }

  #block(sample: TimelineSample): readonly string[] {
    const eachSecond = this.#samples.filter((_, index) => index % samplesPerSpark === 0);
    const paces = eachSecond.slice(1).map((each, index) => pace(eachSecond[index] ?? each, each));
    const name = this.#latencyName();
    const slow = eachSecond.map((_, index) => {
      const second = this.#samples.slice(index * samplesPerSpark, (index + 1) * samplesPerSpark);
      return Math.max(...second.map(({ latencies }) => latencies[name]?.p99 ?? 0));
    });
    const rows = [
      `${this.#seconds(sample)}  ${sample.waiting} waiting  ${sample.done} ${this.#unit}  ${sample.faults} errors`,
      `${'pace'.padEnd(26)} ${`${this.#pace(sample)}/s`.padStart(24)}  ${sparkline(paces)}`,
      ...(name === '' ? [] : [`${name.padEnd(26)} ${this.#latency(name).padStart(24)}  ${sparkline(slow)}`]),
    ];
    const servers = serverText(sample);
    return servers === '' ? rows : [...rows, servers];
  }

  #line(sample: TimelineSample): string {
    const name = this.#latencyName();
    const latency = name === '' ? '' : `  ${name} ${this.#latency(name)}`;
    const servers = serverText(sample);
    return `${this.#seconds(sample)}  ${sample.waiting} waiting  ${sample.done} ${this.#unit}  ${this.#pace(sample)}/s${latency}  ${sample.faults} errors${servers === '' ? '' : `  ${servers}`}`;
  }

  #seconds({ atMs }: TimelineSample): string {
    return `${((atMs - (this.#first?.atMs ?? atMs)) / 1000).toFixed(1).padStart(7)} s`;
  }

  #pace(sample: TimelineSample): number {
    const kept = this.#output.isTTY === true ? samplesOfPace.terminal : samplesOfPace.elsewhere;
    return Math.round(pace(this.#samples.at(-1 - kept) ?? this.#samples[0] ?? sample, sample));
  }

  /** The latency that matters most of those that were measured lately; empty for none. */
  #latencyName(): string {
    const names = new Set(this.#samples.flatMap(({ latencies }) => Object.keys(latencies)));
    return names.has(latencyNames.answer) ? latencyNames.answer : ([...names][0] ?? '');
  }

  #latency(name: string): string {
    const brief = this.#samples.findLast(({ latencies }) => latencies[name])?.latencies[name];
    return brief ? `p50 ${brief.p50.toFixed(1)}  p99 ${brief.p99.toFixed(1)} ms` : '';
  }
}

const serverText = ({ servers }: TimelineSample) =>
  servers.map(({ name, rssBytes }) => `${name} ${Math.round(rssBytes / 1e6)} MB`).join(', ');

const pace = (then: TimelineSample, now: TimelineSample) =>
  now.atMs > then.atMs ? ((now.done - then.done) * 1000) / (now.atMs - then.atMs) : 0;
