import { setTimeout as pause } from 'node:timers/promises';

/**
 * Calls `arrive` `ratePerSecond` times a second for `seconds`, whether or not earlier arrivals are done. It gets
 * the time (of `performance.now()`) at which the arrival was due: latencies counted from there keep a stall of
 * the server, or of this process, in the percentiles instead of hiding it (coordinated omission).
 */
export async function openLoop(
  ratePerSecond: number,
  seconds: number,
  stopping: AbortSignal,
  arrive: (dueMs: number) => void,
): Promise<void> {
  // 333 / rate * rate may be a hair below 333.
  const total = Math.max(1, Math.floor(ratePerSecond * seconds + 1e-6));
  await arriveAt(total, (index) => (index * 1000) / ratePerSecond, stopping, arrive);
}

/** The same at a rate that rises evenly from nothing to `ratePerSecond`: half as many arrivals. */
export async function ramp(
  ratePerSecond: number,
  seconds: number,
  stopping: AbortSignal,
  arrive: (dueMs: number) => void,
): Promise<void> {
  const total = Math.floor((ratePerSecond * seconds) / 2);
  // After t seconds, rate * t² / (2 * seconds) have arrived.
  await arriveAt(total, (index) => 1000 * Math.sqrt((2 * index * seconds) / ratePerSecond), stopping, arrive);
}

/** Calls `arrive` for each arrival when it is due, in milliseconds from now. */
async function arriveAt(
  total: number,
  dueAfterMs: (index: number) => number,
  stopping: AbortSignal,
  arrive: (dueMs: number) => void,
): Promise<void> {
  const startMs = performance.now();
  for (let arrived = 0; arrived < total && !stopping.aborted;) {
    while (arrived < total && startMs + dueAfterMs(arrived) <= performance.now())
      arrive(startMs + dueAfterMs(arrived++));
    if (arrived < total) await pause(Math.max(1, startMs + dueAfterMs(arrived) - performance.now()));
  }
}
