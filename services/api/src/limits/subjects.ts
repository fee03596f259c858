/** Somebody or something whose doings are counted, and how many it may have in a window. */
export interface Subject {
  readonly name: string;
  readonly max: number;
}

/** Subjects that a process remembers as refused at most. */
const maxRemembered = 10_000;

/** The subjects that were refused, remembered in the process: a flood of theirs does not reach Redis. */
export class RefusedSubjects {
  readonly #untilMs = new Map<string, number>();

  /** The first of these that is still refused, and for how long; undefined where none is. */
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
