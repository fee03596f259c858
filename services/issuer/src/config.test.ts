import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { generateSigningKey, readSigningKeys } from '@ravi/credentials/signing';
import { ConfigError } from '@ravi/runtime';
import { parseConfig } from './config.ts';
import { readKeySources } from './signing-keys/key-sources.ts';

const directory = mkdtempSync(`${tmpdir()}/ravi-issuer-config-`);

test('production refuses to start without its secrets, and names all that is missing at once', () => {
  expect(() => parseConfig({ NODE_ENV: 'production' })).toThrow(
    /SECRET: [\s\S]*PUBLIC_URL: [\s\S]*SIGNING_KEY_DIR: .*or SIGNING_KEY_FILES or SIGNING_KEYS; .*keys -- add/,
  );
});

test('a port that the system chooses for the api leaves PUBLIC_URL to be told', () => {
  expect(() => parseConfig({ PORT: '0' })).toThrow('PUBLIC_URL: must be set if PORT is 0');
});

test('production makes no tokens of an origin that is reached in plain text', () => {
  const production = { NODE_ENV: 'production', SECRET: randomBytes(48).toString('base64') };
  const env = { ...production, SIGNING_KEYS: generateSigningKey() };
  expect(() => parseConfig({ ...env, PUBLIC_URL: 'http://login.example.com' })).toThrow(
    'PUBLIC_URL: must start with https:// in production, unless it names this machine',
  );
  for (const PUBLIC_URL of ['https://login.example.com', 'http://127.0.0.1:8080', 'http://[::1]'])
    expect(parseConfig({ ...env, PUBLIC_URL })).toMatchObject({ production: true, publicUrl: PUBLIC_URL });
  expect(parseConfig({ DATA_DIR: directory, PUBLIC_URL: 'http://login.example.com' }).production).toBe(false);
});

test('whatever is wrong is told at once', () => {
  const refusal = () =>
    parseConfig({
      ISSUER_CONCURRENCY: 'many',
      REDIS_SENTINELS: 'nowhere',
      SIGNING_KEY_FILES: '/nowhere.pem',
      WEBHOOK_URL: 'https://hooks.example.com',
      WEBHOOK_EVENTS: 'aproved',
      WEBHOOK_EVENT: 'approved',
      SMTP_URL: 'smtp://mail.example.com',
      TEXTS_FILE: '/nowhere.json',
    });
  for (const variable of [
    'TEXTS_FILE',
    'ISSUER_CONCURRENCY',
    'REDIS_SENTINELS',
    'SIGNING_KEY_FILES',
    'WEBHOOK_SECRET',
    'WEBHOOK_EVENTS',
    'WEBHOOK_EVENT',
    'MAIL_FROM',
  ]) {
    expect(refusal).toThrow(`${variable}: `);
  }
});

const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
const encrypted = {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { ...pkcs8, cipher: 'aes-256-cbc', passphrase: 'hunter2' },
} as const;
const pemOf = (label: string, content: string) =>
  `-----BEGIN ${label}-----\n${content}\n-----END ${label}-----\n`;

const webhook = {
  DATA_DIR: directory,
  WEBHOOK_URL: 'https://hooks.example.com',
  WEBHOOK_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
};

test.each([
  ['SECRET', 'x'.repeat(31), 'at least 32 bytes'],
  ['SECRET_PREVIOUS', 'short', 'at least 32 bytes'],
  ['SECRET_NEXT', 'a'.repeat(64), 'placeholder'],
  ['WEBHOOK_SECRET', 'short', 'whsec_'],
  ['WEBHOOK_SECRET', `whsec_${randomBytes(23).toString('base64')}`, 'whsec_'],
  ['WEBHOOK_SECRET', `whsec_${randomBytes(65).toString('base64')}`, '24 to 64 bytes in base64'],
  ['WEBHOOK_SECRET', `whsec_${'A'.repeat(33)}`, '24 to 64 bytes in base64'],
  ['WEBHOOK_SECRET', `${webhook.WEBHOOK_SECRET},short`, 'whsec_'],
])('a weak %s is refused with a sentence that says what to set (%#)', (name, value, reason) => {
  const problem = () => parseConfig({ ...webhook, NODE_ENV: 'production', [name]: value });
  expect(problem).toThrow(new RegExp(`${name}: [^\\n]*${reason}`));
  expect(problem).not.toThrow(value);
});

test('a webhook has one secret of 24 to 64 bytes, or the new one and the old one', () => {
  const secrets = (WEBHOOK_SECRET: string) =>
    parseConfig({ ...webhook, WEBHOOK_SECRET }).deliveries.webhook?.secrets.map((secret) => secret.reveal());
  const [short, long] = [24, 64].map((bytes) => `whsec_${randomBytes(bytes).toString('base64')}`);
  const unpadded = webhook.WEBHOOK_SECRET.replace(/=+$/, '');
  for (const one of [`${short}`, `${long}`, unpadded]) expect(secrets(one)).toEqual([one]);
  expect(secrets(`${long}, ${short}`)).toEqual([long, short]);
});

const webhookAt = (WEBHOOK_URL: string) => parseConfig({ ...webhook, WEBHOOK_URL }).deliveries.webhook?.url;

test.each(['https://hooks.example.com/ravi?for=us', 'http://127.0.0.1:9000'])(
  'WEBHOOK_URL=%s is taken as it is',
  (url) => {
    expect(webhookAt(url)).toBe(url);
  },
);

test.each([
  'ftp://hooks.example.com',
  'hooks.example.com',
  'https://user@hooks.example.com',
  'https://:hunter2@hooks.example.com',
])('WEBHOOK_URL=%s is refused', (url) => {
  expect(() => webhookAt(url)).toThrow('WEBHOOK_URL: must be an http(s) URL without user and password');
});

test('events are posted only where they are noted', () => {
  expect(() => parseConfig({ ...webhook, AUDIT: 'off' })).toThrow('AUDIT: must be "on" with WEBHOOK_URL');
  expect(parseConfig({ DATA_DIR: directory, AUDIT: 'off' }).deliveries.webhook).toBeNull();
});

const senderOf = (MAIL_FROM: string) => {
  const mail = { SMTP_URL: 'smtp://mail.example.com', MAIL_FROM };
  return parseConfig({ DATA_DIR: directory, ...mail }).deliveries.mail?.from;
};
const address = 'login@example.com';

test.each([
  [address, ''],
  [`<${address}>`, ''],
  [`Ravi <${address}>`, 'Ravi'],
  [`Ravi ${address}`, 'Ravi'],
  [`Nordhang, Inc. <${address}>`, 'Nordhang, Inc.'],
  [`"Nordhang, Inc." <${address}>`, 'Nordhang, Inc.'],
  [`"The \\"Ravi\\" team" <${address}>`, 'The "Ravi" team'],
  [`Log-in: Ravi; "us" (Müller) <${address}>`, 'Log-in: Ravi; "us" (Müller)'],
  [`Ravi@Home <${address}>`, 'Ravi@Home'],
])('MAIL_FROM=%s is one sender, by the whole name', (MAIL_FROM, name) => {
  expect(senderOf(MAIL_FROM)).toEqual({ name, address });
});

test.each([
  'Ravi',
  'Ravi <login>',
  `<${address}`,
  `${address}>`,
  `${address}, other@example.com`,
  `${address};other@example.com`,
  `Ravi <${address}> <other@example.com>`,
  `Ravi <${address}>\nBcc: other@example.com`,
  `Ravi\r <${address}>`,
])('MAIL_FROM=%j is no sender', (MAIL_FROM) => {
  expect(() => senderOf(MAIL_FROM)).toThrow('MAIL_FROM: must be like: Ravi <login@example.com>');
});

test('a webhook takes the events that it names, and all of them where it names none', () => {
  const events = (WEBHOOK_EVENTS: string) =>
    parseConfig({ ...webhook, WEBHOOK_EVENTS }).deliveries.webhook?.events;
  expect(events('approved, reuse_detected')).toEqual(new Set(['approved', 'reuse_detected']));
  expect(events('')).toBeNull();
});

test.each([
  ['aproved', '"aproved" is not an event of the audit log; did you mean "approved"?'],
  [
    'approved,reuse-detected',
    '"reuse-detected" is not an event of the audit log; did you mean "reuse_detected"?',
  ],
  ['everything', '"everything" is not an event of the audit log; the events are started, approved, '],
  ['constructor', '"constructor" is not an event'],
  [',', 'must have at least one entry'],
])('WEBHOOK_EVENTS=%s is refused with a sentence that helps', (WEBHOOK_EVENTS, sentence) => {
  expect(() => parseConfig({ ...webhook, WEBHOOK_EVENTS })).toThrow(`WEBHOOK_EVENTS: ${sentence}`);
});

test('a printed configuration holds no secret', () => {
  const secrets = {
    SECRET: randomBytes(48).toString('base64'),
    SIGNING_KEYS: generateSigningKey(),
    WEBHOOK_SECRET: webhook.WEBHOOK_SECRET,
    SMTP_URL: 'smtps://user:hunter2@mail.example.com',
  };
  const env = { ...webhook, ...secrets, MAIL_FROM: 'login@example.com' };
  const printed = inspect(parseConfig(env), { depth: 9 });
  for (const secret of [...Object.values(secrets), 'hunter2', secrets.SIGNING_KEYS.split('\n')[1]]) {
    expect(printed).not.toContain(secret);
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

test.each([
  ['hunter2', 'there is no private key in PKCS#8 PEM'],
  [pemOf('PRIVATE KEY', 'hunter2'), 'the private key is no EC P-256 key in PKCS#8 PEM'],
  [
    generateKeyPairSync('ec', encrypted).privateKey,
    'the private key is encrypted: a signing key has no passphrase',
  ],
  [
    generateKeyPairSync('ec', { ...encrypted, namedCurve: 'P-384', privateKeyEncoding: pkcs8 }).privateKey,
    'the private key is no EC P-256 key in PKCS#8 PEM',
  ],
])('SIGNING_KEYS that hold none are refused with a sentence that says what one is (%#)', (text, sentence) => {
  const problem = () => parseConfig({ DATA_DIR: directory, SIGNING_KEYS: text });
  expect(problem).toThrow(`SIGNING_KEYS: ${sentence}`);
  expect(problem).not.toThrow('hunter2');
});

test('each source of signing keys that is not usable is named, whichever others are set', () => {
  const SIGNING_KEY_DIR = mkdtempSync(join(directory, 'good-'));
  writeFileSync(join(SIGNING_KEY_DIR, 'good.pem'), generateSigningKey());
  const lines = generateSigningKey().split('\n');
  const SIGNING_KEYS = [...generateSigningKey().split('\n'), ...lines.toSpliced(1, 1)].join('\\n');
  const env = { DATA_DIR: directory, SIGNING_KEY_DIR };
  expect(() => parseConfig({ ...env, SIGNING_KEY_FILES: '/nowhere.pem', SIGNING_KEYS })).toThrow(
    new ConfigError([
      'SIGNING_KEY_FILES: /nowhere.pem cannot be read',
      'SIGNING_KEYS: private key 2 of 2 is no EC P-256 key in PKCS#8 PEM',
    ]),
  );
});

test('a DATA_DIR that is no folder is told once; no key is made while another setting is wrong', () => {
  const DATA_DIR = join(directory, 'a-file');
  writeFileSync(DATA_DIR, '');
  expect(() => parseConfig({ DATA_DIR })).toThrow(/^[^\n]*\n {2}- DATA_DIR: "[^\n]* cannot be used [^\n]*$/);
  const fresh = mkdtempSync(join(directory, 'fresh-'));
  expect(() => parseConfig({ DATA_DIR: fresh, PORT: '0' })).toThrow(/^[^\n]*\n {2}- PUBLIC_URL: [^\n]*$/);
  expect(readdirSync(fresh)).toEqual([]);
});

test('development makes its own signing key, where there is none, and keeps it', () => {
  const DATA_DIR = mkdtempSync(join(directory, 'own-'));
  mkdirSync(join(DATA_DIR, 'signing-keys'));
  const kids = () => readKeySources(parseConfig({ DATA_DIR }).keySources).keys.map(({ kid }) => kid);
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
  expect(readKeySources(keySources).keys.map(({ kid }) => kid)).toEqual(expected);
});

test('a directory without a key is refused, with what to do', () => {
  const SIGNING_KEY_DIR = mkdtempSync(join(directory, 'empty-'));
  expect(() => parseConfig({ DATA_DIR: directory, SIGNING_KEY_DIR })).toThrow(
    /SIGNING_KEY_DIR: there is no signing key .*npm run keys -- add/,
  );
});

test('each setting is read as what it says, and no other in its place', () => {
  const config = parseConfig({
    DATA_DIR: directory,
    ADMIN_PORT: '3102',
    ADMIN_BIND_ADDRESS: '127.0.0.2',
    READY_FILE: '/run/ravi.json',
    PUBLIC_URL: 'https://login.example.com',
    ISSUER_CONCURRENCY: '9',
    ISSUANCE_QUEUES: '3',
    SHUTDOWN_SECONDS: '22',
    REFRESH_GRACE_SECONDS: '33',
    AUDIT: 'off',
    AUDIT_MAX_EVENTS: '4002',
    AUDIT_MAX_PER_ACCOUNT: '502',
    LOG_LEVEL: 'warn',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
    OTEL_TRACES_SAMPLER_ARG: '0.25',
    PROGRAM_IDLE_DAYS: '11',
    SMTP_URL: 'smtp://mail.example.com',
    MAIL_FROM: 'Ravi <login@example.com>',
    BRAND_NAME: 'Nordhang',
    SUPPORT_URL: 'mailto:help@example.com',
    IMPRINT_URL: 'https://example.com/imprint',
  });
  expect(config).toMatchObject({
    production: false,
    adminPort: 3102,
    adminBindAddress: '127.0.0.2',
    readyFile: '/run/ravi.json',
    publicUrl: 'https://login.example.com',
    concurrency: 9,
    queues: 3,
    shutdownSeconds: 22,
    refreshGraceSeconds: 33,
    audit: false,
    auditMaxEvents: 4002,
    auditMaxPerAccount: 502,
    logLevel: 'warn',
    traces: { endpoint: 'http://collector:4318', ratio: 0.25 },
    lifetimes: { programIdleMs: 11 * 86_400_000 },
    deliveries: {
      webhook: null,
      mail: { footer: '\n-- \nNordhang\nhelp@example.com\nhttps://example.com/imprint\n' },
    },
  });
  expect(config.deliveries.mail?.url.reveal()).toBe('smtp://mail.example.com');
  expect(parseConfig({ DATA_DIR: directory, PORT: '3100' })).toMatchObject({
    publicUrl: 'http://localhost:3100',
    adminPort: 3002,
    adminBindAddress: null,
    readyFile: null,
    deliveries: { webhook: null, mail: null },
  });
});

test('a setting that may differ for a while is not compared with other processes, and all others are', () => {
  const agreedOn = (SETTINGS_MAY_DIFFER: string) => {
    const lifetimes = { PUBLIC_URL: 'https://login.example.com', ACCESS_TOKEN_TTL_SECONDS: '600' };
    return parseConfig({ DATA_DIR: directory, ...lifetimes, SETTINGS_MAY_DIFFER }).agreed;
  };
  const { PUBLIC_URL, ACCESS_TOKEN_TTL_SECONDS, ...others } = agreedOn('');
  expect([PUBLIC_URL, ACCESS_TOKEN_TTL_SECONDS]).toEqual([['https://login.example.com'], ['600']]);
  expect(agreedOn('PUBLIC_URL, ACCESS_TOKEN_TTL_SECONDS')).toEqual(others);
});

test('a development key is made only where nothing else is wrong', () => {
  const DATA_DIR = mkdtempSync(join(directory, 'new-'));
  expect(() => parseConfig({ DATA_DIR, ISSUER_CONCURRENCY: '0' })).toThrow('ISSUER_CONCURRENCY');
  expect(readdirSync(DATA_DIR)).toEqual([]);
  parseConfig({ DATA_DIR });
  expect(readdirSync(join(DATA_DIR, 'signing-keys'))).toEqual(['first.pem']);
});
