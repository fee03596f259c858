import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { parseConfig } from '../config.ts';

const production = {
  NODE_ENV: 'production',
  SECRET: randomBytes(48).toString('base64'),
  PUBLIC_URL: 'https://login.example.com',
  IDENTITY_EMAIL_DOMAIN: 'agents.example.com',
};
const corp = {
  OIDC_PROVIDERS: 'corp',
  OIDC_CORP_ISSUER: 'https://id.example.com/realms/corp',
  OIDC_CORP_CLIENT_ID: 'ravi',
  OIDC_CORP_CLIENT_SECRET: 'very-secret-text',
};

test('a provider needs issuer, client id and secret, and each that is missing is named at once', () => {
  expect(() => parseConfig({ ...production, OIDC_PROVIDERS: 'corp, Bad!' })).toThrow(
    /OIDC_CORP_ISSUER: [\s\S]*OIDC_CORP_CLIENT_ID: [\s\S]*OIDC_CORP_CLIENT_SECRET: [\s\S]*OIDC_PROVIDERS: must list ids/,
  );
});

test('a complete provider is taken, and its button is named after it', () => {
  const [provider] = parseConfig({ ...production, ...corp, OIDC_CORP_LABEL: '' }).oidcProviders;
  expect(provider).toMatchObject({
    id: 'corp',
    label: 'id.example.com',
    clientId: 'ravi',
    mark: null,
    trustsEmail: false,
    trustsReauthentication: false,
  });
  expect(provider?.issuer.href).toBe('https://id.example.com/realms/corp');
  expect(provider?.clientSecret.reveal()).toBe('very-secret-text');
});

test('a mark is read from its file, which is refused with a sentence where it is no image', () => {
  const mark = 'test/support/example-brand/provider.svg';
  const [provider] = parseConfig({ ...production, ...corp, OIDC_CORP_MARK_FILE: mark }).oidcProviders;
  expect(provider?.mark?.fileName).toMatch(/^provider-corp-[0-9a-f]{16}\.svg$/);
  expect(() => parseConfig({ ...production, ...corp, OIDC_CORP_MARK_FILE: 'package.json' })).toThrow(
    'OIDC_CORP_MARK_FILE: must be a PNG or SVG file; package.json is none',
  );
});

test.each([
  ['OIDC_CORP_ISSUER', 'http://id.example.com'],
  ['OIDC_CORP_ISSUER', 'id.example.com'],
  ['OIDC_CORP_ISSUER', 'ftp://localhost'],
  ['OIDC_CORP_TRUST_EMAIL', 'yes'],
  ['OIDC_CORP_TRUST_REAUTHENTICATION', 'yes'],
  ['OIDC_CORP_LABEL', 'x'.repeat(41)],
])('a bad %s is named', (name, value) => {
  expect(() => parseConfig({ ...production, ...corp, [name]: value })).toThrow(name);
});

test('a provider of this machine needs no TLS', () => {
  const issuer = 'http://127.0.0.1:9000/';
  const { oidcProviders } = parseConfig({ ...production, ...corp, OIDC_CORP_ISSUER: issuer });
  expect(oidcProviders.map((provider) => provider.issuer.href)).toEqual([issuer]);
});

test('it does not start where nobody could sign in', () => {
  expect(() => parseConfig({ ...production, EMBEDDED_ACCOUNTS: 'off' })).toThrow('nobody could sign in');
  expect(parseConfig({ ...production, ...corp, EMBEDDED_ACCOUNTS: 'off' }).embeddedAccounts).toBe(false);
});

test('a printed configuration holds no client secret', () => {
  expect(inspect(parseConfig({ ...production, ...corp }), { depth: 9 })).not.toContain('very-secret-text');
});
