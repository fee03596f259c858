import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** What may stand before the name of a log line, or before several. */
const introduced =
  /(?:\blines? |\bwithout |\blogs |\*\*The log\*\* says |\balso each\s|once, with the reason \(|when it begins, |for 3 s,\s|each step of a login: )((?:`[^`]+`(?:, (?:or )?)?)+)/g;

/** The log lines that the operators' pages name; what follows a colon, or an id, may be left out there. */
const named = ['operations', 'runbook', 'alerts'].flatMap((page) =>
  Array.from(read(`docs/${page}.md`).matchAll(introduced)).flatMap(([, lines = '']) =>
    Array.from(lines.matchAll(/`([^`]+)`/g), ([, line = '']) => line.replace(/:? ….*$/, '')),
  ),
);

/** Whether a test expects this line, as a message in its log or among the lines of a process. That words are somewhere in a text is not enough. */
const expectsLine = (tests: string, line: string) =>
  new RegExp(`(?:\\bmsg: |[,[]\\s*)['"\`](?:[\\w ]+: )?${line.replace(/[^\w ]/g, '\\$&')}`).test(tests);

test('each log line that the operators’ pages name is written by a service', () => {
  const sources = globSync('{services,packages}/*/src/**/*.ts', { cwd: root })
    .filter((file) => !file.endsWith('.test.ts'))
    .map(read)
    .join('\n');
  expect(named).toEqual(
    expect.arrayContaining([
      'login redeemed',
      'login issued',
      'outage began',
      'outage ended: nothing fails for this reason any more',
      'login waited for',
      'issuance failed',
      'traces are lost',
    ]),
  );
  const missing = named.filter((line) => !sources.includes(`'${line}`) && !sources.includes(`\`${line}`));
  expect(missing).toEqual([]);
});

test('each log line that the operators’ pages name is expected by a test, with what it tells', () => {
  const tests = globSync('{services,packages,test}/**/*.test.ts', { cwd: root })
    .filter((file) => !file.includes('node_modules') && !file.startsWith('test/architecture/'))
    .map(read)
    .join('\n');
  expect(named.filter((line) => !expectsLine(tests, line))).toEqual([]);
  expect(expectsLine("expect(log).toContain('login started');", 'login started')).toBe(false);
  expect(expectsLine("expect(lines(api, 'login started')).toEqual([", 'login started')).toBe(true);
});
