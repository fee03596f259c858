import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** What may stand before the name of a log line, or before several. */
const introduced =
  /(?:\blines? |\bwithout |when it begins, |for 3 s,\s|each step of a login: )((?:`[^`]+`(?:, )?)+)/g;

/** The log lines that the operators' pages name; what follows a colon may be left out there. */
const named = ['operations', 'runbook', 'alerts'].flatMap((page) =>
  Array.from(read(`docs/${page}.md`).matchAll(introduced)).flatMap(([, lines = '']) =>
    Array.from(lines.matchAll(/`([^`]+)`/g), ([, line = '']) => line.replace(/:? …$/, '')),
  ),
);

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
    ]),
  );
  const missing = named.filter((line) => !sources.includes(`'${line}`) && !sources.includes(`\`${line}`));
  expect(missing).toEqual([]);
});
