import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { inspect } from 'node:util';
import { parseConfig } from './config.ts';
import { parseProviders } from './people/provider-config.ts';
import { providerSettings } from './settings.ts';

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
  [randomBytes(48).toString('base64').slice(0, 31), 'at least 32 bytes'],
  ['a'.repeat(64), 'placeholder'],
  ['please-change-me-please-change-me-0123456789', 'placeholder'],
])('a weak SECRET is refused, and so is one that was or will be (%#)', (secret, reason) => {
  for (const name of ['SECRET', 'SECRET_PREVIOUS', 'SECRET_NEXT']) {
    expect(() => parseConfig({ ...production, [name]: secret })).toThrow(`${name}: `);
    expect(() => parseConfig({ ...production, [name]: secret })).toThrow(reason);
  }
});

/** @shows RFC 9700 §2.6(2) */
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
  ['NODE_ENV', 'prod'],
  ['NUMBER_MATCHING', 'allways'],
  ['OIDC_PROVIDERS', ','],
  ['IDENTITY_EMAIL_DOMAIN', ' , '],
  ['START_NETWORKS', ','],
])('a bad %s is named', (name, value) => {
  expect(() => parseConfig({ ...production, [name]: value })).toThrow(name);
});

test('a port that the system chooses leaves PUBLIC_URL to be told', () => {
  expect(() => parseConfig({ PORT: '0' })).toThrow('PUBLIC_URL: must be set if PORT is 0');
  expect(parseConfig({ ...production, PORT: '0' }).port).toBe(0);
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
  const secrets = { SECRET: production.SECRET, SECRET_PREVIOUS: randomBytes(48).toString('base64') };
  const printed = inspect(parseConfig({ ...production, ...secrets }), { depth: 9 });
  for (const secret of Object.values(secrets)) expect(printed).not.toContain(secret);
});

test('a misspelt setting of a provider is refused; one of a provider that is not listed is left alone', () => {
  const corp = {
    OIDC_PROVIDERS: 'corp',
    OIDC_CORP_ISSUER: 'https://id.example.com',
    OIDC_CORP_CLIENT_ID: 'ravi',
    OIDC_CORP_CLIENT_SECRET: 'x',
  };
  const problem = (env: Readonly<Record<string, string>>) => () =>
    parseConfig({ ...production, ...corp, ...env });
  expect(problem({ OIDC_CORP_LABLE: 'Corp' })).toThrow(
    'OIDC_CORP_LABLE: is not a setting; did you mean OIDC_CORP_LABEL?',
  );
  expect(problem({ OIDC_CORP_REDIRECT: 'x' })).toThrow(
    'those that start with OIDC_CORP_ are OIDC_CORP_ISSUER, ',
  );
  expect(problem({ OIDC_COPR_LABEL: 'Corp' })).toThrow('did you mean OIDC_CORP_LABEL?');
  expect(problem({ OIDC_CORPB_ISSUER: 'https://b.example.com', OIDC_CORPB_LABEL: 'B' })).not.toThrow();
});

test('the list of a provider’s settings names those that are read, and no others', () => {
  const read = new Set<string>();
  const env = new Proxy({}, { get: (_, name) => void read.add(String(name)) });
  parseProviders(env, ['corp']);
  expect([...read].toSorted()).toEqual(
    Object.keys(providerSettings)
      .map((name) => `OIDC_CORP_${name}`)
      .toSorted(),
  );
});

test('a secret in the wrong form is not told', () => {
  const RESOURCE_SERVERS = 'hunter2-hunter2-hunter2-hunter2';
  expect(() => parseConfig({ ...production, RESOURCE_SERVERS })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
  );
});

test('OAuth 2.0 clients: any in development, none in production until it says which', () => {
  expect(parseConfig({ DATA_DIR: mkdtempSync(`${tmpdir()}/ravi-`) }).registeredClients).toBe('any');
  expect(parseConfig(production).registeredClients).toEqual([]);
  const OAUTH_CLIENTS = '[{"client_id": "notes", "client_name": "Notes"}]';
  expect(parseConfig({ ...production, OAUTH_CLIENTS }).registeredClients).toEqual([
    { id: 'notes', name: 'Notes', scopes: ['account', 'identity'], dpop: 'optional' },
  ]);
});

test.each([
  ['OAUTH_CLIENTS', '/nowhere.json', '/nowhere.json is not readable as one'],
  ['OAUTH_CLIENTS', 'ayn', 'must be "any", JSON, or the name of a JSON file; it is none of these'],
  ['OAUTH_CLIENTS', '[', 'its JSON is not valid'],
  ['OAUTH_CLIENTS', '{"client_id": "notes"}', 'must be a list'],
  ['OAUTH_CLIENTS', '["notes"]', 'entry 1: must be an object'],
  ['OAUTH_CLIENTS', '[{"client_id": "notes"}]', 'entry 1: client_name is missing'],
  ['OAUTH_CLIENTS', '[{"client_id": "notes", "client_name": 7}]', 'entry 1: client_name must be a text'],
  ['OAUTH_CLIENTS', '[{"client_id": "notes", "client_name": ""}]', 'entry 1: client_name must not be empty'],
  [
    'OAUTH_CLIENTS',
    `[{"client_id": "notes", "client_name": "${'x'.repeat(65)}"}]`,
    'client_name must have at most 64',
  ],
  [
    'OAUTH_CLIENTS',
    '[{"client_id": "ravi-device", "client_name": "x"}]',
    'client_id must not be "ravi-device"',
  ],
  [
    'OAUTH_CLIENTS',
    '[{"client_id": "a", "client_name": "x"}, {"client_id": "b", "client_name": "x", "secret": "y"}]',
    'entry 2: has members that are not known here: secret',
  ],
  [
    'OAUTH_CLIENTS',
    '[{"client_id": "a", "client_name": "x", "dpop": "no"}]',
    'dpop must be "required" or "optional"',
  ],
  [
    'OAUTH_CLIENTS',
    '[{"client_id": "a", "client_name": "x", "scopes": ["notes:read"]}]',
    'scopes must name account or identity',
  ],
  [
    'RESOURCE_SERVERS',
    '[{"id": "notes", "secret": "short"}]',
    'entry 1: secret must be at least 32 bytes; make',
  ],
  ['RESOURCE_SERVERS', `[{"id": "notes", "secret": "${'a'.repeat(64)}"}]`, 'secret looks like a placeholder'],
  [
    'RESOURCE_SERVERS',
    '[{"id": "notes", "secret_sha256": "0000000000000000000000000000000000000000000000000000000000000000", "resource": "notes"}]',
    'entry 1: resource must',
  ],
  [
    'RESOURCE_SERVERS',
    '[{"id": "notes", "secret_sha256": "0000000000000000000000000000000000000000000000000000000000000000", "resource": "https://notes.example.com/#a"}]',
    'entry 1: resource must',
  ],
  [
    'RESOURCE_SERVERS',
    '[{"id": "notes", "secret_sha256": "0000000000000000000000000000000000000000000000000000000000000000", "resource": "https://notes.example.com/ b"}]',
    'entry 1: resource must',
  ],
  [
    'RESOURCE_SERVERS',
    '[{"id": "notes", "secret_sha256": "0000000000000000000000000000000000000000000000000000000000000000", "resource": ""}]',
    'entry 1: resource must',
  ],
  [
    'OAUTH_CLIENTS',
    '[{"client_id": "a", "client_name": "x"}, {"client_id": "a", "client_name": "y"}]',
    'has a client_id twice',
  ],
  [
    'RESOURCE_SERVERS',
    `[${`{"id": "notes", "secret_sha256": "${'0'.repeat(64)}"},`.repeat(2).slice(0, -1)}]`,
    'has an id twice',
  ],
  ['RESOURCE_SERVERS', '[{"id": "notes"}]', 'entry 1: must have either secret or secret_sha256'],
  ['RESOURCE_SERVERS', '[{"id": "notes", "secret_sha256": "ab"}]', 'secret_sha256 must be a SHA-256'],
])(
  '%s that is not usable is refused with a sentence that says what to do (%#)',
  (variable, value, reason) => {
    expect(() => parseConfig({ ...production, [variable]: value })).toThrow(`${variable}: `);
    expect(() => parseConfig({ ...production, [variable]: value })).toThrow(reason);
  },
);

test('whatever is wrong is told at once', () => {
  const refusal = () =>
    parseConfig({
      NODE_ENV: 'production',
      PORT: 'http',
      POLL_INTERVALL_SECONDS: '7',
      PUBLIC_URL: 'http://login.example.com',
      START_NETWORKS: '10.0.0.0/99',
      REDIS_CLUSTER_NODES: 'nowhere',
      OAUTH_CLIENTS: '[{"client_id": "a"}, {"client_name": "b"}]',
      TEXTS_FILE: '/nowhere.json',
      BRAND_LOGO_FILE: '/nowhere.png',
    });
  expect(refusal).toThrow(expect.objectContaining({ problems: expect.any(Array) }));
  for (const problem of [
    'PORT: must be a whole number',
    'POLL_INTERVALL_SECONDS: is not a setting; did you mean POLL_INTERVAL_SECONDS?',
    'SECRET: must be set',
    'IDENTITY_EMAIL_DOMAIN: must be set',
    'PUBLIC_URL: must start with https://',
    'START_NETWORKS: "10.0.0.0/99" is no network',
    'REDIS_CLUSTER_NODES: "nowhere" is not host:port',
    'OAUTH_CLIENTS: entry 1: client_name is missing',
    'OAUTH_CLIENTS: entry 2: client_id is missing',
    'TEXTS_FILE: must name a JSON file',
    'BRAND_LOGO_FILE: ',
  ]) {
    expect(refusal).toThrow(problem);
  }
});

test('the country is read from a header only where a trusted proxy is counted', () => {
  expect(() => parseConfig({ LOCATION_HEADER: 'CF-IPCountry' })).toThrow(
    /LOCATION_HEADER: needs TRUSTED_PROXY_HOPS/,
  );
  expect(() => parseConfig({ LOCATION_HEADER: 'a header', TRUSTED_PROXY_HOPS: '1' })).toThrow(
    /LOCATION_HEADER/,
  );
  const config = parseConfig({ LOCATION_HEADER: 'CF-IPCountry', TRUSTED_PROXY_HOPS: '1' });
  expect(config.locationHeader).toBe('cf-ipcountry');
});

test('descriptions of scopes are one text or one for each language, and anything else is refused', () => {
  const parse = (json: string) => parseConfig({ SCOPE_DESCRIPTIONS: json }).scopeDescriptions;
  expect(parse('{"notes:read": "Read", "mail": {"de": "Post", "pt-BR": "Correio", "fil": "Sulat"}}')).toEqual(
    {
      'notes:read': 'Read',
      mail: { de: 'Post', 'pt-BR': 'Correio', fil: 'Sulat' },
    },
  );
  const aText = 'must be a text, or one for each language such as {"en": "Read your notes"}';
  for (const [json, sentence] of [
    ['{"a b": "Read"}', 'a b must be a scope such as "notes:read"'],
    ['{"a": ""}', 'a must not be empty'],
    ['{"a": {"de": ""}}', 'a.de must not be empty'],
    ['{"a": {"german": "x"}}', `a ${aText}`],
    // No language in which times can be written: a TEXTS_FILE has none such, either.
    ['{"a": {"pt-BRA": "x"}}', `a ${aText}`],
    ['{"a": 7}', `a ${aText}`],
    ['[]', 'must be an object'],
    ['{', 'must be JSON, or the name of a JSON file; its JSON is not valid'],
  ] as const)
    expect(() => parse(json)).toThrow(`SCOPE_DESCRIPTIONS: ${sentence}`);
});

test('a secret of a resource server is kept as a hash alone', () => {
  const secret = randomBytes(48).toString('base64');
  const config = parseConfig({ ...production, RESOURCE_SERVERS: JSON.stringify([{ id: 'notes', secret }]) });
  expect(config.registeredResourceServers).toHaveLength(1);
  expect(inspect(config, { depth: 5 })).not.toContain(secret);
});
