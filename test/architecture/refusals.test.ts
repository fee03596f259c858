import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const sources = (...patterns: readonly string[]) =>
  globSync(patterns, { cwd: root })
    .filter((file) => !/\.test\.ts$|node_modules/.test(file))
    .map((file) => [file, readFileSync(join(root, file), 'utf8')] as const);

/** Where a source compares the words of a message, or looks for some in it. */
const branchesOnWords =
  /\bmessage\??\.(?:startsWith|endsWith|includes|match|search|indexOf)\(|\.test\([^)]*\bmessage\b|(?<!typeof [\w.]*)\bmessage\s*[!=]==?\s*['"`]|switch \([^)]*\bmessage\)/;

/** Redis and ioredis say what happened in their messages alone. */
const readsRedis = 'packages/redis/';

test('nothing branches on the words of a message, but where Redis itself says no more', () => {
  const files = sources('{packages,services}/*/src/**/*.ts', 'tools/**/*.ts');
  expect(files.length).toBeGreaterThan(400);
  const branching = files.filter(
    ([file, text]) => !file.startsWith(readsRedis) && branchesOnWords.test(text),
  );
  expect(branching.map(([file]) => file)).toEqual([]);
});

test.each([
  "if (error.message.startsWith('first_name')) show('name');",
  'const isWrong = /wrong/.test(problem.message);',
  "return error.message === 'The code is wrong.' ? 'code' : 'other';",
  'switch (problem.message) {',
])('a branch on the words of a message is seen: %s', (source) => {
  expect(branchesOnWords.test(source)).toBe(true);
});

/** The problems whose sentence begins with the name of a field, and that do not name it for the code. */
function unnamedFields(source: string): string[] {
  const problems = source.matchAll(/new Problem\(\s*'\w+',\s*['`]([a-z_]+): [^]*?\n? *\);/g);
  return [...problems].flatMap(([problem, field = '']) =>
    problem.includes(`field: '${field}'`) ? [] : [`${field} in ${problem}`],
  );
}

test('a refusal whose sentence begins with a field names the field for the code, too', () => {
  const files = sources('services/api/src/**/*.ts');
  expect(
    files.filter(([, text]) => /new Problem\(\s*'\w+',\s*['`][a-z_]+: /.test(text)).length,
  ).toBeGreaterThan(6);
  expect(files.flatMap(([file, text]) => unnamedFields(text).map((field) => `${file}: ${field}`))).toEqual(
    [],
  );
});

test.each([
  "throw new Problem('invalid_request', 'email: is taken.');",
  "throw new Problem('invalid_request', 'email: is taken.', { field: 'name' });",
  "throw new Problem(\n  'conflict',\n  `email: is not under ${domains.join(', ')}.`,\n);\nreturn { field: 'email' };",
])('a field that only the sentence names is seen: %j', (source) => {
  expect(unnamedFields(source)).toHaveLength(1);
});
