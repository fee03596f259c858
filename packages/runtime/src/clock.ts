/** The source of the time, which a test can replace. */
export interface Clock {
  /** Milliseconds; of the machine's clock since the Unix epoch. */
  nowMs(): number;
}

export const systemClock: Clock = { nowMs: () => Date.now() };

/** A clock that only goes forward, whatever the machine's is set to: for lengths of time. It starts at any number. */
export const steadyClock: Clock = { nowMs: () => performance.now() };
