import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { ServicePorts } from '@ravi/runtime';
import { hasEnded, killChild } from './child-process.ts';
import { endHosted, keepHosted } from './hosted-process.ts';
import { endOfService, PrintedLines } from './printed-lines.ts';

/** How long a service may take to end before its process is killed: milliseconds do, where its Redis is there. */
const endWithinMs = 1_000;

/** A service that runs as a process of its own, as in production. */
export interface ServiceProcess {
  /** Where programs and people reach it; the admin address for an issuer. */
  readonly url: string;
  readonly adminUrl: string;
  /** Every line that it printed so far. */
  output(): string;
  /** Who read its standard output is gone. */
  closeOutput(): void;
  /** Ends it and resolves with its exit code, null after SIGKILL. */
  end(signal: 'SIGTERM' | 'SIGHUP' | 'SIGKILL'): Promise<number | null>;
  freeze(): void;
  thaw(): void;
  readonly running: boolean;
}

/** Where a service's standard output goes: to the test, to a full disk, or into a pipe that nobody reads. */
export type ServiceOutput = 'read' | 'full' | 'unread';

/** A service in a process of its own; in a hosted one where `main` is given (`hosted-process.ts`). */
export class SpawnedService implements ServiceProcess {
  readonly #child: ChildProcess;
  readonly #main: string | null;
  #ports: ServicePorts | null = null;
  readonly #printed: readonly PrintedLines[];
  /** Nobody reads what the process prints, or it does not go on: no later service shall find it so. */
  #isClosed = false;
  #isFrozen = false;
  #isGivenBack = false;
  #givingBack: Promise<void> | null = null;

  constructor(child: ChildProcess, output: ServiceOutput = 'read', main: string | null = null) {
    this.#child = child;
    this.#main = main;
    const streams = [output === 'read' ? child.stdout : null, child.stderr];
    this.#printed = streams.filter((stream) => stream !== null).map((stream) => new PrintedLines(stream));
  }

  /** It is ready and told its ports. */
  listensOn(ports: ServicePorts): void {
    this.#ports = ports;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#ports?.port ?? this.#ports?.adminPort}`;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get adminUrl(): string {
    return `http://127.0.0.1:${this.#ports?.adminPort}`;
  }

  get running(): boolean {
    return !this.#isGivenBack && !hasEnded(this.#child);
  }

  output(): string {
    return this.#printed.map(({ text }) => text).join('');
  }

  /** Every line that it printed, once it has ended: the last ones may still be on their way then. */
  async lastOutput(): Promise<string> {
    await Promise.all(this.#printed.map(({ ended }) => ended));
    return this.output();
  }

  closeOutput(): void {
    this.#isClosed = true;
    this.#child.stdout?.destroy();
  }

  async end(signal: 'SIGTERM' | 'SIGHUP' | 'SIGKILL'): Promise<number | null> {
    if (this.running) {
      const ended = new Promise((resolve) => this.#child.once('exit', resolve));
      this.#child.kill('SIGCONT');
      this.#child.kill(signal);
      await ended;
    }
    return this.#child.exitCode;
  }

  freeze(): void {
    // Its process may run another one.
    if (!this.running) return;
    this.#isFrozen = true;
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    if (!this.running) return;
    this.#isFrozen = false;
    this.#child.kill('SIGCONT');
  }

  /** Ends it, and keeps its process for a later service where that is possible: once, however often this is called. */
  giveBack(): Promise<void> {
    this.#givingBack ??= this.#giveBack();
    return this.#givingBack;
  }

  async #giveBack(): Promise<void> {
    if (!this.running) return;
    const main = this.#ports && !this.#isClosed && !this.#isFrozen ? this.#main : null;
    if (main === null || !(await this.#hasEndedInTime())) return killChild(this.#child);
    this.#isGivenBack = true;
    for (const lines of this.#printed) lines.leave();
    keepHosted(main, this.#child);
  }

  async #hasEndedInTime(): Promise<boolean> {
    const ended = Promise.all(this.#printed.map(({ ended }) => ended)).then(() => true);
    endHosted(this.#child, endOfService);
    const waited = new AbortController();
    const inTime = await Promise.race([ended, pause(endWithinMs, false, { signal: waited.signal })]);
    waited.abort();
    return inTime && !hasEnded(this.#child);
  }
}
