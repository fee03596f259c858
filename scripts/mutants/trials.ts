import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/root.mjs';
import type { Mutant } from './mutant.ts';
import { areaOf } from './own-tests.ts';
import type { TestsToRun } from './survey.ts';
import { TryingProcess } from './trying-process.ts';
import type { Verdicts } from './verdicts.ts';

/** After how many noticed breaks the same tests run without any. */
const controlEvery = 20;

/** Several processes that try breaks, and what became of each. */
export class Trials {
  readonly #processes: readonly TryingProcess[];
  readonly #verdicts: Verdicts;
  readonly #endMs: number;
  #sinceControl = 0;

  private constructor(processes: readonly TryingProcess[], verdicts: Verdicts, endMs: number) {
    this.#processes = processes;
    this.#verdicts = verdicts;
    this.#endMs = endMs;
  }

  static async start(count: number, verdicts: Verdicts, seconds: number): Promise<Trials> {
    const endMs = performance.now() + seconds * 1000;
    const starting = Array.from({ length: count }, () => TryingProcess.start());
    return new Trials(await Promise.all(starting), verdicts, endMs);
  }

  /**
   * Tries these against the tests of each. Resolves to those that none of them noticed: they have a verdict only if no others are left
   * to ask (`isLast`).
   */
  async run(
    mutants: readonly Mutant[],
    testsFor: (mutant: Mutant) => TestsToRun,
    { isLast = false } = {},
  ): Promise<readonly Mutant[]> {
    const unnoticed: Mutant[] = [];
    await this.share(mutants, async (process, mutant) => {
      const startedMs = performance.now();
      const tests = testsFor(mutant);
      const noticedBy = await process.noticedBy({ file: mutant.file, source: mutant.source, tests });
      if (noticedBy === null) {
        unnoticed.push(mutant);
        if (!isLast) return;
        console.log(`not noticed: ${mutant.file}:${mutant.line} ${mutant.name}`);
      } else if (++this.#sinceControl >= controlEvery && !(await this.#isSound(process, mutant, tests))) {
        return;
      }
      this.#verdicts.set(mutant.name, {
        area: areaOf(mutant.file)?.name ?? '',
        line: mutant.line,
        noticedBy,
        tests: tests.reduce((sum, { usualMs }) => sum + Object.keys(usualMs).length, 0),
        ms: Math.round(performance.now() - startedMs),
      });
    });
    return unnoticed;
  }

  /** Lets each of the processes work on what is left, until nothing is, or the time is over. */
  async share<T>(
    items: readonly T[],
    work: (process: TryingProcess, item: T) => Promise<void>,
  ): Promise<void> {
    const left = [...items];
    await Promise.all(
      this.#processes.map(async (process) => {
        for (let item = left.shift(); item !== undefined; item = left.shift()) {
          if (performance.now() > this.#endMs) return;
          await work(process, item);
        }
      }),
    );
  }

  /** The next questions go to new processes. */
  async renew(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.renew()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.stop()));
  }

  /** Whether the tests pass without any break: what an earlier one left in the process would look like their work. */
  async #isSound(process: TryingProcess, { file }: Mutant, tests: TestsToRun): Promise<boolean> {
    this.#sinceControl = 0;
    const unbroken = `${readFileSync(join(root, file), 'utf8')}\n`;
    const noticedNothing = await process.noticedBy({ file, source: unbroken, tests });
    if (noticedNothing === null) return true;
    console.log(
      `without any break this fails, so the last one is not counted: ${JSON.stringify(noticedNothing)}`,
    );
    await process.renew();
    return false;
  }
}
