import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { inspect } from 'node:util';
import { parseConfig } from './config.ts';

const production = {
  NODE_ENV: 'production',
  SECRET: randomBytes(48).toString('base64'),
  PUBLIC_URL: 'https://login.example.com',
  IDENTITY_EMAIL_DOMAIN: 'agents.example.com',
};

test('production refuses to start without its secrets, and names all that is missing at once', () => {
  expect(() => parseConfig({ NODE_ENV: 'production' })).toThrow(
    /SECRET: .*openssl[\s\S]*PUBLIC_URL: [\s\S]*IDENTITY_EMAIL_DOMAIN: /,
  );
});

test.each([
  ['short', 'at least 32 bytes'],
  ['a'.repeat(64), 'placeholder'],
  ['please-change-me-please-change-me-0123456789', 'placeholder'],
])('a weak SECRET is refused (%#)', (SECRET, reason) => {
  expect(() => parseConfig({ ...production, SECRET })).toThrow(reason);
});

test('production does not serve people over plain http', () => {
  expect(() => parseConfig({ ...production, PUBLIC_URL: 'http://login.example.com' })).toThrow('https://');
  expect(parseConfig({ ...production, PUBLIC_URL: 'http://localhost:8080' }).publicUrl).toBe(
    'http://localhost:8080',
  );
});

test.each([
  ['PORT', '70000'],
  ['PORT', 'http'],
  ['LONG_POLL_MAX_SECONDS', '0'],
  ['RATE_LIMITS', 'maybe'],
  ['PUBLIC_URL', 'https://login.example.com/path'],
  ['REDIS_URL', 'localhost:6379'],
  ['IDENTITY_EMAIL_DOMAIN', 'not a domain'],
  ['TRUSTED_PROXY_HOPS', '-1'],
  ['LOG_LEVEL', 'loud'],
])('a bad %s is named', (name, value) => {
  expect(() => parseConfig({ ...production, [name]: value })).toThrow(name);
});

test('an empty variable counts as absent, so that a template may leave it blank', () => {
  expect(parseConfig({ ...production, PORT: '', REDIS_SENTINELS: '' }).port).toBe(3000);
});

test('development makes its own secret and keeps it', () => {
  const DATA_DIR = mkdtempSync(`${tmpdir()}/ravi-config-`);
  const first = parseConfig({ DATA_DIR });
  const second = parseConfig({ DATA_DIR });
  expect(first.keys.current['device-code'].equals(second.keys.current['device-code'])).toBe(true);
  expect(first.publicUrl).toBe('http://localhost:3000');
});

test('a printed configuration holds no secret', () => {
  expect(inspect(parseConfig(production), { depth: 9 })).not.toContain(production.SECRET);
});

test('OAuth 2.0 clients: any in development, none in production until it says which', () => {
  expect(parseConfig({ DATA_DIR: mkdtempSync(`${tmpdir()}/ravi-`) }).oauthClients).toBe('any');
  expect(parseConfig(production).oauthClients).toEqual([]);
  const OAUTH_CLIENTS = '[{"client_id": "notes", "client_name": "Notes"}]';
  expect(parseConfig({ ...production, OAUTH_CLIENTS }).oauthClients).toEqual([
    { id: 'notes', name: 'Notes', scopes: ['account', 'identity'], dpop: 'optional' },
  ]);
});

test.each([
  ['OAUTH_CLIENTS', '/nowhere.json', 'no readable JSON file'],
  ['OAUTH_CLIENTS', '[', 'is no JSON'],
  ['OAUTH_CLIENTS', '[{"client_id": "notes"}]', '0.client_name'],
  ['OAUTH_CLIENTS', '[{"client_id": "ravi-device", "client_name": "x"}]', 'ravi-device'],
  ['OAUTH_CLIENTS', '[{"client_id": "a", "client_name": "x", "secret": "y"}]', 'secret'],
  ['RESOURCE_SERVERS', '[{"id": "notes", "secret": "short"}]', 'RESOURCE_SERVERS'],
  ['RESOURCE_SERVERS', `[{"id": "notes", "secret": "${'a'.repeat(64)}"}]`, 'RESOURCE_SERVERS'],
])('%s that is not usable is refused in production (%#)', (variable, value, reason) => {
  expect(() => parseConfig({ ...production, [variable]: value })).toThrow(reason);
});

test('a secret of a resource server is kept as a hash alone', () => {
  const secret = randomBytes(48).toString('base64');
  const config = parseConfig({ ...production, RESOURCE_SERVERS: JSON.stringify([{ id: 'notes', secret }]) });
  expect(config.resourceServers).toHaveLength(1);
  expect(inspect(config, { depth: 5 })).not.toContain(secret);
});
