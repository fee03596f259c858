import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStore, openSession } from '@ravi/client';
import { startClientLogin } from '../../support/client-login.ts';
import { eventually } from '../../support/eventually.ts';
import { Person } from '../../support/person.ts';
import { deploy, type Deployment } from '../../support/stack.ts';

const processes = 8;
/** How many refresh tokens they send together, at least. */
const enough = process.env['RAVI_SLOW_TESTS'] ? 150 : 40;

let deployment: Deployment;
let server: string;
let person: Person;
let folder: string;
beforeAll(async () => {
  deployment = await deploy();
  [server] = deployment.urls;
  person = await Person.signUp(server);
});
afterAll(() => deployment.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sharing-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function logIn(path: string): Promise<void> {
  const login = startClientLogin({ server, store: fileStore(path) });
  await person.approve(server, (await login.code).userCode);
  expect(await login.result).toMatchObject({ kind: 'loggedIn' });
}

/** A process that refreshes once it is told to. */
class RefreshingProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<unknown>;
  #output = '';
  #errors = '';

  constructor(path: string) {
    const program = join(import.meta.dirname, '../../support/refreshing-process.ts');
    const args = ['--conditions=ravi-source', program, server, path];
    this.#child = spawn(process.execPath, args);
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#output += text));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#errors += text));
    this.#ended = once(this.#child, 'close');
  }

  async ready(): Promise<void> {
    await eventually('the process is ready', () => {
      if (this.#child.exitCode !== null) throw new Error(this.#errors);
      return this.#output.startsWith('ready\n');
    });
  }

  go(): void {
    this.#child.stdin.write('go\n');
  }

  /** Digests of the refresh tokens that it has sent so far. */
  get sent(): readonly string[] {
    return this.#output.split('\n').filter((line) => line.length === 43);
  }

  /** Lets it end, and tells how often it asked for a new token. */
  async refreshes(): Promise<number> {
    this.#child.stdin.end();
    await this.#ended;
    if (this.#child.exitCode !== 0) throw new Error(this.#errors);
    return Number(this.#output.trimEnd().split('\n').at(-1));
  }
}

test('eight processes that refresh as fast as they can never send a refresh token twice, and the login stays good', async () => {
  const path = join(folder, 'login.json');
  await logIn(path);
  const children = Array.from({ length: processes }, () => new RefreshingProcess(path));
  await Promise.all(children.map((child) => child.ready()));
  for (const child of children) child.go();
  const allSent = () => children.flatMap((child) => child.sent);
  await eventually('they have sent many', () => allSent().length > enough, 90_000);
  const refreshes = await Promise.all(children.map((child) => child.refreshes()));

  expect(allSent().length - new Set(allSent()).size).toBe(0);
  expect(refreshes.every((count) => count > 0)).toBe(true);
  expect(deployment.stack.output()).not.toContain('an old refresh token was used');

  const session = await openSession({ server, store: fileStore(path) });
  expect((await session?.fetch(`${server}/api/auth/user/`))?.status).toBe(200);
  await session?.refresh();
  expect(await readdir(folder)).toEqual(['login.json']);
});

test('calls at one time in one process share one refresh', async () => {
  const path = join(folder, 'login.json');
  await logIn(path);
  const sent: string[] = [];
  const counting: typeof fetch = (input, init) => {
    if (typeof input === 'string' && input.endsWith('/token/refresh/')) sent.push('refresh');
    return fetch(input, init);
  };
  const session = await openSession({ server, store: fileStore(path), fetch: counting });
  if (!session) throw new Error('Nothing is kept.');
  await Promise.all(Array.from({ length: 20 }, () => session.refresh()));
  expect(sent).toHaveLength(1);
});

test('the lock of a process that was killed while it refreshed is taken over', async () => {
  const path = join(folder, 'login.json');
  await logIn(path);
  await mkdir(`${path}.lock`);
  await writeFile(join(`${path}.lock`, 'owner-killed'), '');
  const session = await openSession({ server, store: fileStore(path) });
  await session?.refresh();
  expect(await readdir(folder)).toEqual(['login.json']);
});

test('a refresh that another process overtook takes what that one got, and clears nothing', async () => {
  const [path, copy] = [join(folder, 'login.json'), join(folder, 'copy.json')];
  await logIn(path);
  const before = await fileStore(path).read();
  if (!before) throw new Error('Nothing is kept.');
  await fileStore(copy).write(before);
  // A sleeper that holds an old copy: while its refresh is refused, the store gets a login that is good.
  const session = await openSession({ server, store: fileStore(path) });
  await session?.refresh();
  const good = await fileStore(path).read();
  if (!good) throw new Error('Nothing is kept.');
  const refused: typeof fetch = async () => {
    await fileStore(copy).write(good);
    return Response.json({ detail: 'This refresh token was used before.' }, { status: 401 });
  };
  const sleeper = await openSession({ server, store: fileStore(copy), fetch: refused });
  await sleeper?.refresh();
  expect(await sleeper?.accessToken()).toBe(good.accessToken);
  expect(await fileStore(copy).read()).toEqual(good);
});

test('two logins at one time in one store both succeed; the later one is kept, and the other has ended', async () => {
  const path = join(folder, 'login.json');
  const logins = [1, 2].map(() => startClientLogin({ server, store: fileStore(path) }));
  const codes = await Promise.all(logins.map(({ code }) => code));
  expect(new Set(codes.map(({ userCode }) => userCode)).size).toBe(2);
  await Promise.all(codes.map(({ userCode }) => person.approve(server, userCode)));
  const results = await Promise.all(logins.map(({ result }) => result));
  expect(results.map(({ kind }) => kind)).toEqual(['loggedIn', 'loggedIn']);
  const session = await openSession({ server, store: fileStore(path) });
  expect((await session?.fetch(`${server}/api/auth/user/`))?.status).toBe(200);
  // Each of the two programs goes on with the login that was kept.
  for (const result of results) {
    if (result.kind !== 'loggedIn') throw new Error(result.kind);
    expect((await result.session.fetch(`${server}/api/auth/user/`)).status).toBe(200);
  }
});
