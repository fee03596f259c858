import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { apiExamples, exampleResourceServer, ExampleRun } from '../support/api-examples.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { Person } from '../support/person.ts';
import { deploy, type Deployment } from '../support/stack.ts';

const root = join(import.meta.dirname, '../..');
const tools = join(import.meta.dirname, 'clients/node_modules/.bin');
const contract = join(root, 'openapi.json');
const execute = promisify(execFile);
const node = (program: string, ...args: string[]) => execute(process.execPath, [program, ...args]);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ravi-generated-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('openapi.json is valid OpenAPI for swagger-parser and Spectral', async () => {
  const { stdout } = await node(join(import.meta.dirname, 'clients/lint-openapi.mjs'), contract);
  expect(stdout).toBe('');
});

test('the clients that openapi-typescript, hey-api and orval generate from it compile', async () => {
  await Promise.all([
    node(join(tools, 'openapi-typescript'), contract, '-o', join(folder, 'openapi-typescript.ts')),
    node(
      join(tools, 'openapi-ts'),
      '-i',
      contract,
      '-o',
      join(folder, 'hey-api'),
      '-c',
      '@hey-api/client-fetch',
    ),
    node(
      join(tools, 'orval'),
      '--input',
      contract,
      '--output',
      join(folder, 'orval.ts'),
      '--client',
      'fetch',
    ),
  ]);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2022',
    lib: ['es2023', 'dom', 'dom.iterable'],
    module: 'esnext',
    moduleResolution: 'bundler',
    types: [],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['**/*.ts'] }));
  const compiled = await node(join(root, 'node_modules/.bin/tsc'), '-p', folder).catch(
    (error: unknown) => error,
  );
  expect(compiled).toMatchObject({ stdout: '' });
});

describe('behind Prism as a validating proxy', () => {
  let deployment: Deployment;
  let prism: ChildProcess;
  let log = '';
  let proxyUrl: string;
  beforeAll(async () => {
    deployment = await deploy({ RESOURCE_SERVERS: JSON.stringify([exampleResourceServer]) });
    const port = String(await freePort());
    proxyUrl = `http://127.0.0.1:${port}`;
    prism = spawn(process.execPath, [
      join(tools, 'prism'),
      'proxy',
      contract,
      deployment.urls[0],
      '-p',
      port,
    ]);
    prism.stdout?.setEncoding('utf8').on('data', (text: string) => (log += text));
    prism.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
    await eventually('Prism listens', () => log.includes('is listening'));
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => prism.once('close', resolve));
    prism.kill('SIGKILL');
    await ended;
    await deployment.stop();
  });

  test('every call of docs/api.md passes without a violation, request and answer', async () => {
    const person = await Person.signUp(deployment.urls[0]);
    const run = new ExampleRun(proxyUrl, (userCode) => person.approve(deployment.urls[0], userCode));
    for (const example of apiExamples) {
      const { actual, expected } = await run.step(example);
      expect([example.title, actual]).toEqual([example.title, expected]);
    }
    const lines = log.split('\n');
    expect(lines.filter((line) => /violation/i.test(line))).toEqual([]);
    // It has seen them.
    expect(
      lines.filter((line) => line.includes('[PROXY]') || line.includes('[HTTP SERVER]')).length,
    ).toBeGreaterThan(30);
  });
});
