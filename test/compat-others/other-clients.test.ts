import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { Person } from '../support/person.ts';
import { type OwnRedis, startOwnRedis } from '../support/redis.ts';
import { deployPublic, type PublicDeployment } from '../support/stack.ts';
import { type ClientProgram, clientPrograms, clientsThatCannot } from './client-programs.ts';

/** How long the human takes, and how long Redis answers nothing meanwhile. */
const humanMs = 40_000;
const stallMs = 6_000;

const page = join(import.meta.dirname, '../../docs/clients.md');

let folder: string;
let redis: OwnRedis;
let deployment: PublicDeployment;
let person: Person;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ravi-clients-'));
  redis = await startOwnRedis();
  deployment = await deployPublic({ RATE_LIMITS: 'on' }, { redis, certificate: makeCertificate(folder) });
  person = await Person.signUp(deployment.apiUrl);
});
afterAll(async () => {
  await deployment.stop();
  rmSync(folder, { recursive: true });
});

/** A certificate for `localhost`, which the clients are told to trust. */
function makeCertificate(into: string) {
  const [keyFile, certFile] = [join(into, 'key.pem'), join(into, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const files = ['-keyout', keyFile, '-out', certFile];
  execFileSync('openssl', ['req', '-x509', ...curve, '-nodes', '-days', '2', ...subject, ...files], {
    stdio: 'ignore',
  });
  return { key: readFileSync(keyFile), cert: readFileSync(certFile) };
}

class RunningClient {
  readonly program: Pick<ClientProgram, 'name' | 'command'>;
  readonly #child: ChildProcess;
  readonly ended: Promise<number | null>;
  output = '';

  constructor(program: Pick<ClientProgram, 'name' | 'command'>) {
    this.program = program;
    this.#child = run(program.command);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    this.ended = new Promise((resolve) => this.#child.once('close', resolve));
  }

  userCode(): Promise<string> {
    return eventually(`${this.program.name} shows a code`, () => {
      const code = /\b[A-Z]{4}-[A-Z]{4}\b/.exec(this.output)?.[0];
      if (code === undefined && this.#child.exitCode !== null) throw new Error(this.output);
      return code;
    });
  }
}

function run([program, ...args]: readonly [string, ...string[]], ...more: readonly string[]): ChildProcess {
  const certificate = join(folder, 'cert.pem');
  return spawn(program, [...args, deployment.url, ...more], {
    env: {
      PATH: process.env['PATH'],
      NODE_EXTRA_CA_CERTS: certificate,
      REQUESTS_CA_BUNDLE: certificate,
      CURL_CA_BUNDLE: certificate,
      SSL_CERT_FILE: certificate,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

test('clients that others wrote log in, refresh and revoke at default settings, though humans take 40 s and Redis stalls for 6 s', async () => {
  const clients = clientPrograms.map((program) => new RunningClient(program));
  const codes = await Promise.all(clients.map((client) => client.userCode()));
  await pause((humanMs - stallMs) / 2);
  redis.freeze();
  await pause(stallMs);
  redis.thaw();
  await pause((humanMs - stallMs) / 2);
  for (const code of codes) expect((await person.approve(deployment.apiUrl, code)).status).toBe(200);
  const results = await Promise.all(
    clients.map(async (client) => {
      const exitCode = await client.ended;
      const { program, output } = client;
      return { name: program.name, exitCode, done: /^done$/m.test(output), output };
    }),
  );
  const failed = results.filter(({ exitCode, done }) => exitCode !== 0 || !done);
  expect(failed).toEqual([]);
  expectTable('clients', clientTable());
  expectTable('what does not work', refusalTable());
});

test.each(['authlib_login.py', 'requests_oauthlib_login.py'])('the example %s logs in', async (file) => {
  const example = join(import.meta.dirname, '../../examples/python', file);
  const client = new RunningClient({ name: file, command: ['/usr/bin/python3', example] });
  expect((await person.approve(deployment.apiUrl, await client.userCode())).status).toBe(200);
  expect([await client.ended, client.output]).toEqual([0, expect.stringContaining(person.email)]);
});

test('libraries that check access tokens take ours, and not with a changed signature', async () => {
  const { access_token: token } = await new OAuthClient(deployment.apiUrl).logIn(person);
  const outputs = await Promise.all(
    [
      [process.execPath, join(import.meta.dirname, 'clients/verifiers.mjs')],
      ['/usr/bin/python3', join(import.meta.dirname, 'clients/pyjwt_verifier.py')],
    ].map(async ([program = '', file = '']) => {
      const child = run([program, file], token);
      let output = '';
      child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
      child.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text));
      await new Promise((resolve) => child.once('close', resolve));
      return output.trim().split('\n');
    }),
  );
  const verifiers = ['jose', 'express-oauth2-jwt-bearer', 'koa-jwt with jwks-rsa', 'PyJWT'];
  expect(outputs.flat()).toEqual(verifiers);
});

/** The table of docs/clients.md: written for clients that have just logged in. */
function clientTable(): string {
  const cell = (own: boolean) => (own ? 'yes' : 'by hand');
  const rows = clientPrograms.map(({ name, source, own, note }) =>
    [
      name,
      source,
      cell(own.metadata),
      cell(own.login),
      name === 'curl' ? 'by hand' : 'yes',
      cell(own.revocation),
      note,
    ].join(' | '),
  );
  const head = ['client', 'from', 'metadata', 'login', 'refresh', 'revocation', ''].join(' | ');
  return [head, head.replaceAll(/[^|]+/g, ' - ').trim(), ...rows].map((row) => `| ${row} |`).join('\n');
}

/** The second table of docs/clients.md. Not run here: their own makers' limits keep them from getting as far as a login. */
function refusalTable(): string {
  const rows = clientsThatCannot.map(({ name, why }) => `| ${name} | ${why} |`);
  return ['| client | why |', '| - | - |', ...rows].join('\n');
}

/** Fails where the page's table is another one, and writes it. */
function expectTable(name: string, table: string): void {
  const text = readFileSync(page, 'utf8');
  const [begin, end] = [`<!-- written by the suite: ${name} -->`, '<!-- end -->'];
  const [before = '', rest = ''] = text.split(begin);
  const [, ...after] = rest.split(end);
  const squeezed = (part: string) => part.replaceAll(/ +/g, ' ').replaceAll(/-+/g, '-').trim();
  if (squeezed(rest.split(end)[0] ?? '') === squeezed(table)) return;
  writeFileSync(page, `${before}${begin}\n\n${table}\n\n${end}${after.join(end)}`);
  throw new Error('docs/clients.md told something else; it is written now. Format it, and commit it.');
}
