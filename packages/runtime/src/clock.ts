/** The source of the time, which a test can replace. */
export interface Clock {
  /** Milliseconds; of the machine's clock since the Unix epoch. */
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

/** Whether a time is less than `ms` ago. One that is still to come is not: the clock was set back, and nobody knows how long ago it was. */
export function isWithin(ms: number, sinceMs: number, nowMs: number): boolean {
  const agoMs = nowMs - sinceMs;
  return agoMs >= 0 && agoMs < ms;
}

/** A clock that only goes forward, whatever the machine's is set to: for lengths of time. It starts at any number. */
export const steadyClock: Clock = { nowMs: () => performance.now() };
