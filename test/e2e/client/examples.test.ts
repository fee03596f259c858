import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
async function runAndApprove(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { cwd: folder });
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
}, 120_000);
