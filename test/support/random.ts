/** The seed of all chance in this run: the same in every run, unless `RAVI_FAULT_SEED` asks for another. */
export const seed = Number(process.env['RAVI_FAULT_SEED'] ?? 8628);

/** Numbers from 0 (included) to 1 (excluded), the same for the same seed. (mulberry32) */
export function randomFrom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
