import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSigningKey, readSigningKeys } from '@ravi/credentials/signing';
import { Secret } from '@ravi/runtime';
import { type KeySources, readKeySources } from './key-sources.ts';

const directory = mkdtempSync(join(tmpdir(), 'ravi-key-sources-'));
afterAll(() => rmSync(directory, { recursive: true }));

const [one, two, damaged] = [generateSigningKey(), generateSigningKey(), damage(generateSigningKey())];
const kidOf = (pem: string) => readSigningKeys([pem])[0]?.kid;

/** A key whose text was cut short. */
function damage(pem: string): string {
  const [begin, body = '', ...rest] = pem.split('\n');
  return [begin, body.slice(5), ...rest].join('\n');
}

function file(name: string, text: string): string {
  const path = join(directory, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** What sources come to: the keys, by their names, and the problems. */
function read(sources: Partial<Omit<KeySources, 'text'>> & { readonly text?: string }) {
  const { keys, problems } = readKeySources({
    files: [],
    directory: null,
    directoryFrom: 'SIGNING_KEY_DIR',
    ...sources,
    text: sources.text === undefined ? null : new Secret(sources.text),
  });
  return { kids: keys.map(({ kid }) => kid), problems };
}

test('of a directory only what ends in .pem and is not hidden is a key: neither a draft of the key tool nor what Kubernetes keeps beside its files', () => {
  file('some/..data.pem', two);
  file('some/.draft.pem', damaged);
  file('some/one.pem', one);
  file('some/two.pem.bak', two);
  expect(read({ directory: join(directory, 'some') })).toEqual({ kids: [kidOf(one)], problems: [] });
});

test('a key that several sources have counts once', () => {
  const path = file('same/one.pem', one);
  const sources = { files: [path], directory: join(directory, 'same'), text: two + one };
  expect(read(sources)).toEqual({ kids: [kidOf(one), kidOf(two)], problems: [] });
});

test('each problem is told with the variable from which it comes, whichever others are set, and no word of a key', () => {
  const [broken, missing] = [file('broken.pem', 'no key: hunter2'), join(directory, 'missing.pem')];
  const several = file('several/a.pem', one + damaged + two);
  const other = file('several/b.pem', damaged);
  const { kids, problems } = read({
    files: [missing, broken, file('good.pem', one)],
    directory: join(directory, 'several'),
    text: one + damaged,
  });
  expect(problems).toEqual([
    `SIGNING_KEY_FILES: ${missing} cannot be read`,
    `SIGNING_KEY_FILES: in ${broken} there is no private key in PKCS#8 PEM`,
    `SIGNING_KEY_DIR: in ${several} private key 2 of 3 is no EC P-256 key in PKCS#8 PEM`,
    `SIGNING_KEY_DIR: in ${other} the private key is no EC P-256 key in PKCS#8 PEM`,
    'SIGNING_KEYS: private key 2 of 2 is no EC P-256 key in PKCS#8 PEM',
  ]);
  expect(kids).toEqual([kidOf(one)]);
});

test.each([
  ['of a setting', 'SIGNING_KEY_DIR'],
  ['of development', 'DATA_DIR'],
] as const)('a directory %s that cannot be read, or is empty, is told', (_, directoryFrom) => {
  const absent = join(directory, 'absent');
  expect(read({ directory: absent, directoryFrom })).toEqual({
    kids: [],
    problems: [`${directoryFrom}: ${absent} cannot be read`],
  });
  const empty = mkdtempSync(join(directory, 'empty-'));
  expect(read({ directory: empty, directoryFrom }).problems).toEqual([
    `${directoryFrom}: there is no signing key in ${empty}; make one with: npm run keys -- add`,
  ]);
  expect(read({ directory: empty, directoryFrom, text: one })).toEqual({ kids: [kidOf(one)], problems: [] });
});
