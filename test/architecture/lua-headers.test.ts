import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const sections = ['Purpose', 'KEYS', 'ARGV', 'Returns', 'Invariant'] as const;

/** The text of each section of a script's header, and the code below it. */
function takeApart(source: string): { header: ReadonlyMap<string, string>; code: string } {
  const header = new Map<string, string>();
  // Redis reads flags from the first line; the header follows them.
  const lines = source.replace(/^#!lua .*\n/, '').split('\n');
  const end = lines.findIndex((line) => !line.startsWith('--'));
  let section = '';
  for (const line of lines.slice(0, end)) {
    const [, name, text = ''] = /^-- (Purpose|KEYS|ARGV|Returns|Invariant)\s+(.*)$/.exec(line) ?? [];
    if (name !== undefined) section = name;
    const said = name === undefined ? line.replace(/^--\s*/, '') : text;
    header.set(section, `${header.get(section) ?? ''} ${said}  `);
  }
  return {
    header,
    code: lines
      .slice(end)
      .join('\n')
      .replaceAll(/--(?!\[).*$/gm, ''),
  };
}

/** What is wrong with the header's KEYS or ARGV: each number stands there once, by the name that the script gives it. */
function wrongNumbers(which: 'KEYS' | 'ARGV', text: string, code: string): string[] {
  // A run of arguments begins at its number: "9.. more"; "1.." where all belong to it.
  const listed = [...text.matchAll(/(?<=^|\s)(\d+)(\.\.)?\s+(\w+)/g)];
  const fixed = listed.filter(([, , run]) => run === undefined);
  const names = new Map(fixed.map(([, number, , name]) => [Number(number), name]));
  const run = listed.find(([, , dots]) => dots !== undefined);
  const read = new Set([...code.matchAll(new RegExp(`${which}\\[(\\d+)\\]`, 'g'))].map(([, n]) => Number(n)));
  const readsRun = new RegExp(`\\b${which}\\b(?!\\[\\d)`).test(code);
  const problems: string[] = [];
  if (text.includes('(none)') !== (listed.length === 0)) problems.push(`${which}: neither listed nor (none)`);
  const order = fixed.map(([, number]) => Number(number));
  if (order.some((number, index) => number !== index + 1)) problems.push(`${which}: not numbered in order`);
  if ((run !== undefined) !== readsRun && !(which === 'KEYS' && readsRun)) {
    problems.push(
      `${which}: ${readsRun ? 'the script reads more than is listed' : 'the script reads no such run'}`,
    );
  }
  const runFrom = run === undefined ? Number.POSITIVE_INFINITY : Number(run[1]);
  for (const number of read) {
    if (!names.has(number) && number < runFrom) problems.push(`${which}[${number}] is not listed`);
  }
  const readsAll = readsRun && which === 'KEYS';
  for (const number of names.keys()) {
    if (!read.has(number) && !readsAll) problems.push(`${which}: ${number} is listed and not read`);
  }
  for (const [, locals = '', values = ''] of code.matchAll(
    /local ([\w, ]+?) =\s*((?:tonumber\()?(?:KEYS|ARGV)\[.*)/g,
  )) {
    values.split(',').forEach((value, index) => {
      const [, of, number] = /(KEYS|ARGV)\[(\d+)\]/.exec(value) ?? [];
      const local = locals.split(',')[index]?.trim();
      const name = of === which ? names.get(Number(number)) : undefined;
      if (name !== undefined && name !== local) problems.push(`${which} ${number} is ${name} and ${local}`);
    });
  }
  return problems;
}

/** What is wrong with the header's Returns: the words that the script returns stand there, and no others. */
function wrongWords(text: string, code: string): string[] {
  const quoted = (from: string) => [...from.matchAll(/'(\w+)'/g)].map(([, word = '']) => word);
  const returned = [...code.matchAll(/return (\{[^}]*\})/g)].flatMap(([, reply = '']) =>
    quoted(reply.replaceAll(/redis\.call\([^)]*\)|string\.format\([^)]*\)|[!=~]= '\w+'/g, '')),
  );
  const listed = quoted(text);
  return [
    ...returned.filter((word) => !listed.includes(word)).map((word) => `Returns does not list '${word}'`),
    ...listed
      .filter((word) => !quoted(code).includes(word))
      .map((word) => `Returns lists '${word}', which never comes`),
    ...listed.filter((word) => !/^[a-z]+(_[a-z]+)*$/.test(word)).map((word) => `'${word}' is not snake_case`),
  ];
}

/** What is wrong with a script and its header; empty when nothing is. */
function faults(source: string): string[] {
  const { header, code } = takeApart(source);
  const missing = sections.filter((section) => !header.has(section));
  if (missing.length > 0) return missing.map((section) => `${section} is missing`);
  return [
    ...wrongNumbers('KEYS', header.get('KEYS') ?? '', code),
    ...wrongNumbers('ARGV', header.get('ARGV') ?? '', code),
    ...wrongWords(header.get('Returns') ?? '', code),
    ...(source.split('\n').length < 80 ? [] : ['80 lines or more']),
  ];
}

const files = globSync('**/*.lua', {
  cwd: root,
  exclude: (name) => /^(node_modules|\.ravi|\.git)$/.test(name),
});

test('every script in Lua says what it does, and reads and returns what its header lists', () => {
  expect(files.length).toBeGreaterThan(20);
  const wrong = files.flatMap((file) =>
    faults(readFileSync(join(root, file), 'utf8')).map((fault) => `${file}: ${fault}`),
  );
  expect(wrong).toEqual([]);
});

const sound = `-- end: active -> ended
-- Purpose   Ends it.
-- KEYS      1 record
-- ARGV      1 user_id  2 ended_at (ms)
--           3.. fields and values
-- Returns   {'ended', user_id} | {'ended_before'}
-- Invariant Once.
local record = KEYS[1]
local user_id, ended_at = ARGV[1], tonumber(ARGV[2])
if redis.call('HSET', record, 'ended_at', ended_at, unpack(ARGV, 3)) == 0 then
  return { 'ended_before' }
end
return { 'ended', user_id }
`;

test.each(['', '#!lua flags=allow-oom\n'])('a sound script has no fault: %j', (flags) => {
  expect(faults(flags + sound)).toEqual([]);
});

test.each([
  ['a part that is missing', '-- Invariant Once.\n', ''],
  ['a key that is not listed', '1 record\n', '(none)\n'],
  ['an argument that is not listed', '  2 ended_at (ms)', ''],
  ['an argument that is not read', ', tonumber(ARGV[2])', ', 7'],
  ['an argument by another name', '1 user_id', '1 account_id'],
  ['arguments out of order', '1 user_id  2 ended_at', '2 user_id  1 ended_at'],
  ['a run that is not listed', '--           3.. fields and values\n', ''],
  ['a run that is not read', ', unpack(ARGV, 3)', ''],
  ['a word that is not listed', " | {'ended_before'}", ''],
  ['a word that never comes', "{'ended', user_id}", "{'ended', user_id} | {'gone'}"],
  ['a word that is not snake_case', /ended_before/g, 'endedBefore'],
])('a header is refused with %s', (_name, from, to) => {
  expect(faults(sound.replaceAll(from, to))).not.toEqual([]);
});
