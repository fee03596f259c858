import { nowMs } from './now.ts';

export interface ActivitySample {
  readonly atMs: number;
  /** Requests held open now. */
  readonly waiting: number;
  /** Units of work done since the start: codes, polls or logins, depending on the scenario. */
  readonly done: number;
}

/** The time in which work counted. */
export interface WorkWindow {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly done: number;
  readonly cpuSeconds: number;
}

/** The current activity of a process, and the time window in which its work counts. */
export class Activity {
  waiting = 0;
  done = 0;
  #fromMs = 0;
  #cpuBefore = process.cpuUsage();
  #cpuSeconds = 0;
  #untilMs = 0;
  #doneBefore = 0;
  #doneInWindow = 0;

  /** From now on the work counts; everything before was preparation. */
  openWindow(): void {
    this.#fromMs = nowMs();
    this.#cpuBefore = process.cpuUsage();
    this.#doneBefore = this.done;
  }

  closeWindow(): void {
    this.#untilMs = nowMs();
    const { user, system } = process.cpuUsage(this.#cpuBefore);
    this.#cpuSeconds = (user + system) / 1e6;
    this.#doneInWindow = this.done - this.#doneBefore;
  }

  /** A unit of work that counted came to nothing after all, perhaps after the window. */
  takeBack(): void {
    this.done--;
    if (this.#untilMs > 0) this.#doneInWindow--;
  }

  sample(): ActivitySample {
    return { atMs: nowMs(), waiting: this.waiting, done: this.done };
  }

  /** The window, the work done in it and this process's CPU time; zeros when the scenario opened none. */
  window(): WorkWindow {
    return {
      fromMs: this.#fromMs,
      untilMs: this.#untilMs,
      done: this.#doneInWindow,
      cpuSeconds: this.#cpuSeconds,
    };
  }
}
