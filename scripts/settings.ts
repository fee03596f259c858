/**
 * Writes the lists of settings and of audit events into `.env.example`, the environments in docker-compose.yml and the tables of
 * docs/operations.md, between their marks:
 *
 *     npm run settings               writes them
 *     npm run settings -- --check    fails where they are out of date
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writtenFiles } from './settings/written-files.ts';
import { root } from './setup/root.mjs';

const files = await writtenFiles((file) => readFileSync(join(root, file), 'utf8'));
for (const { file, before, after } of files) {
  if (after === before) continue;
  if (process.argv.includes('--check')) {
    console.error(`${file} is out of date: run npm run settings`);
    process.exitCode = 1;
  } else {
    writeFileSync(join(root, file), after);
    console.log(`wrote ${file}`);
  }
}
