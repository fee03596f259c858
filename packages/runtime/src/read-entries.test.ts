import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from './env.ts';
import { readEntries } from './read-entries.ts';

const listed = z.array(
  z.strictObject({
    id: z.string().min(1).max(5),
    count: z.number().optional(),
    kind: z.enum(['red', 'blue']).optional(),
    names: z.array(z.string()).optional(),
  }),
);
const byName = z.record(z.string().regex(/^[a-z]+$/, 'must be a name'), z.string().min(1));

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'ravi-entries-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('entries are the JSON itself, or that of a file', () => {
  const json = '[{"id": "a", "count": 2}]';
  const file = join(directory, 'things.json');
  writeFileSync(file, json);
  for (const value of [json, ` \n${json}`, file])
    expect(readEntries('THINGS', value, listed)).toEqual([{ id: 'a', count: 2 }]);
  expect(readEntries('THINGS', '{"red": "Rot"}', byName)).toEqual({ red: 'Rot' });
});

function problems(value: string, schema: z.ZodType = listed): readonly string[] {
  try {
    readEntries('THINGS', value, schema);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

test.each([
  ['{"id": "a"}', 'must be a list'],
  ['["a"]', 'entry 1: must be an object'],
  ['[[]]', 'entry 1: must be an object'],
  ['[{"id": "a"}, {}]', 'entry 2: id is missing'],
  ['[{"id": 7}]', 'entry 1: id must be a text'],
  ['[{"id": null}]', 'entry 1: id must be a text'],
  ['[{"id": ""}]', 'entry 1: id must not be empty'],
  ['[{"id": "abcdef"}]', 'entry 1: id must have at most 5 characters'],
  ['[{"id": "a", "count": "2"}]', 'entry 1: count must be number'],
  ['[{"id": "a", "kind": "green"}]', 'entry 1: kind must be "red" or "blue"'],
  ['[{"id": "a", "names": "b"}]', 'entry 1: names must be a list'],
  ['[{"id": "a", "names": ["b", 7]}]', 'entry 1: names.1 must be a text'],
  ['[{"id": "a", "secret": "s", "more": 1}]', 'entry 1: has members that are not known here: secret, more'],
])('%s is refused by where it is wrong', (value, sentence) => {
  expect(problems(value)).toEqual([`THINGS: ${sentence}`]);
});

test.each([
  ['[]', 'must be an object'],
  ['{"red": 7}', 'red must be a text'],
  ['{"red": "Rot", "blue": ""}', 'blue must not be empty'],
  ['{"7": "Sieben"}', '7 must be a name'],
])('%s, whose entries have names, is refused by the name', (value, sentence) => {
  expect(problems(value, byName)).toEqual([`THINGS: ${sentence}`]);
});

test('all that is wrong is told at once', () => {
  expect(problems('[{}, {"id": ""}]')).toEqual([
    'THINGS: entry 1: id is missing',
    'THINGS: entry 2: id must not be empty',
  ]);
});

test('what is no JSON is told by what it looks like; a secret in the wrong place is not shown', () => {
  const form = 'must be JSON, or the name of a JSON file';
  const file = join(directory, 'absent.json');
  const broken = join(directory, 'broken.json');
  writeFileSync(broken, '{');
  expect(problems('[hunter2')).toEqual([`THINGS: ${form}; its JSON is not valid`]);
  expect(problems(file)).toEqual([`THINGS: ${form}; ${file} is not readable as one`]);
  expect(problems(broken)).toEqual([`THINGS: ${form}; ${broken} is not readable as one`]);
  expect(problems('hunter2')).toEqual([`THINGS: ${form}; it is none of these`]);
  expect(() => readEntries('THINGS', 'ayn', listed, '"any", or JSON')).toThrow(
    'THINGS: must be "any", or JSON;',
  );
});
