import type { TimelineSample } from './processes/coordinator.ts';

/** Samples between two lines if a line cannot be overwritten: five seconds. */
const samplesPerLine = 20;

/** Samples for the reported pace, on a terminal and elsewhere. */
const samplesOfPace = { terminal: 8, elsewhere: samplesPerLine };

/** Shows the progress of a run: one line that is overwritten on a terminal, one every five seconds elsewhere. */
export class ProgressLine {
  readonly #unit: string;
  readonly #output: NodeJS.WriteStream;
  #first: TimelineSample | null = null;
  readonly #recent: TimelineSample[] = [];
  #samples = 0;

  constructor(unit: string, output: NodeJS.WriteStream) {
    this.#unit = unit;
    this.#output = output;
  }

  show(sample: TimelineSample): void {
    this.#first ??= sample;
    this.#recent.push(sample);
    const kept = this.#output.isTTY ? samplesOfPace.terminal : samplesOfPace.elsewhere;
    if (this.#recent.length > 1 + kept) this.#recent.shift();
    const line = this.#line(sample, this.#recent[0] ?? sample);
    if (this.#output.isTTY) this.#output.write(`\r\u001B[2K${line}`);
    else if (++this.#samples % samplesPerLine === 0) this.#output.write(`${line}\n`);
  }

  /** Leaves the line. */
  end(): void {
    if (this.#output.isTTY && this.#first) this.#output.write('\n');
  }

  #line(sample: TimelineSample, then: TimelineSample): string {
    const seconds = (sample.atMs - (this.#first?.atMs ?? sample.atMs)) / 1000;
    const pace = sample.atMs > then.atMs ? ((sample.done - then.done) * 1000) / (sample.atMs - then.atMs) : 0;
    const servers = sample.servers
      .map(({ name, rssBytes }) => `${name} ${Math.round(rssBytes / 1e6)} MB`)
      .join(', ');
    return `${seconds.toFixed(1).padStart(7)} s  ${sample.waiting} waiting  ${sample.done} ${this.#unit}  ${Math.round(pace)}/s  ${servers}`;
  }
}
