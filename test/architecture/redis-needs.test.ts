import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { redisNeeds as apiNeeds } from '../../services/api/src/redis-needs.ts';
import { redisNeeds as issuerNeeds } from '../../services/issuer/src/redis-needs.ts';

const root = join(import.meta.dirname, '../..');

/** The check at a start is a script itself. */
const ofTheCheck = ['eval', 'evalsha'];

const commands = new Set(new Redis({ lazyConnect: true }).getBuiltinCommands());

/** Commands that a source runs: in a script, or as a method of a client. */
function commandsIn(file: string): readonly string[] {
  const run = file.endsWith('.lua')
    ? /\bcall\(\s*'(\w+)'/g
    : /\b(?:\w*[rR]edis|client|node|pipeline|batch)\s*\.\s*(\w+)\(/g;
  const names = Array.from(readFileSync(join(root, file), 'utf8').matchAll(run), ([, name = '']) => name);
  return names.map((name) => name.toLowerCase()).filter((name) => commands.has(name));
}

test('each command that sources run in Redis is looked for as a process starts that may need it', () => {
  const needs = [false, true].flatMap((isCluster) =>
    apiNeeds(isCluster, 1, 1).concat(issuerNeeds(isCluster, 1, { tellsOfUnused: true })),
  );
  const looked = new Set([...needs.map(([name]) => name), ...ofTheCheck]);
  const files = globSync(['packages/*/src/**/*.{ts,lua}', 'services/*/src/**/*.{ts,lua}'], { cwd: root });
  const sources = files.filter((file) => !file.endsWith('.test.ts'));
  const used = sources.flatMap((file) => commandsIn(file).map((name) => `${name} in ${file}`));
  expect(used.length).toBeGreaterThan(300);
  expect(used.filter((use) => !looked.has(use.split(' ')[0] ?? ''))).toEqual([]);
});
