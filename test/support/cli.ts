import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { eventually } from './eventually.ts';

const program = join(import.meta.dirname, '../../tools/cli/src/main.ts');

/** A run of `ravi-login`, without a terminal, with a home of its own. */
export class CliRun {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #isOver = false;
  stdout = '';
  stderr = '';

  constructor(home: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, ['--conditions=ravi-source', program, ...args], {
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.#ended = once(this.#child, 'close').finally(() => (this.#isOver = true));
  }

  /** Resolves with the exit code, once everything is printed. */
  async ended(): Promise<number | null> {
    await this.#ended;
    return this.#child.exitCode;
  }

  /** Resolves with what the pattern's group matched in the output. */
  printed(pattern: RegExp): Promise<string> {
    return eventually(`ravi-login prints ${pattern.source}`, () => {
      const found = pattern.exec(this.stdout + this.stderr)?.[1];
      // Not as soon as it has ended: what it printed last may still be on its way.
      if (found === undefined && this.#isOver) throw new Error(this.stdout + this.stderr);
      return found;
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The lines of `--json`. */
  get lines(): readonly Readonly<Record<string, unknown>>[] {
    return this.stdout
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .map((line): Readonly<Record<string, unknown>> => JSON.parse(line));
  }
}
