/** Time, as the package sees it. */
export interface Clock {
  /** Milliseconds that only go forward, from an arbitrary start: a clock that is set does not move them. */
  monotonicMs(): number;
  /** Milliseconds since the epoch. */
  nowMs(): number;
  /** Resolves after these milliseconds, or 24 days where they are more; at once when the signal is aborted. */
  pause(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 to 1. */
  random(): number;
}

/** The longest time of a timer: one that is to take longer is over at once. */
const longestTimerMs = 2 ** 31 - 1;

/** The clock of this machine. */
export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  nowMs: () => Date.now(),
  random: () => Math.random(),
  pause: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const finish = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', finish);
        resolve();
      };
      const timer = setTimeout(finish, Math.min(ms, longestTimerMs));
      signal?.addEventListener('abort', finish);
    }),
};
