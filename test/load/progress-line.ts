import type { TimelineSample } from './processes/coordinator.ts';

/** How often a line is printed where it cannot be written over, in samples. */
const samplesPerLine = 20;

/** Shows how a run goes: one line that is written over on a terminal, one every five seconds elsewhere. */
export class ProgressLine {
  readonly #unit: string;
  readonly #output: NodeJS.WriteStream;
  #first: TimelineSample | null = null;
  #last: TimelineSample | null = null;
  #samples = 0;

  constructor(unit: string, output: NodeJS.WriteStream) {
    this.#unit = unit;
    this.#output = output;
  }

  show(sample: TimelineSample): void {
    this.#first ??= sample;
    const last = this.#last ?? sample;
    this.#last = sample;
    const line = this.#line(sample, last);
    if (this.#output.isTTY) this.#output.write(`\r\u001B[2K${line}`);
    else if (++this.#samples % samplesPerLine === 0) this.#output.write(`${line}\n`);
  }

  /** Leaves the line. */
  end(): void {
    if (this.#output.isTTY && this.#last) this.#output.write('\n');
  }

  #line(sample: TimelineSample, last: TimelineSample): string {
    const seconds = (sample.atMs - (this.#first?.atMs ?? sample.atMs)) / 1000;
    const pace = sample.atMs > last.atMs ? ((sample.done - last.done) * 1000) / (sample.atMs - last.atMs) : 0;
    const servers = sample.servers
      .map(({ name, rssBytes }) => `${name} ${Math.round(rssBytes / 1e6)} MB`)
      .join(', ');
    return `${seconds.toFixed(1).padStart(7)} s  ${sample.waiting} waiting  ${sample.done} ${this.#unit}  ${Math.round(pace)}/s  ${servers}`;
  }
}
