import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A folder's own files and what each imports of them, by their paths below the folder. */
export function readImports(folder: string): ReadonlyMap<string, readonly string[]> {
  const files = globSync('**/*.ts', { cwd: join(root, folder) }).filter((file) => !file.endsWith('.test.ts'));
  return new Map(
    files.map((file) => {
      const source = readFileSync(join(root, folder, file), 'utf8');
      const specifiers = [...source.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(
        ([, path]) => path ?? '',
      );
      return [
        file,
        specifiers.map((path) => posix.join(dirname(file), path)).filter((path) => files.includes(path)),
      ];
    }),
  );
}

/** The room of a file: the folder below the root, or the file itself if it is in no folder. */
export const roomOf = (file: string) => file.split('/')[0] ?? file;

export function importsBetweenRooms(
  imports: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const rooms = new Map<string, Set<string>>();
  for (const [file, targets] of imports) {
    const room = roomOf(file);
    const others = rooms.get(room) ?? new Set();
    rooms.set(room, others);
    for (const target of targets) if (roomOf(target) !== room) others.add(roomOf(target));
  }
  return rooms;
}

/** The groups of nodes that reach each other: circles. (Tarjan's strongly connected components) */
export function findCircles(graph: ReadonlyMap<string, Iterable<string>>): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string) => {
    order.set(node, order.size);
    low.set(node, order.get(node) ?? 0);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node) ?? 0, low.get(next) ?? 0));
    }
    if (low.get(node) !== order.get(node)) return;
    const group = stack.splice(stack.indexOf(node));
    if (group.length > 1) found.push(group);
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return found;
}

/** Each room's floor: one above the highest that it imports. Rooms in a circle have none. */
export function floorsOf(rooms: ReadonlyMap<string, ReadonlySet<string>>): ReadonlyMap<string, number> {
  const known = new Map<string, number>();
  for (let changed = true; changed;) {
    changed = false;
    for (const [room, others] of rooms) {
      if (known.has(room) || ![...others].every((other) => known.has(other))) continue;
      known.set(room, 1 + Math.max(0, ...[...others].map((other) => known.get(other) ?? 0)));
      changed = true;
    }
  }
  return known;
}
