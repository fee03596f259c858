import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

const saysWhatLivesThere = (source: string) =>
  /^\/\/ Lives here: .+\n\/\/ Lives elsewhere: .+\n/.test(source);

test('each package, and each room of the api that is entered by its index, says first what lives there and what does not', () => {
  const indexes = globSync(['packages/*/src/index.ts', 'services/api/src/*/index.ts'], { cwd: root });
  expect(indexes.length).toBeGreaterThan(18);
  expect(indexes.filter((file) => !saysWhatLivesThere(read(file)))).toEqual([]);
});

test.each([
  "export * from './here.ts';\n",
  "// Lives here: all.\nexport * from './here.ts';\n",
  "import './x.ts';\n// Lives here: all.\n// Lives elsewhere: nothing.\n",
])('an index that does not say so is seen: %j', (source) => {
  expect(saysWhatLivesThere(source)).toBe(false);
});

test('what starts a service fits on three screens', () => {
  const starts = globSync('services/*/src/main.ts', { cwd: root });
  expect(starts).toHaveLength(2);
  expect(starts.filter((file) => read(file).split('\n').length > 150)).toEqual([]);
});

/** The interfaces that are put together from more than five others. */
function largeBags(source: string): readonly string[] {
  return [...source.matchAll(/interface (\w+)\s+extends ([^{]+)\{/g)].flatMap(([, name = '', parents = '']) =>
    parents.replaceAll(/<[^>]*>/g, '').split(',').length > 5 ? [name] : [],
  );
}

test('no bag of dependencies is put together from more than five others', () => {
  const files = globSync('services/*/src/**/*.ts', { cwd: root });
  expect(files.length).toBeGreaterThan(200);
  expect(files.flatMap((file) => largeBags(read(file)).map((name) => `${file}: ${name}`))).toEqual([]);
  expect(largeBags('interface Bag extends A, B, C, D, E, Pick<F, "x" | "y"> {')).toEqual(['Bag']);
  expect(largeBags('interface Bag\n  extends A, B, C, D, Pick<E, "x", "y"> {')).toEqual([]);
});
