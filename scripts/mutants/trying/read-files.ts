import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Lets `readFileSync` give another text for a file: `textOf` tells it by the path, null for what is on the disk. */
export function breakReadFiles(textOf: (path: string) => string | null): void {
  const original = fs.readFileSync;
  const patched = (...args: Parameters<typeof fs.readFileSync>) => {
    const [path] = args;
    const name = path instanceof URL && path.protocol === 'file:' ? fileURLToPath(path) : path;
    return (typeof name === 'string' ? textOf(name) : null) ?? original(...args);
  };
  Object.assign(fs, { readFileSync: patched });
  syncBuiltinESMExports();
}
