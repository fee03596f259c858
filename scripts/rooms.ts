import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findCircles, floorsOf, importsBetweenRooms, readImports, roomOf } from './rooms/imports.ts';

/*
 * Prints the structure of a source folder: its rooms (folders and loose files) by floor, the imports between them, the
 * circles among its files and the rooms that import each other.
 *
 *     npm run rooms -- [folder]      services/api/src by default
 *     npm run rooms -- --entered     the files that each step of a login enters, in a stack of its own
 *
 * Exits with 1 if there is a circle or a two-way pair.
 */

const root = join(import.meta.dirname, '..');
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { entered: { type: 'boolean', default: false } },
});
if (values.entered) {
  const { measureEntered } = await import('./rooms/entered.ts');
  for (const { step, ...services } of await measureEntered()) {
    for (const [service, files] of Object.entries(services)) {
      if (files.length > 0)
        console.log(`${step}, ${service}: ${files.length} files\n  ${files.join('\n  ')}`);
    }
  }
  process.exit();
}
const folder = positionals[0] ?? 'services/api/src';
const imports = readImports(folder);
const rooms = importsBetweenRooms(imports);
const floorOf = floorsOf(rooms);
const lines = (room: string) =>
  [...imports.keys()]
    .filter((file) => roomOf(file) === room)
    .reduce((sum, file) => sum + readFileSync(join(root, folder, file), 'utf8').split('\n').length - 1, 0);

console.log(`${folder}: ${rooms.size} rooms, ${imports.size} files`);
for (const [room, others] of [...rooms].toSorted(
  ([a], [b]) => (floorOf.get(b) ?? 99) - (floorOf.get(a) ?? 99),
)) {
  const below = others.size > 0 ? `  imports ${[...others].toSorted().join(', ')}` : '';
  console.log(`floor ${floorOf.get(room) ?? 'none'}  ${room}  ${lines(room)} lines${below}`);
}
const pairs = [...rooms].flatMap(([room, others]) =>
  [...others]
    .filter((other) => room < other && rooms.get(other)?.has(room))
    .map((other) => `${room} and ${other}`),
);
const fileCircles = findCircles(imports);
console.log(`two-way pairs of rooms: ${pairs.length}${pairs.map((pair) => `\n  ${pair}`).join('')}`);
console.log(
  `circles of files: ${fileCircles.length}${fileCircles.map((group) => `\n  ${group.join(', ')}`).join('')}`,
);
if (pairs.length + fileCircles.length > 0) process.exitCode = 1;
