/** Milliseconds since the epoch, with fractions, never going back: comparable between processes of one machine. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
