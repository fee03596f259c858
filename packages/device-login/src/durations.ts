/** Maximum time to write an answer before another request may get the result. */
export const leaseMs = 10_000;

/**
 * How long a login outlives its expiry: an approval in the last second is still issued and collected, and late
 * requests still learn the true state.
 */
export const settleGraceMs = 60_000;
