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

/**
 * The events that this text of tests expects: in an assertion, with fields, or by a helper that waits until the log tells of them and
 * looks at their fields.
 */
function expectedIn(text: string): readonly string[] {
  const assertions = text.match(/\bexpect\([^]*?;\n/g)?.join('') ?? '';
  const awaited = text.match(/\b(?:toldAbout|toldOnce|timesTold)\([^]*?;\n/g)?.join('') ?? '';
  return auditEventNames.filter(
    (name) => assertions.includes(`event: '${name}'`) || awaited.includes(`'${name}'`),
  );
}

test('every event of the audit log is expected by a test of a flow, with its fields', () => {
  const flows = textOf('test/{e2e,integration,attack,fault}/**/*.test.ts', () => false);
  const expected = expectedIn(flows);
  expect(auditEventNames.filter((name) => !expected.includes(name))).toEqual([]);
});

test('an event that a test only names, notes or looks for is not expected', () => {
  const names = "const shown = ['denied'];\nif (record.event === 'issued') count += 1;\n";
  const noted = "audit.note({ event: 'approved', login });\nexpect(written).toBe(1);\n";
  expect(expectedIn(names + noted)).toEqual([]);
  const asserted = "expect(told).toEqual([\n  { event: 'denied', login },\n]);\n";
  expect(expectedIn(`${asserted}await toldAbout(redis, user, 'issued');\n`)).toEqual(['denied', 'issued']);
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
