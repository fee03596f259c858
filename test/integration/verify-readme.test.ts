import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuthorizationServer } from '../../packages/verify/src/testing/authorization-server.ts';
import { killChild } from '../support/child-process.ts';
import { DpopKey } from '../support/dpop-key.ts';
import { eventually } from '../support/eventually.ts';

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
  // A folder as a stranger has it: the package and Koa, and nothing else of ours.
  folder = mkdtempSync(join(tmpdir(), 'verify-readme-'));
  mkdirSync(join(folder, 'node_modules/@ravi'), { recursive: true });
  symlinkSync(join(root, 'packages/verify/dist'), join(folder, 'node_modules/@ravi/verify'));
  symlinkSync(join(root, 'node_modules/koa'), join(folder, 'node_modules/koa'));
});
afterEach(async () => {
  await Promise.all(started.map(killChild));
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** Runs a program; gives what it has printed so far. */
function run(code: string): () => string {
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

/** Calls with any headers, also those that `fetch` sets itself, and with the request target as it is. */
function call(url: string, headers: Record<string, string> = {}, target = new URL(url).pathname) {
  const { hostname, port } = new URL(url);
  return new Promise<{ status: number | undefined; challenge: string | undefined; text: string }>(
    (resolve, reject) => {
      const sent = request({ hostname, port, path: target, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () =>
          resolve({ status: response.statusCode, challenge: response.headers['www-authenticate'], text }),
        );
      });
      sent.on('error', reject).end();
    },
  );
}

const token = (claims: object = {}) => server.token({ aud: audience, ...claims });
const bearer = (text: string) => ({ authorization: `Bearer ${text}` });

/** What a caller can write into a request about where it goes. */
const forged = (origin: string): Record<string, string> => ({
  host: new URL(origin).host,
  origin,
  forwarded: `host=${new URL(origin).host};proto=https`,
  'x-forwarded-host': new URL(origin).host,
  'x-forwarded-proto': 'https',
  'x-forwarded-for': '203.0.113.7',
  'x-original-url': `${origin}/notes`,
});

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

test('the verifier for API keys of the README asks as it is registered, and takes none of another audience', async () => {
  const key = 'ravi_mgmt_0000000000000000000000000000000000000000000';
  const { formatApiKey } = await import('../../packages/verify/src/api-key.ts');
  const good = formatApiKey('management', '0'.repeat(43));
  server.active.set(good, { credential: 'management_key', sub: '42', scope: 'account', aud: 'ravi-api' });
  const ask = (code: string) => `import { createVerifier } from '@ravi/verify';
    ${code}
    for (const text of ['${good}', '${key}000000', '${server.token()}']) {
      const found = await verifier.verifyToken(text);
      console.log('found', found.kind, found.error ?? '');
    }`;
  const own = run(ask(keys));
  const found = (output: () => string) =>
    eventually('three are checked', () => {
      const lines = output().match(/found .*/g) ?? [];
      return lines.length === 3 ? lines.map((line) => line.trim()) : undefined;
    });
  // The token is valid and has no record at the server: introspected, it has ended.
  expect(await found(own)).toEqual([
    'found management',
    'found refused invalid_token',
    'found refused invalid_token',
  ]);
  expect(server.authorization).toBe(`Basic ${Buffer.from('notes:a+secret').toString('base64')}`);
  // The mistyped key was no question.
  expect(server.asked['/oauth/introspect']).toBe(2);
  const other = run(ask(keys.replace('ravi-api', audience)));
  expect((await found(other))[0]).toBe('found refused invalid_token');
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
    expect((await call(`${url}/notes`, { ...forged('https://evil.example'), ...honest() })).status).toBe(200);
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
      for (const lies of [{}, forged(evil), forged(url)]) {
        const answer = await call(url, { ...lies, ...headers }, target);
        expect([target, answer.status]).toEqual([target, 401]);
        expect(answer.challenge).toMatch(/^DPoP .*error="invalid_dpop_proof"/);
      }
    }
    expect((await call(url, bearer(bound()))).status).toBe(401);
  });

  test('passes by the address of the connection where the audience is no URL, or by publicOrigin', async () => {
    const own = koa.replace(audience, 'ravi-api').replace('app.use(serveResourceMetadata(verifier));\n', '');
    const url = await serve(own);
    const text = () => server.token({ cnf: { jkt: key.thumbprint } });
    expect((await call(`${url}/notes`, dpop(text(), `${url}/notes`))).status).toBe(200);
    const evil = 'https://evil.example';
    const lied = await call(`${url}/notes`, { ...forged(evil), ...dpop(text(), `${evil}/notes`) });
    expect(lied.status).toBe(401);
    const told = await serve(own.replace('wholeAccount: true', `publicOrigin: '${audience}'`));
    expect((await call(`${told}/notes`, dpop(text(), `${audience}/notes`))).status).toBe(200);
    expect((await call(`${told}/notes`, dpop(text(), `${told}/notes`))).status).toBe(401);
  });

  test('passes below a mounted path by the address that was requested', async () => {
    const mounted = koa.replace(
      'app.use(requireCredential',
      "app.use((ctx, next) => { ctx.path = ctx.path.replace('/api', ''); return next(); });\napp.use(requireCredential",
    );
    const url = await serve(mounted);
    expect((await call(`${url}/api/notes`, dpop(bound(), `${audience}/api/notes`))).status).toBe(200);
    expect((await call(`${url}/api/notes`, dpop(bound(), `${audience}/notes`))).status).toBe(401);
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

test('the package is fit to be published', () => {
  expect(() => tool('publint', '--strict', 'dist')).not.toThrow();
  expect(() => tool('attw', '--pack', 'dist', '--profile', 'esm-only')).not.toThrow();
}, 60_000);

test('the README names every option, and what works without a verifier can be imported', async () => {
  const source = readFileSync(join(root, 'packages/verify/src/verifier.ts'), 'utf8');
  const options = /export interface VerifierOptions \{(.*?)\n\}/s.exec(source)?.[1] ?? '';
  const names = [...options.matchAll(/^ {2}readonly (\w+)/gm)].map(([, name = '']) => name);
  const named = /## All options\n(.*)/s.exec(readme)?.[1] ?? '';
  expect(names.filter((name) => !named.includes(`\`${name}`))).toEqual([]);
  expect(names).toContain('audience');
  const output = run(`import { recogniseApiKey } from '@ravi/verify/api-key';
    import { readDpopProof } from '@ravi/verify/dpop';
    console.log(recogniseApiKey('nonsense'), readDpopProof('', { method: 'GET', url: '' }, 0).kind);`);
  await eventually('both answer', () => output().includes('null unsound'));
});
