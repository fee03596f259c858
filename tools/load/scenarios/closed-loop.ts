/**
 * Keeps `workers` units of work in progress until `endMs` (of `performance.now()`), a stop, or until `next` returns
 * null. A worker takes its next unit when its last one is done. A unit must not reject.
 */
export async function closedLoop(
  workers: number,
  endMs: number,
  stopping: AbortSignal,
  next: () => Promise<void> | null,
): Promise<void> {
  const work = async () => {
    while (performance.now() < endMs && !stopping.aborted) {
      const unit = next();
      if (unit === null) return;
      await unit;
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
}
