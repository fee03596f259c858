import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { root } from '../setup/root.mjs';
import type { Mutant } from './mutant.ts';
import type { Question } from './trying/messages.ts';
import type { TryingProcess } from './trying-process.ts';

const surveySchema = z.object({
  tests: z.array(z.object({ name: z.string(), ms: z.number(), runs: z.array(z.string()) })),
  around: z.array(z.string()),
  /** Tests that fail here without any break: they need a process of their own. */
  left: z.array(z.object({ name: z.string(), error: z.string() })),
});
type FileSurvey = z.infer<typeof surveySchema>;

/** Tests of a file, with how long each usually takes. */
export type TestsToRun = Extract<Question, { kind: 'try' }>['tests'];

/** What a file's own overhead counts for, when tests are put in order. */
const fileMs = 200;

/**
 * Which tests run which places, learnt from one run of each file. It is kept on the disk until any of the sources changes.
 */
export class Survey {
  readonly #files = new Map<string, FileSurvey>();
  readonly #places: Extract<Question, { kind: 'survey' }>['places'];
  readonly #scripts: readonly string[];
  readonly #folder: string;

  /** `isKept`: whether what was learnt from earlier sources is believed; places that came since are then run by no test. */
  constructor(mutants: readonly Mutant[], isKept: boolean) {
    const all = mutants.flatMap(({ file, places, name }) => places.map((at) => ({ file, at, name })));
    this.#places = [...Map.groupBy(all, ({ file, at }) => `${file}:${at}`).values()].flatMap((its) =>
      its.slice(0, 1).map(({ file, at }) => ({ file, at, names: its.map(({ name }) => name) })),
    );
    this.#scripts = [...new Set(mutants.map(({ file }) => file))].filter((file) => file.endsWith('.lua'));
    this.#folder = join(root, 'node_modules/.cache/mutants', isKept ? 'kept' : digestOfSources());
    mkdirSync(this.#folder, { recursive: true });
  }

  /** Runs a file of tests unless its survey is there already. */
  async learn(process: TryingProcess, file: string): Promise<void> {
    if (this.#files.has(file)) return;
    const kept = join(this.#folder, `${file.replaceAll('/', '_')}.json`);
    this.#files.set(file, readSurvey(kept) ?? (await this.#run(process, file)));
    writeFileSync(kept, JSON.stringify(this.#files.get(file)));
  }

  /**
   * The tests of these files that run the place of the break, up to `maxMs` of their usual time: the quickest first, and earlier those
   * of files that noticed other breaks of its file, as often as `notices` says.
   */
  testsFor(
    mutant: Mutant,
    files: readonly string[],
    notices: ReadonlyMap<string, number>,
    maxMs: number,
  ): TestsToRun {
    const key = mutant.file.endsWith('.lua') ? mutant.file : mutant.name;
    const tests = files
      .flatMap((file) => {
        const { tests: known = [], around = [] } = this.#files.get(file) ?? {};
        // What runs as a module is imported, or before all tests, may matter to each.
        const its = around.includes(key) ? known : known.filter(({ runs }) => runs.includes(key));
        const share = fileMs / its.length;
        return its.map(({ name, ms }) => ({
          file,
          name,
          ms,
          msPerNotice: (ms + share) / (1 + (notices.get(file) ?? 0)),
        }));
      })
      .toSorted((a, b) => a.msPerNotice - b.msPerNotice);
    let leftMs = maxMs;
    const chosen = new Map<string, Record<string, number>>();
    for (const { file, name, ms } of tests) {
      if (leftMs <= 0) break;
      leftMs -= ms;
      chosen.set(file, { ...chosen.get(file), [name]: ms });
    }
    return [...chosen].map(([file, usualMs]) => ({ file, usualMs }));
  }

  /** Tests of these files that cannot be used here, and why. */
  left(files: readonly string[]): readonly string[] {
    return files.flatMap((file) =>
      (this.#files.get(file)?.left ?? []).map(
        ({ name, error }) => `${file} › ${name}: ${error.split('\n')[0]}`,
      ),
    );
  }

  async #run(process: TryingProcess, file: string): Promise<FileSurvey> {
    const answer = await process.ask({
      kind: 'survey',
      tests: file,
      places: this.#places,
      scripts: [...this.#scripts],
    });
    if (answer?.kind !== 'surveyed')
      return { tests: [], around: [], left: [{ name: 'the file', error: 'it did not end' }] };
    return {
      tests: answer.tests.filter(({ error }) => error === null),
      around: answer.around,
      left: answer.tests.flatMap(({ name, error }) => (error === null ? [] : [{ name, error }])),
    };
  }
}

function readSurvey(file: string): FileSurvey | null {
  try {
    return surveySchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

function digestOfSources(): string {
  const hash = createHash('sha256');
  const files = globSync('{packages,services,test,scripts/mutants}/**/*.{ts,lua}', {
    cwd: root,
    exclude: ['**/node_modules', '**/dist'],
  });
  for (const file of files.toSorted()) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 16);
}
