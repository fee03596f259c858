import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSigningKey, readSigningKeys } from '@ravi/credentials/signing';
import { parseConfig } from './config.ts';
import { readKeySources } from './signing-keys/key-sources.ts';

const directory = mkdtempSync(`${tmpdir()}/ravi-issuer-config-`);

test('production refuses to start without its secrets, and names all that is missing at once', () => {
  expect(() => parseConfig({ NODE_ENV: 'production' })).toThrow(
    /SECRET: [\s\S]*PUBLIC_URL: [\s\S]*SIGNING_KEY_DIR: .*keys -- add/,
  );
});

test('a port that the system chooses for the api leaves PUBLIC_URL to be told', () => {
  expect(() => parseConfig({ PORT: '0' })).toThrow('PUBLIC_URL: must be set where PORT is 0');
});

test('whatever is wrong is told at once', () => {
  const refusal = () =>
    parseConfig({
      ISSUER_CONCURRENCY: 'many',
      REDIS_SENTINELS: 'nowhere',
      SIGNING_KEY_FILES: '/nowhere.pem',
      WEBHOOK_URL: 'https://hooks.example.com',
    });
  for (const variable of ['ISSUER_CONCURRENCY', 'REDIS_SENTINELS', 'SIGNING_KEY_FILES', 'WEBHOOK_SECRET']) {
    expect(refusal).toThrow(`${variable}: `);
  }
});

test('a key file that is missing or no key is named, never shown', () => {
  const file = join(directory, 'broken.pem');
  writeFileSync(file, 'not a key: hunter2');
  const base = { SECRET: randomBytes(48).toString('base64'), PUBLIC_URL: 'https://login.example.com' };
  const failure = (SIGNING_KEY_FILES: string) => {
    try {
      parseConfig({ ...base, NODE_ENV: 'production', SIGNING_KEY_FILES });
    } catch (error) {
      return String(error);
    }
    return '';
  };
  expect(failure(file)).toContain('SIGNING_KEY_FILES');
  expect(failure(file)).not.toContain('hunter2');
  expect(failure(join(directory, 'absent.pem'))).toContain('absent.pem');
});

test('development makes its own signing key and keeps it', () => {
  const kids = () => readKeySources(parseConfig({ DATA_DIR: directory }).keySources).map(({ kid }) => kid);
  expect(kids()).toHaveLength(1);
  expect(kids()).toEqual(kids());
});

test('signing keys come from a directory, files and the environment, all together; in each, several', () => {
  const keyDirectory = mkdtempSync(join(directory, 'keys-'));
  const pems = Array.from({ length: 5 }, generateSigningKey);
  const expected = readSigningKeys(pems).map(({ kid }) => kid);
  writeFileSync(join(keyDirectory, 'b.pem'), pems[2] ?? '');
  writeFileSync(join(keyDirectory, 'a.pem'), pems[1] ?? '');
  writeFileSync(join(keyDirectory, 'notes.txt'), 'no key');
  writeFileSync(join(directory, 'file.pem'), pems[0] ?? '');
  const { keySources } = parseConfig({
    DATA_DIR: directory,
    SIGNING_KEY_FILES: join(directory, 'file.pem'),
    SIGNING_KEY_DIR: keyDirectory,
    // On one line, as some platforms want it.
    SIGNING_KEYS: pems.slice(3).join('').replaceAll('\n', '\\n'),
  });
  expect(readKeySources(keySources).map(({ kid }) => kid)).toEqual(expected);
});

test('a directory without a key is refused, with what to do', () => {
  const SIGNING_KEY_DIR = mkdtempSync(join(directory, 'empty-'));
  expect(() => parseConfig({ DATA_DIR: directory, SIGNING_KEY_DIR })).toThrow(
    /SIGNING_KEY_DIR: there is no signing key .*npm run keys -- add/,
  );
});
