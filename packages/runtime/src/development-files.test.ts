import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepDevelopmentFile, keepDevelopmentSecret } from './development-files.ts';
import { ConfigError } from './env.ts';

let parent: string;
beforeEach(() => (parent = mkdtempSync(join(tmpdir(), 'ravi-files-'))));
afterEach(() => rmSync(parent, { recursive: true, force: true }));

test('processes that start together agree, whoever finishes first, and leave nothing else behind', () => {
  const directory = join(parent, 'made', 'anew');
  const keep = (make: () => string) => keepDevelopmentFile(directory, 'secret', make);
  let second = '';
  // The second finds no file either and is done while the first still makes its own.
  const first = keep(() => {
    second = keep(() => 'made by the second');
    return 'made by the first';
  });
  const third = keep(() => 'made by the third');
  expect([first, second, third]).toEqual(Array.from({ length: 3 }, () => 'made by the second'));
  expect(readdirSync(directory)).toEqual(['secret']);
  expect(readFileSync(join(directory, 'secret'), 'utf8')).toBe('made by the second');
  expect(statSync(join(directory, 'secret')).mode & 0o777).toBe(0o600);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

test('the secret of development is drawn once for each folder', () => {
  const secretIn = (name: string) => keepDevelopmentSecret(join(parent, name)).reveal();
  const first = secretIn('a');
  expect(Buffer.from(first, 'base64')).toHaveLength(48);
  expect(secretIn('a')).toBe(first);
  expect(secretIn('b')).not.toBe(first);
});

test('a folder that cannot be used is named, with what to do', () => {
  const file = join(parent, 'file');
  writeFileSync(file, '');
  const advice =
    /^"[^"]*file" cannot be used \(E\w+: .*\); set it to a folder that this user may read and write, or/;
  expect(() => keepDevelopmentFile(file, 'first.pem', () => 'key')).toThrow(advice);
  const keep = () => keepDevelopmentSecret(file);
  expect(keep).toThrow(ConfigError);
  expect(keep).toThrow(`  - DATA_DIR: "${file}" cannot be used (`);
});
