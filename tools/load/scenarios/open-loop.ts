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
  const startMs = performance.now();
  const total = Math.max(1, Math.floor(ratePerSecond * seconds));
  for (let arrived = 0; arrived < total && !stopping.aborted;) {
    const dueNow = Math.min(total, 1 + Math.floor(((performance.now() - startMs) * ratePerSecond) / 1000));
    while (arrived < dueNow) arrive(startMs + (arrived++ * 1000) / ratePerSecond);
    if (arrived < total)
      await pause(Math.max(1, startMs + (arrived * 1000) / ratePerSecond - performance.now()));
  }
}
