import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadResult } from '../../tools/load/measuring/load-result.ts';
import { serve } from '../../tools/load/machines/serve.ts';
import { parseOptions } from '../../tools/load/options.ts';
import { eventually } from '../support/eventually.ts';

const loadKey = 'a key that all machines of a run share';
const toUrl = ['start', '--url', 'http://127.0.0.1:1'];
const outDir = mkdtempSync(join(tmpdir(), 'ravi-load-machines-'));
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(outDir, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly code: Promise<number | null>;
  readonly output: () => string;
}

/** The load generator as a person starts it. */
function start(args: readonly string[], key: string | undefined): Run {
  const program = join(import.meta.dirname, '../../tools/load/main.ts');
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, ...(key === undefined ? {} : { LOAD_KEY: key }) },
  });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  void code.then(() => running.delete(child));
  return { child, code, output: () => output };
}

/** A machine that waits for runs, on this one. */
async function machine(): Promise<Run & { readonly name: string }> {
  const run = start(['serve', '--listen', '127.0.0.1:0'], loadKey);
  const port = await eventually('it listens', () => /at port (\d+)/.exec(run.output())?.[1]);
  return { ...run, name: `127.0.0.1:${port}` };
}

const fanout = (names: readonly string[], ...more: readonly string[]) =>
  start(
    [
      'fanout',
      '--stack',
      '--clients',
      '120',
      '--out',
      outDir,
      ...names.flatMap((name) => ['--machine', name]),
      ...more,
    ],
    loadKey,
  );

test('machines that serve make one load together, and give their workers back', async () => {
  const machines = await Promise.all([machine(), machine()]);
  const names = machines.map(({ name }) => name);
  const run = fanout(names, '--processes', '2', '--require', 'lost=0');
  expect([await run.code, run.output()]).toEqual([
    0,
    expect.stringContaining('No login was lost or doubled.'),
  ]);
  const file = readdirSync(outDir).find((name) => name.endsWith('.json')) ?? '';
  const { tally, options, seconds } = JSON.parse(readFileSync(join(outDir, file), 'utf8')) as LoadResult;
  expect(tally.counts).toMatchObject({ started: 120, approved: 120, received: 120, lost: 0 });
  expect(options).toMatchObject({ machines: names.join(' '), processes: 4 });
  expect(seconds).toBeGreaterThan(0);
  for (const { output } of machines) {
    await eventually('both are back', () => output().match(/has ended/g)?.length === 2);
    expect(output().match(/a worker for/g)).toHaveLength(2);
  }
});

test('without the key no machine is lent, and a sentence says so on both sides', async () => {
  const { name, output } = await machine();
  const stranger = start([...toUrl, '--machine', name], loadKey.toUpperCase());
  expect(await stranger.code).toBe(2);
  expect(stranger.output()).toContain(`The machine at ${name} has another LOAD_KEY.`);
  await eventually('it says so', () => output().includes('refused a connection from 127.0.0.1'));
  expect(output()).not.toContain('a worker for');
});

test('a machine that is not there, or dies amid the run, ends the run with a sentence that names it', async () => {
  const [first, second] = await Promise.all([machine(), machine()]);
  const run = fanout(
    [first.name, second.name],
    '--rate',
    '20',
    '--fault',
    `0.2s run kill -9 ${second.child.pid}`,
  );
  expect(await run.code).toBe(2);
  expect(run.output()).toContain(`A worker ended early (at ${second.name}`);
  await eventually('the other one is back', () => first.output().includes('has ended'));
  const late = start([...toUrl, '--machine', second.name], loadKey);
  expect(await late.code).toBe(2);
  expect(late.output()).toContain(`start "npm run load -- serve" there`);
});

test.each([
  ['a machine without a key', () => serve([], undefined), 'Set LOAD_KEY to the same secret on all machines'],
  ['a short key', () => serve([], 'short'), 'at least 32 characters'],
  [
    'an option of a run',
    () => serve(['--port', '1'], loadKey),
    'serve takes --listen HOST:PORT and nothing else',
  ],
  ['a port that is none', () => serve(['--listen', 'x:99999'], loadKey), '--listen must be HOST:PORT'],
  ['a run without a key', () => parseOptions([...toUrl, '--machine', '10.0.0.7'], undefined), 'Set LOAD_KEY'],
  [
    'a stack that the machine cannot reach',
    () => parseOptions(['start', '--stack', '--machine', '10.0.0.7'], undefined, loadKey),
    '--machine 10.0.0.7 cannot reach a --stack',
  ],
])('%s is refused with a sentence', async (_, act, sentence) => {
  await expect(async () => act()).rejects.toThrow(sentence);
});

test('a machine is named with its port or without', () => {
  const options = parseOptions(
    [...toUrl, '--machine', '10.0.0.7', '--machine', '[::1]:80'],
    undefined,
    loadKey,
  );
  expect(options?.machines?.addresses).toEqual([
    { host: '10.0.0.7', port: 7070 },
    { host: '::1', port: 80 },
  ]);
  expect(JSON.stringify(options)).not.toContain(loadKey);
});
