type Signal = AbortSignal | null | undefined;

/** Resolves as the work does, or rejects with the reason of the signal as soon as it is aborted; the work goes on. */
export async function untilAborted<T>(work: Promise<T>, signal: Signal): Promise<T> {
  return race<T, never>(work, signal, (_, reject, reason) => reject(reason));
}

/** Resolves as the work does, or with null as soon as the signal is aborted; the work goes on. */
export async function unlessAborted<T>(work: Promise<T>, signal: Signal): Promise<T | null> {
  return race<T, null>(work, signal, (resolve) => resolve(null));
}

async function race<T, Aborted>(
  work: Promise<T>,
  signal: Signal,
  settle: (resolve: (value: Aborted) => void, reject: (reason: unknown) => void, reason: unknown) => void,
): Promise<T | Aborted> {
  if (!signal) return work;
  const over = new AbortController();
  const aborted = new Promise<Aborted>((resolve, reject) => {
    const abort = (): void => settle(resolve, reject, signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { signal: over.signal });
  });
  return Promise.race([work, aborted]).finally(() => over.abort());
}
