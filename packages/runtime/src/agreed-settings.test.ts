import { agreedSettings } from './agreed-settings.ts';
import { lifetimeSettings } from './credential-lifetime-settings.ts';
import { Secret } from './secret.ts';
import { deriveServiceKeys, secretFingerprints } from './service-keys.ts';
import { parseSettings } from './settings.ts';

const publicUrl = 'https://login.example.com';
const keys = deriveServiceKeys(new Secret('a'.repeat(40)), new Secret('b'.repeat(40)));
const lifetimes = parseSettings({ ACCESS_TOKEN_TTL_SECONDS: '600' }, lifetimeSettings);

test('processes compare SECRET by fingerprints, PUBLIC_URL and all lifetimes, and nothing else', () => {
  const values = { ...lifetimes, PORT: 3000, SECRET: 'no' };
  expect(agreedSettings({ values, publicUrl, keys, mayDiffer: [] })).toEqual({
    SECRET: secretFingerprints(keys),
    PUBLIC_URL: [publicUrl],
    ACCESS_TOKEN_TTL_SECONDS: ['600'],
    REFRESH_TOKEN_IDLE_SECONDS: ['2592000'],
    REFRESH_TOKEN_MAX_SECONDS: ['0'],
    API_KEY_DEFAULT_TTL_SECONDS: ['0'],
    API_KEY_MAX_TTL_SECONDS: ['0'],
    PROGRAM_IDLE_DAYS: ['365'],
  });
});

test('number matching is compared where it is a setting, and what may differ is not', () => {
  const values = { ...lifetimes, NUMBER_MATCHING: 'always' };
  const agreed = (...mayDiffer: readonly string[]) => agreedSettings({ values, publicUrl, keys, mayDiffer });
  expect(agreed()).toHaveProperty('NUMBER_MATCHING', ['always']);
  const { PUBLIC_URL: _url, NUMBER_MATCHING: _matching, ...others } = agreed();
  expect(agreed('PUBLIC_URL', 'NUMBER_MATCHING')).toEqual(others);
});
