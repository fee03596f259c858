/** Something whose events are counted, with its maximum in a window. */
export interface Subject {
  readonly name: string;
  readonly max: number;
}

/** Maximum of refused subjects that a process remembers. */
const maxRemembered = 10_000;

/** The refused subjects that this process remembers, so that their flood does not reach Redis. */
export class RefusedSubjects {
  readonly #untilMs = new Map<string, number>();

  /** The first of these that is still refused, and for how long; undefined if none is. */
  find(subjects: readonly Subject[]): { readonly name: string; readonly retryAfterMs: number } | undefined {
    return subjects
      .map(({ name }) => ({ name, retryAfterMs: (this.#untilMs.get(name) ?? 0) - Date.now() }))
      .find(({ retryAfterMs }) => retryAfterMs > 0);
  }

  /** Remembers a refusal. */
  note(name: string, retryAfterMs: number): void {
    if (this.#untilMs.size >= maxRemembered) this.#untilMs.clear();
    this.#untilMs.set(name, Date.now() + retryAfterMs);
  }
}
