import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  spawnSync('npm', ['run', '--silent', ...args], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    encoding: 'utf8',
  });

test('the command line tells how it is used, and starts no login for that', () => {
  const { status, stdout } = run(['cli', '--', '--help']);
  expect([status, stdout]).toEqual([0, expect.stringContaining('ravi-login login')]);
});

test('what the setup says before a task stands on stderr: `$(npm run -s cli -- token)` is the token alone', () => {
  const script = `import(${JSON.stringify(join(root, 'scripts/setup/problem.mjs'))}).then(({ say }) => say('installing'))`;
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  expect([stdout, stderr]).toEqual(['', 'setup: installing\n']);
});

test.each(['keys', 'bench'])('%s tells how it is used, and that is no failure', (name) => {
  const { status, stdout } = run([name, '--', '--help']);
  expect([status, stdout]).toEqual([0, expect.stringContaining(`npm run ${name} -- `)]);
});

test('who is not logged in, or misspells an option, is told in a sentence what to type', () => {
  const home = mkdtempSync(join(tmpdir(), 'ravi-home-'));
  try {
    expect(run(['cli', '--', 'token'], { HOME: home }).stderr).toContain(
      'Log in with: npm run cli -- login\n',
    );
    expect(run(['cli', '--', 'login', '--bogus'], { HOME: home }).stderr).toBe(
      "Unknown option '--bogus'. More with --help.\n",
    );
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

test.each(['api', 'issuer'])(
  'the first words of an %s that cannot start are why, whether or not there is a .env',
  (name) => {
    const { status, stderr } = run([`start:${name}`], { NODE_ENV: 'production', SECRET: 'short' });
    expect(status).toBe(78);
    expect(stderr).toMatch(new RegExp(`^The ${name} cannot start\\..*\\n {2}- `));
  },
);
