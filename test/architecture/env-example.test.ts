import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

test('.env.example names every setting that a service reads, and no other', () => {
  const sources = [
    'packages/runtime/src/env.ts',
    ...globSync('services/*/src/{config,*/key-settings}.ts', { cwd: root }),
  ];
  const variables = sources.flatMap((file) =>
    [...read(file).matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => name ?? ''),
  );
  const documented = [...read('.env.example').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name ?? '');
  expect(documented.toSorted()).toEqual([...new Set(variables)].toSorted());
});
