import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { root } from '../../setup/root.mjs';
import type { ImportGraph } from './import-graph.ts';
import { breakReadFiles } from './read-files.ts';

/** A file of the repository with another text than it has. */
export interface BrokenFile {
  readonly file: string;
  readonly source: string;
}

/** What is imported in the place of a module of the tests: services and their deployment run in this process. */
const standIns: Readonly<Record<string, string>> = {
  'test/support/services.ts': 'scripts/mutants/trying/services-here.ts',
  'test/support/shared-deployment.ts': 'scripts/mutants/trying/deployment-here.ts',
};

/** The first words of a service's `main.ts` that read its environment, and what they become: each start in this process has its own. */
const readEnvironment = 'parseConfig(process.env)';

/**
 * The modules of this process, of which some are evaluated anew: those that import a file that is broken, so that nothing else is
 * compiled twice.
 */
export class Modules {
  readonly #graph: ImportGraph;
  readonly #plain = new Map<string, string>();
  #round = 0;
  #imports = 0;
  #renewed: ReadonlySet<string> | 'all' = new Set();
  #broken: BrokenFile | null = null;

  constructor(graph: ImportGraph) {
    this.#graph = graph;
    breakReadFiles((path) => (this.#pathOfBroken() === path ? (this.#broken?.source ?? null) : null));
    registerHooks({
      resolve: (specifier, context, next) => {
        const found = next(specifier, context);
        const file = ownFile(found.url);
        if (file === null || !file.endsWith('.ts') || found.url.includes('?')) return found;
        return { ...found, url: this.urlOf(standIns[file] ?? file) };
      },
      load: (url, context, next) => {
        const file = ownFile(url);
        if (file === null || !file.endsWith('.ts')) return next(url, context);
        return { format: 'module', source: this.#javascriptOf(file, url), shortCircuit: true };
      },
    });
  }

  /**
   * From now on this file is broken, and what imports it is evaluated anew when it is imported again. Returns whether anything imports
   * it: else no test can see the break.
   */
  breakFile(broken: BrokenFile): boolean {
    this.#round++;
    this.#renewed = this.#graph.importersOf(broken.file);
    this.#broken = broken;
    return this.#renewed.size > 1;
  }

  /** From now on all files are as they are on the disk, and all modules are evaluated anew when they are imported again. */
  renewAll(): void {
    this.#round++;
    this.#renewed = 'all';
    this.#broken = null;
  }

  /** A test file registers its tests each time. */
  importTests(file: string): Promise<unknown> {
    return import(`${pathToFileURL(join(root, file)).href}?round=${this.#round}&tests=${++this.#imports}`);
  }

  /** A service starts each time. `environmentId`: its environment, in `serviceEnvironments`. */
  importService(file: string, environmentId: number): Promise<unknown> {
    return import(
      `${pathToFileURL(join(root, file)).href}?round=${this.#round}&environment=${environmentId}`
    );
  }

  /** The file of a script that was evaluated since the last change; null for others. */
  fileOfThisRound(url: string): string | null {
    return url.includes(`?round=${this.#round}`) ? ownFile(url) : null;
  }

  urlOf(file: string): string {
    const { href } = pathToFileURL(join(root, file));
    const isRenewed = this.#renewed === 'all' ? !file.startsWith('scripts/') : this.#renewed.has(file);
    return isRenewed ? `${href}?round=${this.#round}` : href;
  }

  #pathOfBroken(): string | null {
    return this.#broken && join(root, this.#broken.file);
  }

  #javascriptOf(file: string, url: string): string {
    if (this.#broken?.file === file) return stripTypeScriptTypes(this.#broken.source);
    const known = this.#plain.get(file);
    const plain = known ?? stripTypeScriptTypes(readFileSync(join(root, file), 'utf8'));
    this.#plain.set(file, plain);
    const environmentId = new URL(url).searchParams.get('environment');
    return environmentId === null
      ? plain
      : plain.replace(
          readEnvironment,
          `parseConfig(globalThis.raviServiceEnvironments.get(${environmentId}))`,
        );
  }
}

/** The path in the repository of a module of ours; null for a package's. */
function ownFile(url: string): string | null {
  if (!url.startsWith('file:')) return null;
  const file = relative(root, fileURLToPath(url.split('?')[0] ?? ''));
  return file.startsWith('..') || file.includes('node_modules') ? null : file;
}
