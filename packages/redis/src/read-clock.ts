import type { Redis } from 'ioredis';

/** A difference between two clocks above which proofs and tokens are refused here and accepted there. */
const maxSkewMs = 2_000;

/** A question that took longer says nothing about the clock: this process was paused meanwhile, or Redis was. */
const maxTripMs = 1_000;

/** What the clock of a server tells. */
export interface ClockReading {
  /** How far it is ahead of this machine's. */
  readonly skewMs: number;
  /** What to do about it; null where the two clocks agree. */
  readonly sentence: string | null;
}

/** Reads the clock of a server; null where the answer took too long to tell. Rejects if it is away. */
export async function readClock(server: Redis, nowMs: () => number): Promise<ClockReading | null> {
  const [beganMs, askedMs] = [performance.now(), nowMs()];
  const [seconds = 0, microseconds = 0] = (await server.time()).map(Number);
  const tripMs = performance.now() - beganMs;
  if (tripMs > maxTripMs) return null;
  const skewMs = seconds * 1000 + microseconds / 1000 - (askedMs + tripMs / 2);
  if (Math.abs(skewMs) < maxSkewMs) return { skewMs, sentence: null };
  const sentence = `The clock of Redis is ${(Math.abs(skewMs) / 1000).toFixed(1)} s ${skewMs > 0 ? 'ahead of' : 'behind'} this machine's: let both follow one source (NTP).`;
  return { skewMs, sentence };
}
