import { execFile } from 'node:child_process';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { promisify, types } from 'node:util';
import { nowMs } from '../measuring/now.ts';
import { printable } from '../printable.ts';
import type { Mark } from '../processes/watch.ts';
import type { Fault, FaultTarget } from './fault.ts';

/** The longest time for a command of the operator's. */
const commandLimitMs = 60_000;

/** Resolves after this many milliseconds; rejects once the signal is given. */
export type Pause = (
  ms: number,
  value: undefined,
  options: { readonly signal: AbortSignal },
) => Promise<void>;

/** Causes faults at their times, and notes when. */
export class FaultSchedule {
  readonly #faults: readonly Fault[];
  readonly #targets: readonly FaultTarget[];
  readonly #pause: Pause;
  readonly #over = new AbortController();
  readonly #underWay: Promise<void>[] = [];
  readonly #done = new Set<Fault>();
  /** What was done, and when. */
  readonly marks: Mark[] = [];
  /** What could not be done, a sentence for each. */
  readonly failures: string[] = [];

  constructor(faults: readonly Fault[], targets: readonly FaultTarget[], pause: Pause = pauseFor) {
    this.#faults = faults;
    this.#targets = targets;
    this.#pause = pause;
  }

  /** The preparation is over: times count from here. Only the first call does. */
  begin(): void {
    if (this.#underWay.length > 0) return;
    this.#underWay.push(...this.#faults.map((fault) => this.#atItsTime(fault)));
  }

  /** Resolves when what has begun is over; faults whose time has not come are failures. */
  async end(): Promise<void> {
    this.#over.abort();
    await Promise.all(this.#underWay);
    for (const fault of this.#faults) {
      if (this.#done.has(fault)) continue;
      this.failures.push(`"${fault.text}" was not done: the run was over before its time.`);
    }
  }

  async #atItsTime(fault: Fault): Promise<void> {
    const signal = this.#over.signal;
    await this.#pause(fault.atSeconds * 1_000, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    this.#done.add(fault);
    try {
      await this.#perform(fault);
    } catch (error) {
      this.failures.push(`"${fault.text}" failed: ${reasonOf(error)}`);
    }
  }

  async #perform(fault: Fault): Promise<void> {
    if (fault.kind === 'run') {
      this.#mark(`ran ${fault.command}`);
      await promisify(execFile)('/bin/sh', ['-c', fault.command], { timeout: commandLimitMs });
      return;
    }
    const target = this.#targets.find(({ name }) => name === fault.process);
    if (!target) throw new Error(`there is no process "${fault.process}".`);
    switch (fault.kind) {
      case 'kill':
        this.#mark(`killed ${target.name}`);
        return target.kill();
      case 'restart':
        this.#mark(`killed ${target.name}`);
        await target.restart();
        this.#mark(`${target.name} is back`);
        return;
      case 'freeze':
        this.#mark(`froze ${target.name}`);
        target.freeze();
        // A run that ends earlier thaws it, too.
        await this.#pause(fault.seconds * 1_000, undefined, { signal: this.#over.signal }).catch(
          () => undefined,
        );
        target.thaw();
        this.#mark(`${target.name} goes on`);
    }
  }

  #mark(label: string): void {
    this.marks.push({ atMs: nowMs(), label });
  }
}

/** The end of what a command said, or why it could not be run. */
function reasonOf(error: unknown): string {
  if (!types.isNativeError(error)) return 'unknown reason';
  const told = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr.trim() : '';
  return printable(told === '' ? error.message : told).slice(-300);
}
