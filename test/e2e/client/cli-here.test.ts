import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Credentials, fileStore } from '@ravi/client';
import { readArguments } from '../../../tools/cli/src/arguments.ts';
import { readConfig } from '../../../tools/cli/src/config.ts';
import { createContext } from '../../../tools/cli/src/context.ts';
import { fileFor, writeLastLogin } from '../../../tools/cli/src/kept-logins.ts';
import { run } from '../../../tools/cli/src/run.ts';
import { logIn } from '../../support/logged-in.ts';
import { Person } from '../../support/person.ts';
import { shareDeployment, type SharedDeployment } from '../../support/shared-deployment.ts';

let deployment: SharedDeployment;
let server: string;
let home: string;
beforeAll(async () => {
  deployment = await shareDeployment();
  [server] = deployment.urls;
});
afterAll(() => deployment.stop());
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'cli-'));
});
afterEach(() => rm(home, { recursive: true }));

/** A run of `ravi-login` in this process. */
interface Here {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly opened: readonly string[];
}

interface HereOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly isTerminal?: boolean;
  /** Ctrl-C as soon as it is aborted. */
  readonly signal?: AbortSignal;
  readonly onPrinted?: (text: string) => void;
}

async function runHere(args: readonly string[], options: HereOptions = {}): Promise<Here> {
  const printed = { stdout: '', stderr: '' };
  const print = (stream: keyof typeof printed) => (text: string) => {
    printed[stream] += text;
    options.onPrinted?.(text);
  };
  const opened: string[] = [];
  const code = await run({
    args,
    config: readConfig(options.env ?? {}, options.isTerminal ?? false, home),
    signal: options.signal ?? new AbortController().signal,
    openBrowser: (link) => void opened.push(link),
    stdout: print('stdout'),
    stderr: print('stderr'),
  });
  return { code, ...printed, opened };
}

const login: Omit<Credentials, 'server' | 'issuedAtMs' | 'expiresAtMs'> = {
  protocol: 'ravi',
  clientId: null,
  accessToken: 'access',
  tokenType: 'Bearer',
  refreshToken: 'refresh',
  scope: null,
  dpopKey: null,
  account: null,
  managementKey: null,
  identityKey: null,
  identities: [],
};

test('help is one object with --json', async () => {
  const { code, stdout } = await runHere(['--help', '--json']);
  expect([code, JSON.parse(stdout)]).toEqual([0, { help: expect.stringContaining('ravi-login login') }]);
});

test.each(['status', 'token', 'logout'])('%s ends with 4 where nobody is logged in', async (command) => {
  const plain = await runHere([command, '--server', server]);
  expect(plain).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining('Not logged in') });
  const json = await runHere([command, '--server', server, '--json']);
  expect(json).toMatchObject({ code: 4, stdout: expect.stringMatching(/^\{.*\}\n$/), stderr: '' });
});

test.each([
  [],
  ['fly'],
  ['login', 'now'],
  ['login', '--fast'],
  ['login', '--store', 'cloud'],
  ['status', '--server', 'nonsense'],
  ['login', '--server', 'http://login.example.com'],
])('a wrong call ends with 2 and says why: %j %j %j', async (...args) => {
  const wrong = await runHere(args);
  expect(wrong).toMatchObject({ code: 2, stdout: '' });
  expect(wrong.stderr.length).toBeGreaterThan(10);
});

test('RAVI_TOKEN comes before RAVI_API_KEY, and both before a login', async () => {
  const both = { RAVI_TOKEN: 'a-token', RAVI_API_KEY: 'a-key' };
  expect(await runHere(['token'], { env: both })).toMatchObject({ code: 0, stdout: 'a-token\n' });
  const key = { RAVI_API_KEY: 'a-key' };
  expect(await runHere(['token'], { env: key })).toMatchObject({ code: 0, stdout: 'a-key\n' });
  const login = await runHere(['login'], { env: { RAVI_TOKEN: 'a-token' } });
  expect(login).toMatchObject({ code: 1, stderr: expect.stringContaining('unset it') });
  expect(login.stderr).not.toContain('a-token');
});

test.each([
  ['n'.repeat(65), 'at most 64 characters'],
  ['two\nlines', 'control characters'],
])('a name that the service would refuse ends with 2 before anybody is asked: %j', async (name, words) => {
  // Nobody is at this address.
  const args = ['login', '--server', 'https://login.invalid', '--name', name];
  expect(await runHere(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(words) });
});

test('a credential of the environment is asked about, and is not printed as one of another kind', async () => {
  const person = await Person.signUp(server);
  const { access, management_key: management } = await logIn(server, person);
  const env = { RAVI_TOKEN: access, RAVI_BASE_URL: server };
  const status = await runHere(['status', '--json'], { env });
  expect([status.code, JSON.parse(status.stdout)]).toEqual([
    0,
    { logged_in: true, server, source: 'RAVI_TOKEN', account: person.email },
  ]);
  expect(await runHere(['status'], { env: { ...env, RAVI_TOKEN: 'ended' } })).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('RAVI_TOKEN is set and is not accepted there'),
  });
  expect(
    await runHere(['status'], { env: { ...env, RAVI_BASE_URL: 'https://login.invalid' } }),
  ).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('RAVI_TOKEN is set, but https://login.invalid does not answer'),
  });
  expect(
    await runHere(['status'], { env: { ...env, RAVI_BASE_URL: 'http://login.example.com' } }),
  ).toMatchObject({ code: 2, stderr: expect.stringContaining('--allow-http') });

  const asked = ['token', '--kind', 'management'];
  for (const wrong of [env, { RAVI_API_KEY: 'ravi_id_1' }]) {
    expect(await runHere(asked, { env: wrong })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('is no management key: unset it first'),
    });
  }
  expect(await runHere(asked, { env: { RAVI_API_KEY: management } })).toMatchObject({
    code: 0,
    stdout: `${management}\n`,
  });
});

test.each(['management', 'identity'])(
  'the %s key of a login whose tokens are over is printed as it is kept, and nobody is asked',
  async (kind) => {
    // Nobody is at this address.
    const address = 'https://login.invalid';
    const store = fileStore(fileFor(join(home, '.config/ravi-login'), address));
    const keys = { managementKey: 'a-management-key', identityKey: 'an-identity-key' };
    const kept = { ...login, ...keys, server: address, issuedAtMs: 0, expiresAtMs: 1 };
    await store.write(kept);
    const printed = await runHere(['token', '--kind', kind, '--server', address, '--json']);
    expect([printed.code, JSON.parse(printed.stdout)]).toEqual([
      0,
      { token: expect.stringMatching(`^an?-${kind}-key$`), source: 'file', expires_at: null },
    ]);
    expect(await store.read()).toEqual(kept);
  },
);

/** Something that answers everything so, and a kept login of it. */
async function keptAtAnother(status: number, body: string, headers: Readonly<Record<string, string>> = {}) {
  const other = createHttpServer((_request, response) => response.writeHead(status, headers).end(body));
  await once(other.listen(0, '127.0.0.1'), 'listening');
  const address = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const kept = { ...login, issuedAtMs: Date.now(), expiresAtMs: null, server: address };
  await fileStore(fileFor(join(home, '.config/ravi-login'), address)).write(kept);
  return { address, other };
}

test.each([
  [200, '<h1>Please sign in to the network</h1>'],
  [401, '<h1>Please sign in to the proxy</h1>'],
  [404, '{"detail":"There is nothing at this address."}'],
  [429, '{"detail":"Too many requests."}'],
])('an answer that is not about a login says nothing of one: %d %s', async (status, body) => {
  const { address, other } = await keptAtAnother(status, body);
  const env = { RAVI_API_KEY: 'a-key', RAVI_BASE_URL: address };
  for (const [given, words] of [
    [env, 'RAVI_API_KEY is set, but'],
    [{ RAVI_BASE_URL: address }, 'A login is kept, but'],
  ] as const) {
    expect(await runHere(['status'], { env: given })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(`${words} ${address} does not answer properly`),
    });
  }
  other.close();
});

test.each([
  [200, 'text/html', '<h1>Please sign in to the network</h1>', 'is a proxy between?'],
  [404, 'application/json', '{"detail":"There is nothing at this address."}', 'nothing at this address.'],
  [400, 'application/json', '{"detail":"No"}', 'refuses: No.'],
])(
  'a log-out that is not accepted is told in sentences that end once: %d %s %s',
  async (status, type, body, end) => {
    const { address, other } = await keptAtAnother(status, body, { 'content-type': type });
    expect(await runHere(['logout', '--server', address])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(`${end} The login is still good there: end it at ${address}/`),
    });
    other.close();
  },
);

test('a login that may not say whose it is, as that of one identity, is one: status says so', async () => {
  const { address, other } = await keptAtAnother(403, '{"detail":"This is for the account alone."}');
  expect(await runHere(['status', '--server', address])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`at ${address} (file).`),
  });
  other.close();
});

test('a script learns by 4 that the login was ended there, and that it is to log in anew', async () => {
  const { address, other } = await keptAtAnother(401, '{"detail":"It has ended."}');
  const over = { ...login, server: address, issuedAtMs: 0, expiresAtMs: 1 };
  await fileStore(fileFor(join(home, '.config/ravi-login'), address)).write(over);
  expect(await runHere(['token', '--server', address])).toMatchObject({ code: 4, stdout: '' });
  other.close();
});

test('a login is looked for where the last one was kept, unless another place is named', () => {
  const config = readConfig({}, false, home);
  const last = { server: 'https://login.example.com', store: 'keychain' } as const;
  writeLastLogin(config.folder, last);
  const placeOf = (...args: readonly string[]) => {
    const parsed = readArguments(['status', ...args]);
    if (parsed.kind !== 'run') throw new Error('It is not run.');
    return createContext({ config, arguments: parsed.arguments } as Parameters<typeof createContext>[0])
      .place;
  };
  expect(placeOf()).toEqual(last);
  expect(placeOf('--server', last.server)).toEqual(last);
  expect(placeOf('--store', 'file')).toEqual({ ...last, store: 'file' });
  const another = 'https://another.example.com';
  expect(placeOf('--server', another)).toEqual({ server: another, store: 'file' });
});

test('what is kept lies in the folder for settings that the person names, else in that of the system', () => {
  const folderWith = (env: NodeJS.ProcessEnv) => readConfig(env, false, home).folder;
  expect(folderWith({ XDG_CONFIG_HOME: join(home, 'settings') })).toBe(join(home, 'settings/ravi-login'));
  for (const env of [{}, { XDG_CONFIG_HOME: '' }])
    expect(folderWith({ APPDATA: '', ...env })).toBe(join(home, '.config/ravi-login'));
});

describe('Ctrl-C amid a call that nobody answers', () => {
  let silent: Server;
  let address: string;
  const sockets: Socket[] = [];
  beforeEach(async () => {
    silent = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    address = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  test.each([
    ['status', 3_600_000, /stays as it is and is kept here/],
    ['token', 0, /stays as it is and is kept here.*A refresh that is under way is finished first/],
    ['logout', 3_600_000, /Ctrl-C again stops at once: then the login is still kept here/],
  ])('a %s says what is left behind', async (command, leftMs, words) => {
    const folder = join(home, '.config/ravi-login');
    const file = fileFor(folder, address);
    const now = Date.now();
    await fileStore(file).write({ ...login, server: address, issuedAtMs: now, expiresAtMs: now + leftMs });
    const stopping = new AbortController();
    const ended = runHere([command, '--server', address], {
      signal: stopping.signal,
      // It says so at once; then the service turns out to be none.
      onPrinted: () => {
        silent.close();
        for (const socket of sockets) socket.destroy();
      },
    });
    await once(silent, 'connection');
    stopping.abort();
    expect(await ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(words) });
    // The service did not hear of the log-out: the login is forgotten here all the same, and the program says so.
    expect(await readdir(folder)).toEqual(command === 'logout' ? [] : [basename(file)]);
  });
});

test.each([
  [[], {}, true, 1],
  [['--no-browser'], {}, true, 0],
  [['--json'], {}, true, 0],
  [[], { CI: 'true' }, true, 0],
  [[], {}, false, 0],
])(
  'the browser is opened with the link where a person is who wants it: %j %j %j',
  async (args, env, isTerminal, times) => {
    const stopping = new AbortController();
    const { opened } = await runHere(['login', '--server', server, ...args], {
      env,
      isTerminal,
      signal: stopping.signal,
      onPrinted: (text) => void (/Waiting|"waiting"/.test(text) && setImmediate(() => stopping.abort())),
    });
    expect(opened).toEqual(Array(times).fill(expect.stringMatching(/\/device.*[A-Z]{4}-[A-Z]{4}/)));
  },
);
