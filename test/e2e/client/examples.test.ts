import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { logIn } from '../../../examples/resource-server/program.ts';
import { eventually } from '../../support/eventually.ts';
import { Person } from '../../support/person.ts';
import { shareDeployment, type SharedDeployment } from '../../support/shared-deployment.ts';

const root = join(import.meta.dirname, '../../..');
const client = join(root, 'packages/client');
let deployment: SharedDeployment;
let server: string;
let person: Person;
let folder: string;
beforeAll(async () => {
  deployment = await shareDeployment();
  [server] = deployment.urls;
  person = await Person.signUp(server);
  folder = mkdtempSync(join(tmpdir(), 'examples-'));
});
afterAll(async () => {
  await deployment.stop();
  rmSync(folder, { recursive: true });
});

/** Runs a program whose login is approved as soon as it shows its code; gives what it printed. */
async function runAndApprove(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const child = spawn(program, args, { cwd: folder, env });
  const ended = once(child, 'close');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const code = await eventually('the program shows its code', () => {
    if (child.exitCode !== null) throw new Error(output);
    return /\b([A-Z]{4}-[A-Z]{4})\n/.exec(output)?.[1];
  });
  await person.approve(server, code);
  await ended;
  return output;
}

test('the agent logs in once, and at its second run asks nobody', async () => {
  const args = [
    '--conditions=ravi-source',
    join(root, 'examples/agent/main.ts'),
    server,
    join(folder, 'agent.json'),
  ];
  expect(await runAndApprove(process.execPath, args)).toContain(person.email);
  const again = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(again.stdout).toContain(person.email);
  expect(again.stdout).not.toContain('Open');
});

test('the shell script logs in with curl', async () => {
  expect(await runAndApprove('bash', [join(root, 'examples/curl/login.sh'), server])).toContain(person.email);
});

test('the program with fetch alone asks again after an outage, and says why a login ended or did not begin', async () => {
  const answers: (object | null)[] = [];
  const service = createServer((_request, response) => {
    const answer = answers.shift();
    if (answer === null) response.destroy();
    else response.writeHead(answer && 'detail' in answer ? 503 : 200).end(JSON.stringify(answer));
  });
  await once(service.listen(0, '127.0.0.1'), 'listening');
  const issuer = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  const login = { device_code: 'd', user_code: 'u', verification_uri_complete: 'v', interval: 0.001 };
  const away = { detail: 'The login store is away.' };
  const logsIn = (...given: typeof answers) => {
    answers.splice(0, answers.length, ...given);
    return logIn(issuer, () => undefined);
  };
  const pending = { error: 'authorization_pending' };
  expect(await logsIn(login, away, null, pending, { access: 'a' })).toEqual({ access: 'a' });
  const denied = { error: 'access_denied', error_description: 'The login was denied.' };
  await expect(logsIn(login, denied)).rejects.toThrow('The login was denied.');
  await expect(logsIn(away)).rejects.toThrow('The login store is away.');
  service.close();
});

test('the package is built, fit to be published, and its README’s examples run with it', async () => {
  const tool = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(
      join(root, 'node_modules/.bin', args[0] ?? ''),
      args.slice(1),
      {
        cwd: client,
        encoding: 'utf8',
      },
    );
    expect([status, status === 0 ? '' : stdout + stderr]).toEqual([0, '']);
  };
  tool('tsc', '-p', 'tsconfig.build.json');
  tool('publint', '--strict', '.');
  tool('attw', '--pack', '.', '--profile', 'esm-only');

  mkdirSync(join(folder, 'node_modules/@ravi'), { recursive: true });
  symlinkSync(client, join(folder, 'node_modules/@ravi/client'));
  const readme = readFileSync(join(client, 'README.md'), 'utf8');
  const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code);
  const outputs: string[] = [];
  for (const [index, code] of examples.entries()) {
    const file = join(folder, `example-${index}.ts`);
    writeFileSync(file, code.replaceAll('https://login.example.com', server));
    outputs.push(await runAndApprove(process.execPath, [file]));
  }
  expect(outputs).toEqual([expect.stringContaining(person.email), expect.stringContaining('loggedIn')]);
});

describe('packed and installed into an empty folder', () => {
  const oldNode = nodeOnPath(20);
  const describeWithOldNode = oldNode === null ? describe.skip : describe;
  let command: string;
  let env: NodeJS.ProcessEnv;
  beforeAll(() => {
    const home = join(folder, 'installed');
    mkdirSync(home);
    env = { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, 'config') };
    // As in a fresh clone: the command line's build makes what it needs.
    rmSync(join(client, 'dist'), { recursive: true, force: true });
    const npm = (cwd: string, ...args: readonly string[]) => {
      const { status, stdout, stderr } = spawnSync('npm', args, { cwd, encoding: 'utf8' });
      expect([status, status === 0 ? '' : stdout + stderr]).toEqual([0, '']);
    };
    npm(root, 'run', 'build', '-w', 'tools/cli');
    const packed = ['-w', 'packages/client', '-w', 'tools/cli', '--pack-destination', home];
    npm(root, 'pack', '--ignore-scripts', ...packed);
    const files = readdirSync(home).map((file) => `./${file}`);
    npm(home, 'install', '--prefix', home, '--offline', '--no-audit', '--no-fund', ...files);
    command = join(home, 'node_modules/.bin/ravi-login');
  });

  test('ravi-login runs, with the client beside it and nothing else', () => {
    const { status, stdout } = spawnSync(command, ['--help'], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, expect.stringContaining('ravi-login login')]);
    expect(readdirSync(join(folder, 'installed/node_modules/@ravi')).toSorted()).toEqual(['cli', 'client']);
  });

  describeWithOldNode('where this machine has Node 20', () => {
    test('ravi-login logs in on it', async () => {
      const args = [command, 'login', '--server', server];
      expect(await runAndApprove(oldNode ?? '', args, env)).toContain(`Logged in as ${person.email}`);
    });
  });
});

/** The first `node` on the PATH that is of this major version; null if there is none. */
function nodeOnPath(major: number): string | null {
  const programs = (process.env['PATH'] ?? '').split(delimiter).map((place) => join(place, 'node'));
  const isRight = (program: string) =>
    spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout?.startsWith(`v${major}.`) ?? false;
  return programs.find(isRight) ?? null;
}
