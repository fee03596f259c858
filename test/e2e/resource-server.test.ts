import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createVerifier, type Verification } from '@ravi/verify';
import { eventually } from '../support/eventually.ts';
import { call, logIn } from '../support/logged-in.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { Person } from '../support/person.ts';
import { deployPublic, type PublicDeployment } from '../support/stack.ts';

const root = join(import.meta.dirname, '../..');
const registration = {
  clientId: 'notes: the api',
  clientSecret: 'a secret of + at least % thirty-two characters',
};

const mail = { clientId: 'mail', clientSecret: 'another secret of thirty-two or more characters' };
const mailResource = 'https://mail.example.com/api';

/** It is registered without a `resource`: a part of the operator's own API. */
const audience = 'ravi-api';

let deployment: PublicDeployment;
/** The authorization server, under the name that its tokens carry. */
let issuer: string;
let person: Person;

beforeAll(async () => {
  deployment = await deployPublic({
    RESOURCE_SERVERS: JSON.stringify([
      { id: registration.clientId, secret: registration.clientSecret },
      { id: mail.clientId, secret: mail.clientSecret, resource: mailResource },
    ]),
  });
  issuer = deployment.url;
  person = await Person.signUp(issuer);
});
afterAll(() => deployment?.stop());

const wordOf = (found: Verification) => (found.kind === 'refused' ? found.error : found.kind);

/** @shows ASVS V10.3.1, ASVS V10.3.3, RFC 9700 §2.3(1) */
test('a verifier that knows its issuer and its audience takes access tokens for it, and nothing else of a login', async () => {
  const login = await logIn(issuer, person);
  const verifier = createVerifier({ issuer, audience });
  expect(await verifier.verify(`Bearer ${login.access}`)).toMatchObject({
    kind: 'access',
    userId: person.user.id,
    scope: 'account',
  });
  for (const other of [login.refresh, login.management_key]) {
    expect(wordOf(await verifier.verify(`Bearer ${other}`))).toBe('invalid_token');
  }
});

test('a registered one takes API keys too, and notices within a second that a credential was ended', async () => {
  const login = await logIn(issuer, person);
  const identityKey = 'identity_key' in login ? login.identity_key : '';
  let now = Date.now();
  const verifier = createVerifier({
    issuer,
    audience,
    introspection: registration,
    introspectTokens: true,
    nowMs: () => now,
  });
  const check = (credential: string) => verifier.verify(`Bearer ${credential}`);
  const credentials = [login.access, login.management_key, identityKey];
  expect((await Promise.all(credentials.map(check))).map(wordOf)).toEqual([
    'access',
    'management',
    'identity',
  ]);
  expect(wordOf(await check(login.refresh))).toBe('invalid_token');
  expect(await check(identityKey)).toMatchObject({
    userId: person.user.id,
    identityUuid: 'identity' in login ? login.identity.uuid : '',
  });
  // The keys first: the token ends its login, and the login its keys.
  for (const credential of credentials.toReversed()) {
    expect((await call('POST', `${issuer}/api/auth/logout/`, credential)).status).toBe(204);
    now += 1_000;
    expect(wordOf(await check(credential))).toBe('invalid_token');
  }
});

test('a service with a resource takes the tokens that are for it, at once and introspected, and no others do', async () => {
  const client = new OAuthClient(issuer);
  const { access_token: token } = await client.logIn(person, undefined, mailResource);
  const { management_key: key, access } = await logIn(issuer, person);
  const its = createVerifier({
    issuer,
    audience: mailResource,
    introspection: mail,
    introspectTokens: true,
  });
  const others = [
    createVerifier({ issuer, audience }),
    createVerifier({ issuer, audience: 'https://mail.example.com' }),
    createVerifier({ issuer, audience, introspection: registration, introspectTokens: true }),
    // One that lies about itself is not told either.
    createVerifier({ issuer, audience: mailResource, introspection: registration, introspectTokens: true }),
  ];
  expect(await its.verifyToken(token)).toMatchObject({ kind: 'access', userId: person.user.id });
  for (const other of others) expect(wordOf(await other.verifyToken(token))).toBe('invalid_token');
  for (const foreign of [key, access]) expect(wordOf(await its.verifyToken(foreign))).toBe('invalid_token');
});

test('one that is registered wrongly lets nobody pass', async () => {
  const login = await logIn(issuer, person);
  const introspection = { ...registration, clientSecret: 'wrong' };
  const found = await createVerifier({ issuer, audience, introspection }).verifyToken(login.management_key);
  expect(found).toMatchObject({
    kind: 'unavailable',
    cause: expect.objectContaining({ message: expect.stringContaining('401') }),
  });
});

test('the example runs with one command: a program logs in, calls the service, and others are refused', async () => {
  const child = spawn(process.execPath, [join(root, 'examples/resource-server/main.ts')], {
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      DEVICE_AUTH_URL: issuer,
      EXAMPLE_PORT: '0',
      EXAMPLE_CLIENT_ID: registration.clientId,
      EXAMPLE_CLIENT_SECRET: registration.clientSecret,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  try {
    const printed = (pattern: RegExp) =>
      eventually(`the example prints ${pattern.source}`, () => pattern.exec(output)?.[1]);
    const code = await printed(/compare the code: (\S+)/);
    expect((await person.approve(issuer, code)).status).toBe(200);
    const note = { account: person.user.id, note: 'written by a program' };
    expect(JSON.parse(await printed(/access token: (.*)\n/))).toEqual({ ...note, presented: 'access' });
    expect(JSON.parse(await printed(/management key: (.*)\n/))).toEqual({ ...note, presented: 'management' });

    const url = await printed(/notes at (\S+)\./);
    const as = (credential: string, method = 'GET') =>
      fetch(url, { method, headers: { authorization: `Bearer ${credential}` } });
    expect((await fetch(url)).headers.get('www-authenticate')).toBe('Bearer realm="ravi"');
    expect((await as('nonsense')).headers.get('www-authenticate')).toContain('error="invalid_token"');
    const login = await logIn(issuer, person);
    const identityKey = 'identity_key' in login ? login.identity_key : '';
    expect((await as(identityKey)).status).toBe(200);
    expect((await as(identityKey, 'DELETE')).status).toBe(403);
    expect((await as(login.access, 'DELETE')).status).toBe(204);
  } finally {
    child.kill('SIGKILL');
  }
});
