import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Tried } from './report.ts';
import type { TestsToRun } from './survey.ts';

const file = join(import.meta.dirname, 'remembered.json');
const schema = z.record(z.string(), z.object({ file: z.string(), test: z.string(), ms: z.number() }));

/** Which test noticed each break of the sample the last time: it is asked first, so that the sample takes no survey. */
export class Remembered {
  readonly #tests = new Map(Object.entries(schema.parse(JSON.parse(readFileSync(file, 'utf8')))));

  testsFor(name: string): TestsToRun {
    const known = this.#tests.get(name);
    return known ? [{ file: known.file, usualMs: { [known.test]: known.ms } }] : [];
  }

  /** Keeps the first `count` that a test noticed, and no others. */
  write(tried: readonly Tried[], count: number): void {
    const entries = tried.flatMap(({ mutant, verdict: { noticedBy, ms } }) =>
      noticedBy === null || noticedBy.test === ''
        ? []
        : [[mutant.name, { file: noticedBy.file, test: noticedBy.test, ms }] as const],
    );
    writeFileSync(file, `${JSON.stringify(Object.fromEntries(entries.slice(0, count)), null, 2)}\n`);
  }
}
