import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import type { LoadResult } from './measuring/load-result.ts';

const outDir = mkdtempSync(join(tmpdir(), 'ravi-load-test-'));
afterAll(() => rmSync(outDir, { recursive: true, force: true }));

/** Runs the load generator as a person does. */
async function load(...args: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), '--out', outDir, ...args]);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}

function lastResult(scenario: string): LoadResult {
  const file = readdirSync(outDir).findLast((name) => name.startsWith(scenario) && name.endsWith('.json'));
  return JSON.parse(readFileSync(join(outDir, file ?? ''), 'utf8')) as LoadResult;
}

test('our own stack answers everyone who waits, exactly once', async () => {
  const { code, output } = await load(
    'fanout',
    '--stack',
    '--apis',
    '2',
    '--clients',
    '300',
    '--processes',
    '2',
  );
  expect(output).toContain('No login was lost or doubled.');
  expect(code).toBe(0);
  const { tally, latencies, phases } = lastResult('fanout');
  expect(tally.counts).toMatchObject({
    started: 300,
    approved: 300,
    received: 300,
    lost: 0,
    duplicated: 0,
    failed: 0,
  });
  expect(latencies['approval sent to answer']?.count).toBe(300);
  expect(phases.map(({ name }) => name)).toEqual(['held', 'woken', 'checked']);
});

test('whole logins arrive at their rate, and the report needs nothing but itself', async () => {
  const { code } = await load('login', '--stack', '--rate', '50', '--seconds', '2');
  expect(code).toBe(0);
  expect(lastResult('login').tally.counts).toMatchObject({ started: 100, received: 100, failed: 0 });
  const file = readdirSync(outDir).find((name) => name.startsWith('login') && name.endsWith('.html'));
  const html = readFileSync(join(outDir, file ?? ''), 'utf8');
  expect(html).toContain('<svg');
  expect(html).not.toMatch(/<script|<link|src=|url\(|@import/);
});

test('what a held wait takes is told, and where the load came from', async () => {
  const { code, output } = await load('hold', '--stack', '--clients', '400', '--seconds', '1');
  expect(code).toBe(0);
  expect(output).toMatch(/a held wait takes \d+\.\d KB of the servers/);
  const { options, machine } = lastResult('hold');
  expect(options).toMatchObject({ clients: 400, apis: 1, issuers: 1, approve: false });
  expect(machine).toMatchObject({ node: process.version, cores: expect.any(Number) });
});

test('a folder that cannot be written into is told before the run, not after it', async () => {
  const { code, output } = await load('soak', '--stack', '--out', '/dev/null/results');
  expect(output).toContain('--out: nothing can be written into "/dev/null/results"');
  expect(code).toBe(2);
});

describe('a server that breaks the promise', () => {
  let server: Server;
  let tokenAnswer: { status: number; body: object };

  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume().on('end', () => {
        const [status, body] = answerTo(request.url ?? '', tokenAnswer);
        response.writeHead(status, { 'content-type': 'application/json', 'set-cookie': 'ravi_session=x' });
        response.end(JSON.stringify(body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const run = () => {
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    return load('fanout', '--url', `http://127.0.0.1:${port}`, '--approve', '--clients', '3');
  };

  test('by handing credentials out twice is found out: exit code 1, each login named', async () => {
    tokenAnswer = { status: 200, body: { access: 'x' } };
    const { code, output } = await run();
    expect(code).toBe(1);
    expect(output).toContain('duplicated: BCDF-GHJK');
  });

  test('by losing an approved login is found out: exit code 1, each login named', async () => {
    tokenAnswer = { status: 400, body: { error: 'invalid_grant' } };
    const { code, output } = await run();
    expect(code).toBe(1);
    expect(output).toContain('lost: BCDF-GHJK');
  });
});

function answerTo(path: string, tokenAnswer: { status: number; body: object }): [number, object] {
  switch (path) {
    case '/api/auth/signup/':
      return [201, { csrf_token: 'x' }];
    case '/api/auth/device/':
      return [200, { device_code: 'x', user_code: 'BCDF-GHJK' }];
    case '/api/auth/device/approve/':
      return [200, { status: 'approved' }];
    default:
      return [tokenAnswer.status, tokenAnswer.body];
  }
}

test('a target that does not answer is no result: exit code 2, and a sentence that says so', async () => {
  const port = await freePort();
  const run = await load('start', '--url', `http://127.0.0.1:${port}`, '--seconds', '1');
  expect(run.output).toContain('NOTHING SUCCEEDED');
  expect(run.code).toBe(2);
});
