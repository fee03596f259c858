import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { fileOfBreak } from './mutant.ts';
import { noticeSchema } from './trying/messages.ts';

const verdictSchema = z.object({
  area: z.string(),
  line: z.number(),
  /** The test that noticed the break; null for none. */
  noticedBy: noticeSchema.nullable(),
  /** How many tests were asked: of those that run its place, as many as the time allows. */
  tests: z.number(),
  ms: z.number(),
});

/** What became of a break. */
export type Verdict = z.infer<typeof verdictSchema>;

const lineSchema = verdictSchema.extend({ name: z.string() });

/**
 * What became of each break, by its name, in a file: a run that was stopped goes on where it was. Each verdict is a line of its own, of
 * which the last of a name counts: whenever a run ends, no earlier verdict is lost.
 */
export class Verdicts {
  readonly #file: string | null;
  readonly #all = new Map<string, Verdict>();
  readonly #noticesOf = new Map<string, Map<string, number>>();

  /** Without a file they are kept only in memory. */
  constructor(file: string | null) {
    this.#file = file;
    for (const [name, verdict] of file !== null && existsSync(file) ? readLines(file) : [])
      this.#keep(name, verdict);
  }

  get(name: string): Verdict | undefined {
    return this.#all.get(name);
  }

  /** How many breaks of this file each file of tests has noticed. */
  noticesOf(file: string): ReadonlyMap<string, number> {
    return this.#noticesOf.get(file) ?? new Map();
  }

  set(name: string, verdict: Verdict): void {
    this.#keep(name, verdict);
    if (this.#file === null) return;
    mkdirSync(dirname(this.#file), { recursive: true });
    appendFileSync(this.#file, `${JSON.stringify({ name, ...verdict })}\n`);
  }

  #keep(name: string, verdict: Verdict): void {
    this.#all.set(name, verdict);
    if (verdict.noticedBy === null) return;
    const file = fileOfBreak(name);
    const notices = this.#noticesOf.get(file) ?? new Map<string, number>();
    const { file: tests } = verdict.noticedBy;
    this.#noticesOf.set(file, notices.set(tests, (notices.get(tests) ?? 0) + 1));
  }
}

function readLines(file: string): readonly (readonly [name: string, verdict: Verdict])[] {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => {
    const { name, ...verdict } = lineSchema.parse(JSON.parse(line));
    return [name, verdict];
  });
}
