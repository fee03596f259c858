/** Whether a time is less than `ms` ago. One that is still to come is not: the clock was set back, and nobody knows how long ago it was. */
export function isWithin(ms: number, sinceMs: number, nowMs: number): boolean {
  const agoMs = nowMs - sinceMs;
  return agoMs >= 0 && agoMs < ms;
}
