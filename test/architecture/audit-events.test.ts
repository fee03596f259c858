import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { auditEventNames, auditEvents } from '@ravi/audit';
import { activity } from '../../services/api/src/pages/texts/en/activity.ts';

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

/** Events about an account that its activity page leaves out, and why. */
const notForPeople: Readonly<Record<string, string>> = {
  issued: 'a step between the approval and the sign-in of the program, which are shown',
  aborted: 'the page of the decision and the program say so at once',
  refreshed: 'each program causes it every few minutes',
  account_shown: 'a look of an operator changes nothing; it is in the audit log',
  account_deleted: 'nobody is left to see it',
};

test('every event about an account has its sentence on the page of its activity, or stands here with the reason', () => {
  const about = auditEventNames.filter((name) => {
    const { fields, optional = [] }: { fields: readonly string[]; optional?: readonly string[] } =
      auditEvents[name];
    return [...fields, ...optional].includes('user');
  });
  const told = Object.keys(activity.activity.events);
  expect(about.filter((name) => !told.includes(name) && !(name in notForPeople))).toEqual([]);
  expect(Object.keys(notForPeople).filter((name) => told.includes(name))).toEqual([]);
});
