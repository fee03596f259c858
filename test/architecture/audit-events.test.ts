import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditEventNames } from '@ravi/audit';

const root = join(import.meta.dirname, '../..');

/** The texts of these files, one after the other. */
function textOf(pattern: string, exclude: (file: string) => boolean): string {
  const files = globSync(pattern, { cwd: root }).filter((file) => !exclude(file));
  expect(files.length).toBeGreaterThan(10);
  return files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
}

/** The events that this text never names. */
const missingIn = (text: string) => auditEventNames.filter((name) => !text.includes(`'${name}'`));

test('every event of the audit log is named in snake_case', () => {
  expect(auditEventNames.filter((name) => !/^[a-z]+(_[a-z]+)*$/.test(name))).toEqual([]);
});

test('every event of the audit log is noted somewhere', () => {
  const isNoNote = (file: string) => /\.test\.ts$|audit-events\.ts$|node_modules/.test(file);
  expect(missingIn(textOf('{services,packages,tools}/**/*.ts', isNoNote))).toEqual([]);
});

test('every event of the audit log is expected by a test', () => {
  const isNoTest = (file: string) => !file.endsWith('.test.ts') || file.endsWith('audit-events.test.ts');
  expect(missingIn(textOf('{services,packages,test}/**/*.ts', isNoTest))).toEqual([]);
});
