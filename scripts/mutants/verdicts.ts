import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { noticeSchema } from './trying/messages.ts';

const verdictSchema = z.object({
  area: z.string(),
  line: z.number(),
  /** The test that noticed the break; null for none. */
  noticedBy: noticeSchema.nullable(),
  /** How many tests run its place. */
  tests: z.number(),
  ms: z.number(),
});

/** What became of a break. */
export type Verdict = z.infer<typeof verdictSchema>;

const fileSchema = z.record(z.string(), verdictSchema);

/** What became of each break, by its name, in a file: a run that was stopped goes on where it was. */
export class Verdicts {
  readonly #file: string | null;
  readonly #all: Map<string, Verdict>;

  /** Without a file they are kept only in memory. */
  constructor(file: string | null) {
    this.#file = file;
    const kept =
      file !== null && existsSync(file) ? fileSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
    this.#all = new Map(Object.entries(kept));
  }

  get(name: string): Verdict | undefined {
    return this.#all.get(name);
  }

  set(name: string, verdict: Verdict): void {
    this.#all.set(name, verdict);
    if (this.#file === null) return;
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(this.#file, JSON.stringify(Object.fromEntries(this.#all), null, 1));
  }
}
