import { setTimeout as pause } from 'node:timers/promises';

/**
 * Resolves with the first value that is neither false, null nor undefined; asks again every 20 ms, or as is said. Throws, with `what`
 * in the message, when `timeoutMs` pass without one: by default far longer than anything takes here, also where other programs have
 * most of the processors. A deadline costs time only where a test fails.
 */
export async function eventually<T>(
  what: string,
  ask: () => T | Promise<T>,
  timeoutMs = 60_000,
  everyMs = 20,
): Promise<Exclude<T, false | null | undefined>> {
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    // Asked once more behind the deadline: it may have happened while this process had no processor.
    const isLast = Date.now() > endMs;
    const value = await ask();
    if (value !== false && value !== null && value !== undefined) {
      return value as Exclude<T, false | null | undefined>;
    }
    if (isLast) throw new Error(`It never happened: ${what}`);
    await pause(everyMs);
  }
}
