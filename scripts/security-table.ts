/**
 * Writes the tables of docs/security.md from the requirements and the tests that show them:
 *
 *     npm run security-table               writes them
 *     npm run security-table -- --check    fails where they are out of date
 *
 * Either way it fails when an answer has no test, or a test names a requirement that is none.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatted } from './formatted.ts';
import { showingTests } from './security/annotations.ts';
import { headingsOf } from './security/headings.ts';
import { requirementTables } from './security/requirement-table.ts';
import { requirementGroups } from './security/requirements.ts';
import { root } from './setup/root.mjs';

const page = join(root, 'docs/security.md');
const begin = '<!-- Written by scripts/security-table.ts from the tests: begin -->';
const end = '<!-- end -->';

const files = globSync('{test,packages/*/src,services/*/src}/**/*.test.ts', { cwd: root }).toSorted();
const tests = files.flatMap((file) => showingTests(file, readFileSync(join(root, file), 'utf8')));
const headings = globSync('docs/*.md', { cwd: root }).flatMap((file) =>
  headingsOf(file.replace(/^docs\W/, ''), readFileSync(join(root, file), 'utf8')),
);
const { markdown, problems } = requirementTables(requirementGroups, tests, new Set(headings));

const before = readFileSync(page, 'utf8');
const [from, to] = [before.indexOf(begin), before.indexOf(end)];
if (from < 0 || to < from) throw new Error(`docs/security.md lacks its marks, ${begin} and ${end}`);
const written = `${before.slice(0, from)}${begin}\n\n${markdown}\n\n${before.slice(to)}`;
const after = await formatted('docs/security.md', written);

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
if (after !== before) {
  if (process.argv.includes('--check')) {
    console.error('docs/security.md is out of date: run npm run security-table');
    process.exitCode = 1;
  } else {
    writeFileSync(page, after);
  }
}
