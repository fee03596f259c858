import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { keyKinds } from '../support/keys/key-kinds.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** The words that a script gives to commands on hashes: fields, and their fixed values. */
function hashWords(source: string): string[] {
  const calls = source.match(/redis\.call\('H[A-Z]+',[^)]*(?:\([^)]*\)[^)]*)*\)/g) ?? [];
  return calls.flatMap((call) => call.match(/(?<=')(?!H[A-Z]):?[a-z][a-z_]*(?=')/g) ?? []);
}

/** Those that the table of the package does not name. */
function unnamed(script: string, table: string): string[] {
  const named = new Set(table.match(/:?[a-z][a-z_]*/g));
  return hashWords(script).filter((word) => !named.has(word));
}

test('every field that a script reads or writes stands in the keyspace table of its package', () => {
  const scripts = globSync('packages/{accounts,audit,credentials,device-login}/src/lua/*.lua', { cwd: root });
  expect(scripts.length).toBeGreaterThan(15);
  const missing = scripts.flatMap((script) =>
    unnamed(read(script), read(join(dirname(script), '../keyspace.ts'))).map((word) => `${script}: ${word}`),
  );
  expect(missing).toEqual([]);
});

test('a field that the table does not name is seen', () => {
  const script =
    "redis.call('HSET', login, 'state', 'pending', 'colour', string.format('%.0f', now), 'taste', x)";
  expect(unnamed(script, '| state | pending or taste |')).toEqual(['colour']);
});

test('keys of Redis are spelled in keyspace tables alone, and in what a setting says of them', () => {
  const files = globSync('packages/*/src/**/*.ts', { cwd: root }).filter(
    (file) => !file.endsWith('.test.ts'),
  );
  const spelled = files.filter((file) => /\bravi:[a-z-]+/.test(read(file)));
  expect(spelled.filter((file) => !/\/(keyspace|channel|shared-settings)\.ts$/.test(file))).toEqual([]);
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

test('signing keys alone begin with the letter that the Redis user of the apis may not write', () => {
  const tables = globSync('packages/*/src/keyspace.ts', { cwd: root }).map(read).join('');
  const kinds = new Set([...tables.matchAll(/\bravi:([a-z-]+)/g)].map(([, kind = '']) => kind));
  expect([...kinds].filter((kind) => kind.startsWith('j'))).toEqual(['jwks']);
  const users = read('deploy/redis/users.acl').split('\n');
  const api = users.find((line) => line.startsWith('user ravi-api '))?.split(' ') ?? [];
  expect(api.filter((rule) => /^%?\w*~/.test(rule))).toEqual(['~ravi:[^j]*', '~{ravi*}:*', '%R~ravi:jwks']);
});
