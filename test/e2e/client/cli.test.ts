import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliRun } from '../../support/cli.ts';
import { freePort } from '../../support/free-port.ts';
import { send } from '../../support/http.ts';
import { Person } from '../../support/person.ts';
import { shareDeployment, type SharedDeployment } from '../../support/shared-deployment.ts';

let deployment: SharedDeployment;
let server: string;
let person: Person;
let home: string;
beforeAll(async () => {
  deployment = await shareDeployment();
  [server] = deployment.urls;
  person = await Person.signUp(server);
});
afterAll(() => deployment.stop());
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'cli-'));
});
afterEach(() => rm(home, { recursive: true }));

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  new CliRun(home, args, env);
const folder = () => join(home, '.config/ravi-login');

async function logIn(...args: readonly string[]): Promise<CliRun> {
  const login = run(['login', '--server', server, ...args]);
  await person.approve(server, await login.printed(/(?:Code +|"user_code":")([A-Z]{4}-[A-Z]{4})/));
  expect([await login.ended(), login.stderr]).toEqual([0, expect.not.stringContaining('rror')]);
  return login;
}

test('login, status, token and logout: a script gets a token that works, and in the end nothing is left', async () => {
  const login = await logIn('--qr');
  expect(login.stderr).toMatch(/good for 15 minutes/);
  expect(login.stderr).toMatch(/█/);
  expect(login.stdout).toContain(`Logged in as ${person.email}`);
  const files = await readdir(folder());
  expect(files).toEqual([expect.stringMatching(/^127\.0\.0\.1_\d+-[0-9a-f]{8}\.json$/), 'last-login.json']);
  const modes = await Promise.all(
    [folder(), ...files.map((file) => join(folder(), file))].map((path) => stat(path)),
  );
  expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '600', '600']);

  const status = run(['status']);
  expect([await status.ended(), status.stdout]).toEqual([0, expect.stringContaining(person.email)]);
  const headers = async (kind: string) => {
    const token = run(['token', '--kind', kind]);
    expect([await token.ended(), token.stderr]).toEqual([0, '']);
    return { authorization: `Bearer ${token.stdout.trim()}` };
  };
  const [access, management] = [await headers('access'), await headers('management')];
  const answers = () =>
    Promise.all(
      [access, management].map(async (given) => {
        return (await fetch(`${server}/api/auth/user/`, { headers: given })).status;
      }),
    );
  expect(await answers()).toEqual([200, 200]);

  const logout = run(['logout']);
  expect([await logout.ended(), logout.stderr]).toEqual([0, '']);
  expect(await answers()).toEqual([401, 401]);
  expect(await readdir(folder())).toEqual(['last-login.json']);
});

test('--json gives one object a line, and no secret but where it was asked for', async () => {
  const login = await logIn('--json');
  const verification_uri = expect.stringMatching(/\/device$/);
  expect(login.lines).toEqual([
    {
      event: 'code',
      user_code: expect.any(String),
      verification_uri,
      verification_uri_complete: expect.stringContaining('user_code='),
      verification: null,
      expires_at: expect.any(String),
    },
    { event: 'waiting' },
    { event: 'done', server, account: person.email, store: 'file' },
  ]);
  const token = run(['token', '--json']);
  await token.ended();
  expect(token.lines).toEqual([
    { token: expect.stringMatching(/^ey/), source: 'file', expires_at: expect.any(String) },
  ]);
  const secret = String(token.lines[0]?.['token']);
  const status = run(['status', '--json']);
  await status.ended();
  expect(status.lines).toEqual([
    {
      logged_in: true,
      server,
      source: 'file',
      account: person.email,
      protocol: 'ravi',
      access_token_expires_at: expect.any(String),
    },
  ]);
  expect(login.stdout + login.stderr + status.stdout).not.toContain(secret);
  const logout = run(['logout', '--json']);
  await logout.ended();
  expect(logout.lines).toEqual([{ event: 'logged_out', server }]);
  const after = run(['status', '--json']);
  await after.ended();
  expect(after.lines).toEqual([{ logged_in: false, server }]);
});

test('the person who decides sees the name that was said, and ravi-login where none was', async () => {
  const shownOf = async (...args: readonly string[]) => {
    const login = run(['login', '--server', server, ...args]);
    const code = await login.printed(/Code +(\S+)/);
    const { cookie } = person;
    const page = await send(`${server}/device?user_code=${code}`, { method: 'GET', headers: { cookie } });
    await person.deny(server, code);
    expect(await login.ended()).toBe(1);
    return ['Moon agent', 'ravi-login'].filter((name) => page.text.includes(name));
  };
  expect(await shownOf('--name', 'Moon agent')).toEqual(['Moon agent']);
  expect(await shownOf()).toEqual(['ravi-login']);
});

test('a denial and an expired code end with 1, each with its word', async () => {
  const denied = run(['login', '--server', server, '--json']);
  await person.deny(server, await denied.printed(/"user_code":"([^"]+)/));
  expect([await denied.ended(), denied.lines.at(-1)]).toEqual([
    1,
    expect.objectContaining({ code: 'access_denied' }),
  ]);

  const hasty = await deployment.startApi({ DEVICE_CODE_TTL_SECONDS: '2' });
  const expired = run(['login', '--server', hasty.url, '--json']);
  expect([await expired.ended(), expired.lines.at(-1)]).toEqual([
    1,
    expect.objectContaining({ code: 'expired_token' }),
  ]);
  await hasty.end('SIGTERM');
});

test('Ctrl-C says what it left behind: a code that is good for a while, and nothing here', async () => {
  const login = run(['login', '--server', server]);
  await login.printed(/(Waiting)/);
  login.signal('SIGINT');
  expect(await login.ended()).toBe(130);
  expect(login.stderr).toMatch(/Nothing was kept here\. The code is valid for another 15 minutes/);
  expect(await readdir(folder())).toEqual([]);
});

test('a login outlives a restart of its api, and says that the service was away', async () => {
  const port = String(await freePort());
  const first = await deployment.startApi({ PORT: port, POLL_INTERVAL_SECONDS: '1' });
  const login = run(['login', '--server', `http://127.0.0.1:${port}`]);
  const code = await login.printed(/Code +(\S+)/);
  await login.printed(/(Waiting)/);
  await first.end('SIGKILL');
  await login.printed(/(does not answer.*Trying again)/);
  const second = await deployment.startApi({ PORT: port, POLL_INTERVAL_SECONDS: '1' });
  await person.approve(server, code);
  expect([await login.ended(), login.stdout]).toEqual([0, expect.stringContaining('Logged in')]);
  await second.end('SIGTERM');
});

test('a corrupted login is told; logging in anew mends it', async () => {
  await logIn();
  const [file = ''] = await readdir(folder());
  await writeFile(join(folder(), file), '{"version":1');
  for (const command of ['status', 'token']) {
    const broken = run([command]);
    expect([await broken.ended(), broken.stderr]).toEqual([1, expect.stringContaining('log in again')]);
  }
  await logIn();
  const status = run(['status']);
  expect(await status.ended()).toBe(0);
});

test('a store that cannot be written is told before a code is asked for', async () => {
  await mkdir(join(home, '.config'));
  await writeFile(folder(), 'a file where the folder should be');
  const login = run(['login', '--server', server]);
  expect([await login.ended(), login.stderr]).toEqual([1, expect.stringContaining('cannot be used')]);
  expect(login.stderr).not.toContain('Code');
});

// The superuser may write everywhere.
const describeUnlessRoot = process.getuid?.() === 0 ? describe.skip : describe;

describeUnlessRoot('as a user', () => {
  test('a read-only folder is told', async () => {
    await mkdir(folder(), { recursive: true });
    await chmod(folder(), 0o500);
    const login = run(['login', '--server', server]);
    expect([await login.ended(), login.stderr]).toEqual([1, expect.stringContaining('may not write there')]);
    await chmod(folder(), 0o700);
  });
});

test('a keychain that this machine does not have is told, and no file is written instead', async () => {
  const login = run(['login', '--server', server, '--store', 'keychain']);
  expect([await login.ended(), login.stderr]).toEqual([1, expect.stringContaining('--store file')]);
  expect(await readdir(home)).toEqual([]);
});

test('a page of a proxy, and an address where nobody is, end with 1 and name the address', async () => {
  const proxy = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<h1>Please sign in to the network</h1>');
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const lost = run(['login', '--server', address]);
  expect([await lost.ended(), lost.stderr]).toEqual([
    1,
    expect.stringMatching(`${address} answers 200 with text/html`),
  ]);
  proxy.close();
  // Each tries for a while.
  const nobody = run(['login', '--server', `http://127.0.0.1:${await freePort()}`]);
  const nowhere = run(['login', '--server', 'https://login.invalid', '--json']);
  expect(await Promise.all([nobody.ended(), nowhere.ended()])).toEqual([1, 1]);
  expect(nobody.stderr).toMatch(/nothing listens there \(ECONNREFUSED\)/);
  expect(nowhere.lines.at(-1)).toMatchObject({ event: 'error', code: 'unavailable' });
});

test('a log-out that the service does not hear of forgets the login here and says where to end it', async () => {
  const api = await deployment.startApi();
  const login = run(['login', '--server', api.url]);
  await person.approve(server, await login.printed(/Code +(\S+)/));
  await login.ended();
  await api.end('SIGKILL');
  const logout = run(['logout']);
  expect([await logout.ended(), logout.stderr]).toEqual([1, expect.stringContaining('/account/programs')]);
  const status = run(['status']);
  expect(await status.ended()).toBe(4);
});
