import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { z } from 'zod';
import { root } from '../../setup/root.mjs';

const manifestSchema = z.object({
  name: z.string(),
  exports: z.record(z.string(), z.union([z.string(), z.object({ 'ravi-source': z.string() })])).default({}),
});

/** Which of our files import which, and which scripts they read. */
export class ImportGraph {
  readonly #importers = new Map<string, Set<string>>();

  private constructor() {}

  /** Reads packages, services, tools and tests. */
  static read(): ImportGraph {
    const graph = new ImportGraph();
    const packages = packageFiles();
    const files = globSync('{packages,services,tools,test}/**/*.ts', {
      cwd: root,
      exclude: ['**/node_modules', '**/dist'],
    });
    for (const file of files) {
      for (const specifier of specifiersOf(readFileSync(join(root, file), 'utf8'))) {
        const imported = specifier.startsWith('.')
          ? namedBy(normalize(join(dirname(file), specifier)))
          : [packages.get(specifier) ?? []].flat();
        for (const each of imported) graph.#add(each, file);
      }
    }
    return graph;
  }

  /** The file itself, what imports it, what imports that, and so on. */
  importersOf(file: string): ReadonlySet<string> {
    const found = new Set([file]);
    for (const each of found) for (const importer of this.#importers.get(each) ?? []) found.add(importer);
    return found;
  }

  #add(imported: string, importer: string): void {
    const known = this.#importers.get(imported) ?? new Set();
    this.#importers.set(imported, known.add(importer));
  }
}

/** What a module imports for more than its types, and the scripts of which it says where they are. */
function specifiersOf(source: string): readonly string[] {
  const imports = source.matchAll(/^(?:import|export)\b(?! type\b)[^;'"]*?['"]([^'"\n]+)['"]/gm);
  const dynamic = source.matchAll(/\bimport\('([^']+)'\)|new URL\(['`](\.[^'`]+)['`], import\.meta\.url\)/g);
  return [...imports, ...dynamic].flatMap(([, first, second]) => first ?? second ?? []);
}

/** The files of a path, in which a part may be filled in only as the module is evaluated. */
function namedBy(path: string): readonly string[] {
  return path.includes('${') ? globSync(path.replaceAll(/\$\{\w+\}/g, '*'), { cwd: root }) : [path];
}

/** The files at which our packages are entered, by what is imported. */
function packageFiles(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const manifest of globSync('{packages,services,tools}/*/package.json', { cwd: root })) {
    const { name, exports } = manifestSchema.parse(JSON.parse(readFileSync(join(root, manifest), 'utf8')));
    for (const [place, target] of Object.entries(exports)) {
      const file = typeof target === 'string' ? target : target['ravi-source'];
      found.set(normalize(join(name, place)), normalize(join(dirname(manifest), file)));
    }
  }
  return found;
}
