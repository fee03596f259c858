import { globSync } from 'node:fs';
import { join } from 'node:path';
import { luaMutants } from '../../scripts/mutants/lua-mutants.ts';
import { areas } from '../../scripts/mutants/own-tests.ts';
import { typescriptMutants } from '../../scripts/mutants/typescript-mutants.ts';

const root = join(import.meta.dirname, '../..');

/** What is done to which line, for the breaks of a source. */
const changesIn = (breaks: ReturnType<typeof luaMutants>, change = /./) =>
  breaks.flatMap(({ line, name }) => {
    const done = name.split(' | ').slice(2).join(' | ');
    return change.test(done) ? [`${line} ${done}`] : [];
  });

/** The source with the break that does this. */
const brokenBy = (breaks: ReturnType<typeof luaMutants>, change: string) =>
  breaks.find(({ name }) => name.endsWith(` | ${change}`))?.source;

const tenfoldIn = (source: string, file = 'a.ts') => changesIn(typescriptMutants(file, source), /^tenfold/);

test('of a module, each number that says how long or how many is made ten times what it is', () => {
  const breaks = typescriptMutants('a.ts', 'const day = 24 * 3_600_000;\nexport const undoMs = 7 * day;\n');
  expect(breaks.filter(({ name }) => name.endsWith('tenfold')).map(({ source }) => source)).toEqual([
    'const day = 10 * (24 * 3_600_000);\nexport const undoMs = 7 * day;\n',
    'const day = 24 * 3_600_000;\nexport const undoMs = 10 * (7 * day);\n',
  ]);
});

test.each([
  'const waitMs = 500;',
  'const ttlSeconds = 60;',
  'export const maxLogins = 100_000;',
  'export const signUpsPerAddress = 20;',
  'const bodyLimitBytes = 16 * 1024;',
  'const readAtOnce = 500;',
  'const longestText = 64;',
  'const year = 365.25 * 86_400;',
  'const codeLength = 8 as const;',
  'const it = { perAddress: 30 };',
  'const it = () => ({ retryAfterSeconds: 5 });',
  'function ask({ maxLooks = 3 }) {}',
  'function ask(timeoutMs = 3) {}',
  'class A { readonly #waitMs = (4 - 1) * 10; }',
  'class A { static readonly waitMs = 10; }',
])('is made tenfold for its name: %s', (source) => {
  expect(tenfoldIn(source)).toEqual(['1 tenfold']);
});

test.each([
  'const version = 3;',
  'const nonceBytes = 12;',
  'const waitMs = 0;',
  'let waitMs = 50;',
  'const waitMs = givenMs;',
  'const text = { maxName: "64" };',
  'const it = (seconds: number) => ({ waitMs: seconds * 1000 });',
  'type It = { waitMs: 50 };',
])('is left as it is, since it says no such thing or no number: %s', (source) => {
  expect(tenfoldIn(source)).toEqual([]);
});

test('of the fixed maximums each number is made tenfold, whatever it is called, and of a list each', () => {
  const source = 'export const mails = {\n  link: 4,\n  notice: 10,\n};\nconst delaysMs = [1, 2];';
  expect(tenfoldIn(source, 'src/fixed-maximums.ts')).toEqual([
    '2 tenfold',
    '3 tenfold',
    '5 tenfold',
    '5 tenfold (2)',
  ]);
  expect(tenfoldIn(source)).toEqual(['5 tenfold', '5 tenfold (2)']);
});

test('tests are asked about a number where the functions of its module use it, unless other modules use it too', () => {
  const source = 'const aMs = 5;\nexport const bMs = 6;\nexport const both = () => [aMs, bMs];\nboth(aMs);\n';
  const placesOf = (line: number) => {
    const found = typescriptMutants('a.ts', source).find(
      (each) => each.line === line && each.name.endsWith('| tenfold'),
    );
    return found?.places.map((at) => source.slice(at, at + 3));
  };
  expect([placesOf(1), placesOf(2)]).toEqual([['aMs'], ['6;\n']]);
  expect(
    typescriptMutants('a.ts', source)
      .find(({ line }) => line === 1)
      ?.places.map((at) => source.slice(0, at)),
  ).toEqual(['const aMs = 5;\nexport const bMs = 6;\nexport const both = () => [']);
});

test('a flag of a write is dropped, in a module as in a script', () => {
  const module =
    "await redis.set(key, '1', 'EX', 60, 'NX');\nawait redis.zadd(index, 'XX', 1, 'a');\nconst code = 'NX';\n";
  const breaks = typescriptMutants('a.ts', module);
  expect(changesIn(breaks, /^dropped/)).toEqual(["1 dropped:, 'NX'", "2 dropped:, 'XX'"]);
  expect(brokenBy(breaks, "dropped:, 'XX'")).toBe(module.replace(", 'XX'", ''));

  const script = `if redis.call('SET', KEYS[1], ARGV[1], 'XX', 'KEEPTTL') then
  redis.call('PEXPIRE', KEYS[1], ARGV[2], 'GT')
  redis.call('HSETNX', KEYS[2], 'a', 1)
end`;
  const broken = luaMutants('a.lua', script);
  expect(changesIn(broken, /^(?:dropped|HSETNX)/)).toEqual([
    "1 dropped:, 'XX'",
    "1 dropped:, 'KEEPTTL'",
    "2 dropped:, 'GT'",
    '3 HSETNX → HSET',
  ]);
  expect(brokenBy(broken, "dropped:, 'KEEPTTL'")).toBe(script.replace(", 'KEEPTTL'", ''));
});

test('a command of a script is dropped with all of its lines, and no other with it', () => {
  const before = "local user_id = ARGV[1]\n  redis.call('HSET', KEYS[1], 'a', 1,\n";
  const script = `${before}    'b', f(user_id),
    'c', 3) -- the last line
  redis.call('PEXPIRE', KEYS[1], 5)
local found = redis.call('HMGET', KEYS[1], 'a',
  'b')
return { found }`;
  const breaks = luaMutants('a.lua', script);
  expect(changesIn(breaks, /^command/)).toEqual(['2 command dropped', '5 command dropped']);
  expect(breaks.map(({ name }) => name)).toContain(
    "a.lua | redis.call('HSET', KEYS[1], 'a', 1, | command dropped",
  );
  expect(brokenBy(breaks, 'command dropped')).toBe(
    `local user_id = ARGV[1]\n -- the last line\n${script.slice(script.indexOf("  redis.call('PEXPIRE'"))}`,
  );
});

test('each area has files to break, and each of the tests that it names is there', () => {
  const isThere = (pattern: string) => globSync(pattern, { cwd: root }).length > 0;
  const named = areas.flatMap(({ files, tests }) => files.concat(tests));
  expect(named.length).toBeGreaterThan(300);
  expect(named.filter((pattern) => !isThere(pattern))).toEqual([]);
});
