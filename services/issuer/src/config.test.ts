import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from './config.ts';

const directory = mkdtempSync(`${tmpdir()}/ravi-issuer-config-`);

test('production refuses to start without its secrets, and names all that is missing at once', () => {
  expect(() => parseConfig({ NODE_ENV: 'production' })).toThrow(
    /SECRET: [\s\S]*PUBLIC_URL: [\s\S]*SIGNING_KEY_FILES: .*openssl/,
  );
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
  const kid = () => parseConfig({ DATA_DIR: directory }).keyRing.active.kid;
  expect(kid()).toBe(kid());
});
