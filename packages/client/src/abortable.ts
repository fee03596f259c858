type Signal = AbortSignal | null | undefined;

/** Resolves as the work does, or rejects with the reason of the signal as soon as it is aborted; the work goes on. */
export async function untilAborted<T>(work: Promise<T>, signal: Signal): Promise<T> {
  return race(work, signal, (reason) => Promise.reject(reason));
}

/** Resolves as the work does, or with null as soon as the signal is aborted; the work goes on. */
export async function unlessAborted<T>(work: Promise<T>, signal: Signal): Promise<T | null> {
  return race(work, signal, () => null);
}

async function race<T, Aborted>(
  work: Promise<T>,
  signal: Signal,
  outcome: (reason: unknown) => Aborted | Promise<Aborted>,
): Promise<T | Aborted> {
  if (!signal) return work;
  const over = new AbortController();
  const aborted = new Promise<Aborted>((resolve) => {
    const abort = (): void => resolve(outcome(signal.reason));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { signal: over.signal });
  });
  return Promise.race([work, aborted]).finally(() => over.abort());
}
