import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatApiKey } from '../../packages/verify/src/api-key-format.ts';
import { AuthorizationServer } from '../../packages/verify/src/testing/authorization-server.ts';
import { killChild } from '../support/child-process.ts';
import { DpopKey } from '../support/dpop-key.ts';
import { eventually } from '../support/eventually.ts';
import { callRaw, forgedAddress } from '../support/forged-address.ts';

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'packages/verify/README.md'), 'utf8');
const blocks = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);
const [plain = '', koa = '', keys = '', proofs = ''] = blocks;
const audience = 'https://notes.example.com';

/** Runs one of the tools of this repository; throws with what it printed. */
function tool(program: string, ...args: readonly string[]): void {
  const command = program === 'node' ? process.execPath : join(root, 'node_modules/.bin', program);
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: join(root, 'packages/verify'),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stdout + stderr);
}

beforeAll(() => tool('node', 'build.mjs'));

let server: AuthorizationServer;
let folder: string;
let started: ChildProcess[];
beforeEach(async () => {
  server = await AuthorizationServer.start();
  started = [];
  // A folder as a user of the package has it: the published files, the one dependency, and nothing else of ours.
  folder = mkdtempSync(join(tmpdir(), 'verify-readme-'));
  mkdirSync(join(folder, 'node_modules/@ravi'), { recursive: true });
  cpSync(join(root, 'packages/verify/dist'), join(folder, 'node_modules/@ravi/verify'), { recursive: true });
});
afterEach(async () => {
  await Promise.all(started.map(killChild));
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** Runs a program; gives what it has printed so far. */
function run(code: string): () => string {
  for (const name of ['jsonwebtoken', ...(code.includes("from 'koa'") ? ['koa'] : [])]) {
    const installed = join(folder, 'node_modules', name);
    if (!existsSync(installed)) symlinkSync(join(root, 'node_modules', name), installed);
  }
  const file = join(folder, `program-${started.length}.mts`);
  writeFileSync(file, code.replaceAll('https://login.example.com', server.issuer));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file], {
    env: { PATH: process.env['PATH'], NOTES_SECRET: 'a secret' },
  });
  started.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  return () => output;
}

/** Runs a service of the README on a port of its own; gives its address. */
async function serve(code: string): Promise<string> {
  const output = run(
    code.replace('.listen(3000)', ".listen(0, function () { console.log('port', this.address().port) })"),
  );
  const port = await eventually('the service listens', () => /port (\d+)/.exec(output())?.[1]);
  return `http://127.0.0.1:${port}`;
}

const call = (url: string, headers: Record<string, string> = {}, target = new URL(url).pathname) =>
  callRaw(url, { headers, target });

const token = (claims: object = {}) => server.token({ aud: audience, ...claims });
const bearer = (text: string) => ({ authorization: `Bearer ${text}` });

/** @shows RFC 9068 §4 */
test('the first program of the README serves those with a token for it, and nobody else', async () => {
  const url = await serve(plain);
  expect(await call(url, bearer(token()))).toMatchObject({ status: 200, text: 'account 42, identity any' });
  expect((await call(url, bearer(token({ identity_uuid: 'one' })))).text).toBe('account 42, identity one');
  const metadataUrl = `${audience}/.well-known/oauth-protected-resource`;
  const challenge = `Bearer realm="ravi", resource_metadata="${metadataUrl}"`;
  expect(await call(url)).toMatchObject({ status: 401, challenge });
  const metadata = await call(url, {}, new URL(metadataUrl).pathname);
  expect(JSON.parse(metadata.text)).toMatchObject({
    resource: audience,
    authorization_servers: [server.issuer],
  });
  const others = ['ravi-api', 'https://mail.example.com', `${audience}/`, undefined, []];
  for (const aud of others) {
    expect(await call(url, bearer(token({ aud })))).toMatchObject({
      status: 401,
      challenge: expect.stringContaining('invalid_token'),
    });
  }
});

test('the first program answers 503 while the authorization server cannot be reached', async () => {
  const url = await serve(plain);
  server.instead.set('/.well-known/jwks.json', (incoming) => void incoming.socket.destroy());
  expect((await call(url, bearer(token()))).status).toBe(503);
});

test('the Koa application of the README serves whole accounts, and nobody else', async () => {
  const url = await serve(koa);
  expect(await call(url, bearer(token()))).toMatchObject({ status: 200, text: '{"account":42}' });
  for (const narrow of [{ identity_uuid: 'one', scope: 'identity' }, { scope: 'notes:read' }]) {
    expect(await call(url, bearer(token(narrow)))).toMatchObject({
      status: 403,
      challenge: expect.stringContaining('insufficient_scope'),
    });
  }
  const metadataPath = '/.well-known/oauth-protected-resource';
  expect((await call(url)).challenge).toBe(
    `Bearer realm="ravi", resource_metadata="${audience}${metadataPath}", scope="account"`,
  );
  const metadata = await call(url, {}, metadataPath);
  expect(JSON.parse(metadata.text)).toMatchObject({
    resource: audience,
    authorization_servers: [server.issuer],
  });
});

test.each([
  ['audience must be', "  audience: 'https://notes.example.com',\n", ''],
  ['issuer must be', 'https://login.example.com', 'login'],
])('a service that is not told enough does not start: %s', async (sentence, said, instead) => {
  const output = run(koa.replace(said, instead));
  await eventually('it says why', () => output().includes(sentence));
  const [child] = started;
  await eventually('it has ended', () => child?.exitCode !== null);
  expect(output()).not.toContain('port');
});

/** Runs a program with a verifier of the README that checks all of these at once; returns the results in their order. */
async function found(verifier: string, credentials: readonly string[]): Promise<readonly object[]> {
  const output = run(`import { createVerifier } from '@ravi/verify';
    ${verifier}
    const all = await Promise.all(${JSON.stringify(credentials)}.map((text) => verifier.verifyToken(text)));
    console.log('found', JSON.stringify(all.map((one) => ({ ...one, dated: one.expiresAt instanceof Date }))));`);
  const line = await eventually('all are checked', () => /^found (.*)\n/m.exec(output())?.[1]);
  return JSON.parse(line) as readonly object[];
}

const good = formatApiKey('management', '0'.repeat(43));
const identityKey = formatApiKey('identity', '1'.repeat(43));
const knowKeys = () => {
  server.active.set(good, { credential: 'management_key', sub: '42', scope: 'account', aud: 'ravi-api' });
  const facts = {
    sub: '42',
    scope: 'identity',
    grant_id: 'a-grant',
    identity_uuid: 'one',
    exp: 4_000_000_000,
  };
  server.active.set(identityKey, { credential: 'identity_key', ...facts });
};

test('the verifier for API keys of the README asks as it is registered, and takes none of another audience', async () => {
  knowKeys();
  const mistyped = `${good.slice(0, -6)}000000`;
  const active = { kind: 'management' };
  const refused = { kind: 'refused', error: 'invalid_token' };
  // The token is valid but has no record at the server, so introspection says that it has ended.
  const credentials = [good, mistyped, server.token()];
  expect(await found(keys, credentials)).toMatchObject([active, refused, refused]);
  expect(server.authorization).toBe(`Basic ${Buffer.from('notes:a+secret').toString('base64')}`);
  // The mistyped key was no question.
  expect(server.asked['/oauth/introspect']).toBe(2);
  const offline = keys.replace(/^ +introspectTokens.*\n/m, '');
  expect(await found(offline, credentials)).toMatchObject([active, refused, { kind: 'access' }]);
  expect(await found(keys.replace('ravi-api', audience), [good])).toMatchObject([refused]);
});

test('calls at the same time share one question, and while it is not answered keys are unavailable', async () => {
  knowKeys();
  const unknown = formatApiKey('management', '2'.repeat(43));
  const many = (await found(keys, [good, unknown, good, unknown, good])) as readonly { kind: string }[];
  const kinds = ['management', 'refused', 'management', 'refused', 'management'];
  expect(many.map(({ kind }) => kind)).toEqual(kinds);
  expect(server.asked['/oauth/introspect']).toBe(2);
  server.instead.set('/oauth/introspect', (incoming) => void incoming.socket.destroy());
  expect(await found(keys, [good, `${good.slice(0, -6)}000000`])).toMatchObject([
    { kind: 'unavailable', status: 503 },
    { kind: 'refused' },
  ]);
});

test('a caller has the fields that the README lists', async () => {
  knowKeys();
  const exp = Math.floor(Date.now() / 1000) + 600;
  const tokens = [server.token({ exp }), server.token({ scope: 'identity', identity_uuid: 'one' })];
  const [whole, narrow, management, identity] = await found(keys.replace(/^ +introspectTokens.*\n/m, ''), [
    ...tokens,
    good,
    identityKey,
  ]);
  const ends = { expiresAt: new Date(exp * 1000).toISOString(), dated: true };
  const login = { grantId: 'a-grant', scope: 'account', clientId: 'a-program' };
  expect(whole).toEqual({ kind: 'access', userId: 42, ...login, ...ends });
  expect(narrow).toMatchObject({ kind: 'access', identityUuid: 'one', scope: 'identity' });
  const endless = { expiresAt: null, dated: false };
  expect(management).toEqual({ kind: 'management', userId: 42, scope: 'account', clientId: '', ...endless });
  expect(identity).toMatchObject({ kind: 'identity', identityUuid: 'one', grantId: 'a-grant', dated: true });
  const table = /## What a caller is\n(.*?)\n## /s.exec(readme)?.[1] ?? '';
  const fields = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, field]) => field);
  expect(new Set(Object.keys({ ...whole, ...narrow }))).toEqual(new Set([...fields, 'dated']));
});

describe('a token that is bound to a key, at the Koa application of the README', () => {
  const key = new DpopKey();
  const bound = () => token({ cnf: { jkt: key.thumbprint } });
  const dpop = (text: string, url: string, by = key) => ({
    authorization: `DPoP ${text}`,
    dpop: by.proof('GET', url, text),
  });

  /** @shows RFC 9449 §4.3 */
  test('passes with an honest proof, whatever headers say of the address, and whichever form the request has', async () => {
    const url = await serve(koa);
    const honest = () => dpop(bound(), `${audience}/notes`);
    expect((await call(`${url}/notes?page=2`, honest())).status).toBe(200);
    expect(
      (await call(`${url}/notes`, { ...forgedAddress('https://evil.example'), ...honest() })).status,
    ).toBe(200);
    expect((await call(url, honest(), `${audience}/notes`)).status).toBe(200);
  });

  /** @shows RFC 9449 §4.3 */
  test('does not pass with a proof that was made for another service, whatever headers claim to be that service', async () => {
    const url = await serve(koa);
    const evil = 'https://evil.example';
    const foreign = [
      [dpop(bound(), `${evil}/notes`), '/notes'],
      [dpop(bound(), `${evil}/notes`), `${evil}/notes`],
      [dpop(bound(), `${evil}/notes`), `//evil.example/notes`],
      [dpop(bound(), `${url}/notes`), '/notes'],
      [dpop(bound(), `${audience}/other`), '/notes'],
      [dpop(bound(), `${audience}/notes`, new DpopKey()), '/notes'],
      [{ authorization: `DPoP ${bound()}` }, '/notes'],
    ] as const;
    for (const [headers, target] of foreign) {
      for (const lies of [{}, forgedAddress(evil), forgedAddress(url)]) {
        const answer = await call(url, { ...lies, ...headers }, target);
        expect([target, answer.status]).toEqual([target, 401]);
        expect(answer.challenge).toMatch(/^DPoP .*error="invalid_dpop_proof"/);
      }
    }
    expect((await call(url, bearer(bound()))).status).toBe(401);
  });

  test('passes once, in the program with the request that the README shows', async () => {
    const url = await serve(
      plain.replace('await verifier.verify(request.headers.authorization)', proofs.trim().replace(/;$/, '')),
    );
    const once = dpop(bound(), `${audience}/notes`);
    expect((await call(`${url}/notes`, once)).status).toBe(200);
    expect((await call(`${url}/notes`, once)).status).toBe(401);
    expect((await call(`${url}/notes`, dpop(bound(), 'https://evil.example/notes'))).status).toBe(401);
  });
});

test('the package is fit to be published, and depends on jsonwebtoken alone', () => {
  expect(() => tool('publint', '--strict', 'dist')).not.toThrow();
  expect(() => tool('attw', '--pack', 'dist', '--profile', 'esm-only')).not.toThrow();
  const manifest = JSON.parse(
    readFileSync(join(root, 'packages/verify/dist/package.json'), 'utf8'),
  ) as object;
  expect(manifest).toMatchObject({ peerDependenciesMeta: { koa: { optional: true } } });
  expect(Object.keys((manifest as { dependencies: object }).dependencies)).toEqual(['jsonwebtoken']);
});

test('the README names every option, and each is explained in the source', () => {
  const source = readFileSync(join(root, 'packages/verify/src/verifier.ts'), 'utf8');
  const named = /## All options\n(.*)/s.exec(readme)?.[1] ?? '';
  for (const name of ['VerifierOptions', 'IntrospectionOptions']) {
    const body = new RegExp(`export interface ${name} \\{(.*?)\n\\}`, 's').exec(source)?.[1] ?? '';
    const options = [...body.matchAll(/(\*\/\n)? {2}readonly (\w+)/g)];
    expect(options.length).toBeGreaterThan(3);
    for (const [, comment, option = ''] of options) {
      expect([option, named]).toEqual([option, expect.stringMatching(new RegExp(`[\`{ ]${option}[\`, ]`))]);
      expect([option, comment]).toEqual([option, '*/\n']);
    }
  }
});

test('a key is recognised, and a proof is read, without a verifier and without a server', async () => {
  const key = new DpopKey();
  const url = `${audience}/notes`;
  const proof = key.proof('GET', url);
  const output = run(`import { recogniseApiKey } from '@ravi/verify/api-key';
    import { readDpopProof } from '@ravi/verify/dpop';
    const read = (url) => readDpopProof('${proof}', { method: 'GET', url }, Date.now());
    const texts = ['${good}', '${identityKey}', '${good.slice(0, -1)}', 'nonsense'];
    const keys = texts.map((text) => recogniseApiKey(text));
    console.log('found', JSON.stringify({ keys, proofs: ['${url}', '${url}', 'https://evil.example/notes'].map(read) }));`);
  const line = await eventually('both answer', () => /^found (.*)\n/m.exec(output())?.[1]);
  // Whether it was used before, and by whose key, is for the caller to check.
  const sound = { kind: 'sound', thumbprint: key.thumbprint };
  expect(JSON.parse(line)).toMatchObject({
    keys: ['management', 'identity', null, null],
    proofs: [sound, sound, { kind: 'unsound' }],
  });
  expect(server.asked).toEqual({});
});
