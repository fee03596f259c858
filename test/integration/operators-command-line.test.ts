import { userInfo } from 'node:os';
import { PassThrough } from 'node:stream';
import { readCommand, usage } from '../../tools/accounts/arguments.ts';
import { confirmDeletion } from '../../tools/accounts/confirm.ts';

const read = (...args: string[]) => readCommand(args, () => 'root');

test('a command is what it does, to whom or what, who does it, and how', () => {
  const plain = { by: 'root', json: false, yes: false, revoke: false, limit: 50 };
  expect(read('show', ' ada@example.com ')).toEqual({ ...plain, name: 'show', subject: 'ada@example.com' });
  expect(read('reseal')).toEqual({ ...plain, name: 'reseal', subject: '' });
  expect(read('find', 'Ada Byron', '--limit', '10000', '--json')).toEqual({
    ...plain,
    name: 'find',
    subject: 'Ada Byron',
    limit: 10_000,
    json: true,
  });
  expect(read('--by', ' grace ', 'key', '-', '--revoke')).toEqual({
    ...plain,
    name: 'key',
    subject: '-',
    by: 'grace',
    revoke: true,
  });
  expect(read('delete', '17', '--yes', '--by', 'x'.repeat(64))).toMatchObject({ yes: true });
  expect(readCommand(['show', '1'])?.by).toBe(userInfo().username);
});

test('who does it has to be said where the operating system does not know', () => {
  const unknown = () => {
    throw new Error('uv_os_get_passwd returned ENOENT (no such file or directory)');
  };
  expect(() => readCommand(['show', '1'], unknown)).toThrow(
    'Say with --by who does it: the user of the operating system has no name.',
  );
  expect(readCommand(['show', '1', '--by', 'grace'], unknown)?.by).toBe('grace');
});

test('every command that is known stands in the help, which is shown whatever else is said', () => {
  const names = Array.from(usage.matchAll(/^ {2}npm run accounts -- ([\w-]+)/gm), ([, name = '']) => name);
  const known = 'find show block unblock end delete export reset-link reset-factors reseal key key'.split(
    ' ',
  );
  expect(names).toEqual(known);
  for (const name of names) expect(read(name, ...(name === 'reseal' ? [] : ['x']))).toMatchObject({ name });
  expect([read('--help'), read('destroy', '--help'), read('find', 'x', '--help')]).toEqual([
    null,
    null,
    null,
  ]);
});

test.each([
  [[], 'Say what to do.'],
  [['destroy', '1'], 'There is no "destroy".'],
  [['Show', '1'], 'There is no "Show".'],
  [['constructor', '1'], 'There is no "constructor".'],
  [['show'], 'show takes one thing: put quotes around a text with blanks.'],
  [['show', '  '], 'show takes one thing'],
  [['find', 'Ada', 'Byron'], 'find takes one thing: put quotes around a text with blanks.'],
  [['reseal', 'ada@example.com'], 'reseal takes nothing: it looks at every account.'],
  [['block', '1', '--yes'], '--yes is for "delete": nothing else asks.'],
  [['show', '1', '--revoke'], '--revoke is for "key".'],
  [['show', '1', '--limit', '3'], '--limit is for "find".'],
  ...['0', '10001', '1.5', '-1', 'many', ''].map(
    (limit) => [['find', 'x', `--limit=${limit}`], '--limit takes a number from 1 to 10000.'] as const,
  ),
  ...['', ' ', 'x'.repeat(65), 'gra\nce', 'gra\u202ece'].map(
    (by) => [['show', '1', `--by=${by}`], '--by takes a name of 1 to 64 characters.'] as const,
  ),
  [['show', '1', '--by'], "'--by <value>' argument missing"],
  [['show', '1', '--what'], "Unknown option '--what'"],
  [['show', '1', '--json=yes'], "'--json' does not take an argument"],
] as const)('%j is refused with a sentence that says why', (args, sentence) => {
  expect(() => read(...args)).toThrow(
    expect.objectContaining({ name: 'UsageError', message: expect.stringContaining(sentence) }),
  );
});

/** What comes of an answer on a terminal, and what was asked. */
async function answered(answer: string, isTTY: readonly [boolean, boolean] = [true, true]) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  Object.assign(input, { isTTY: isTTY[0] });
  Object.assign(output, { isTTY: isTTY[1] });
  const account = { id: 17, email: 'ada\u202e@example.com' };
  const result = confirmDeletion(account, { input, output });
  input.write(answer);
  return { result: await result, asked: String(output.read() ?? '') };
}

test.each([
  ['17\n', 'yes'],
  [' 17 \n', 'yes'],
  ['yes\n', 'no'],
  ['1\n', 'no'],
  ['\n', 'no'],
  // Ctrl+C and Ctrl+D.
  ['\u0003', 'no'],
  ['\u0004', 'no'],
] as const)('whoever is asked for the id of the account and answers %j says %s', async (answer, said) => {
  const { result, asked } = await answered(answer);
  expect(result).toBe(said);
  expect(asked).toContain('Delete account 17 (ada\ufffd@example.com) with all that belongs to it?');
});

test('nobody is asked where there is no terminal to read from, or none to ask on', async () => {
  for (const isTTY of [
    [false, true],
    [true, false],
  ] as const)
    expect(await answered('17\n', isTTY)).toEqual({ result: 'noTerminal', asked: '' });
});
