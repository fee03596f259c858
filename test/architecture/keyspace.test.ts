import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { keyKinds, kindOf } from '../support/keys/key-kinds.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/**
 * The words that a script, or a source in TypeScript, gives to commands on hashes: fields, and their fixed values, but not what is
 * compared; and those of a list of fields.
 */
function hashWords(source: string): string[] {
  const calls = source.match(/redis\.call\('H[A-Z]+',[^)]*(?:\([^)]*\)[^)]*)*\)/g) ?? [];
  const callsInTypeScript =
    source.match(/\.h(?:get|mget|set|del|exists)\([^;]*;|\w*[fF]ields = \[[^\]]*\]/g) ?? [];
  return [...calls, ...callsInTypeScript].flatMap(
    (call) =>
      call.match(/(?<=(?<!== )')(?!H[A-Z]):?[a-z][a-z_]*(?=')|(?<=[{,] *\n? *)[a-z][a-z_]*(?=: )/g) ?? [],
  );
}

/** Those that the table of the package does not name. */
function unnamed(script: string, table: string): string[] {
  const named = new Set(table.match(/:?[a-z][a-z_]*/g));
  return hashWords(script).filter((word) => !named.has(word));
}

test('every field that is read or written stands in the keyspace table beside it', () => {
  const tables = globSync(['packages/*/src/keyspace.ts', 'services/api/src/*/keyspace.ts'], { cwd: root });
  expect(tables.length).toBeGreaterThan(6);
  const missing = tables.flatMap((table) =>
    globSync('**/*.{lua,ts}', { cwd: join(root, dirname(table)) })
      .filter((file) => !file.endsWith('.test.ts'))
      .map((file) => join(dirname(table), file))
      .flatMap((file) => unnamed(read(file), read(table)).map((word) => `${file}: ${word}`)),
  );
  expect(missing).toEqual([]);
});

test.each([
  "redis.call('HSET', login, 'state', 'pending', 'colour', string.format('%.0f', now), 'taste', x)",
  "await redis.hset(this.#key(id), { state: 'pending', colour: x, taste: y });",
  "const [state, colour] = await redis.hmget(\n  key,\n  'state',\n  'colour',\n);",
  "export const loginFields = ['state', 'colour'] as const;",
])('a field that the table does not name is seen: %j', (source) => {
  expect(unnamed(source, '| state | pending or taste |')).toEqual(['colour']);
});

test('keys of Redis are spelled in keyspace tables alone, in what a setting says of them, and in what Redis users must be able to do', () => {
  const files = globSync('{packages,services}/*/src/**/*.ts', { cwd: root }).filter(
    (file) => !file.endsWith('.test.ts'),
  );
  const spelled = files.filter((file) => /\bravi:[a-z-]+/.test(read(file)));
  expect(
    spelled.filter((file) => !/\/(keyspace|channel|shared-settings|redis-needs)\.ts$/.test(file)),
  ).toEqual([]);
});

test('every kind of key that a source spells has an entry in the table of lifetimes, and a row in docs/architecture.md', () => {
  const sources = globSync(['packages/*/src/**/*.ts', 'services/*/src/**/*.ts'], { cwd: root }).filter(
    (file) => !/\.test\.ts$|\/channel\.ts$|\/redis-needs\.ts$/.test(file),
  );
  const kinds = new Set(
    sources.flatMap((file) =>
      [...read(file).matchAll(/\$\{prefix\}ravi:([a-z-]+)|[`']ravi:([a-z-]+)/g)].map(
        ([, prefixed, plain]) => prefixed ?? plain ?? '',
      ),
    ),
  );
  expect(kinds.size).toBeGreaterThan(20);
  const docs = read('docs/architecture.md');
  expect([...kinds].filter((kind) => !(kind in keyKinds))).toEqual([]);
  expect([...kinds].filter((kind) => !docs.includes(`ravi:${kind}`))).toEqual([]);
});

test('the keys of each limit are of a kind in the table of lifetimes', () => {
  const sources = ['limits', 'start-admission'].map((name) => read(`services/api/src/limits/${name}.ts`));
  const limits = sources.flatMap((source) =>
    Array.from(source.matchAll(/\b(?:place|limitKey)\('([a-z-]+)'/g), ([, name = '']) => name),
  );
  expect(limits.length).toBeGreaterThan(11);
  const kinds = limits.map((name) => {
    const rest = name.startsWith('wrong-') ? ':wrong' : '';
    return [name, kindOf({ name: `ravi:limit:{${name}}:account:7${rest}` })];
  });
  expect(kinds.filter(([, kind]) => kind !== 'limit')).toEqual([]);
});

test('signing keys alone begin with the letter that the Redis user of the apis may not write', () => {
  const tables = globSync('packages/*/src/keyspace.ts', { cwd: root }).map(read).join('');
  const kinds = new Set([...tables.matchAll(/\bravi:([a-z-]+)/g)].map(([, kind = '']) => kind));
  expect([...kinds].filter((kind) => kind.startsWith('j'))).toEqual(['jwks']);
  const users = read('deploy/redis/users.acl').split('\n');
  const api = users.find((line) => line.startsWith('user ravi-api '))?.split(' ') ?? [];
  expect(api.filter((rule) => /^%?\w*~/.test(rule))).toEqual(['~ravi:[^j]*', '~{ravi*}:*', '%R~ravi:jwks']);
});
