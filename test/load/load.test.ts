import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadResult } from '../../tools/load/measuring/load-result.ts';

const outDir = mkdtempSync(join(tmpdir(), 'ravi-load-test-'));
afterAll(() => rmSync(outDir, { recursive: true, force: true }));

/** Runs the load generator as a person does. */
function load(...args: string[]): Promise<{ code: number | null; output: string }> {
  return watchedLoad(() => undefined, ...args);
}

/** Runs it in a process group of its own, which gets a Ctrl-C once its output has come to this. */
function loadWithCtrlC(when: RegExp, ...args: string[]): Promise<{ code: number | null; output: string }> {
  let pressed = false;
  const pressWhen = (output: string, pid: number) => {
    if (pressed || !when.test(output)) return;
    pressed = true;
    process.kill(-pid, 'SIGINT');
  };
  return watchedLoad(pressWhen, ...args);
}

/** Runs it, and tells what it has printed so far. */
async function watchedLoad(
  onOutput: (output: string, pid: number) => void,
  ...args: string[]
): Promise<{ code: number | null; output: string }> {
  const program = join(import.meta.dirname, '../../tools/load/main.ts');
  const child = spawn(process.execPath, [program, '--out', outDir, ...args], { detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      onOutput(output, child.pid ?? 0);
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}

/** Lets a target of this test listen. Returns its port. */
async function listening(target: Server): Promise<number> {
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  const address = target.address();
  return typeof address === 'object' && address ? address.port : 0;
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
  const report =
    readdirSync(outDir).find((name) => name.startsWith('fanout') && name.endsWith('.html')) ?? '';
  const html = readFileSync(join(outDir, report), 'utf8');
  expect(html).toMatch(/<line class="moment"[^>]*\/><text[^>]*>held<\/text>/);
  expect(html).toMatch(/<title>logins: \d+ logins a second<\/title>/);
});

test('whole logins arrive at their rate; a requirement that is not met comes first and fails the run; the report needs nothing but itself', async () => {
  const required = ['--require', 'lost=0', '--require', 'answer.p50 < 0.001ms'];
  const amounts = ['--rate', '50', '--ramp', '1', '--seconds', '2'];
  const { code, output } = await load('login', '--stack', ...amounts, ...required);
  expect(code).toBe(3);
  expect(output).toMatch(
    /login at http\S+\nmet: lost=0 \(0\)\nNOT MET: answer\.p50 < 0\.001ms \([\d.,]+ ms\)\n100 logins in /,
  );
  expect(output).toMatch(/The busiest process of the load generator used \d+\.\d % of a core/);
  expect(output).toContain(
    `Again: npm run load -- --out ${outDir} login --stack --rate 50 --ramp 1 --seconds 2 --require lost=0 --require 'answer.p50 < 0.001ms'`,
  );
  const { tally, done } = lastResult('login');
  expect(done).toBe(100);
  expect(tally.counts).toMatchObject({ started: 125, received: 125, failed: 0 });
  const file = readdirSync(outDir).find((name) => name.startsWith('login') && name.endsWith('.html'));
  const html = readFileSync(join(outDir, file ?? ''), 'utf8');
  expect(html).toContain('<svg');
  expect(html).toContain('met: lost=0 (0)');
  expect(html).not.toMatch(/<script|<link|src=|url\(|@import/);
});

test('processes that die or stand still lose no login: each is marked, and the live page ends with the report', async () => {
  const frames: Promise<string>[] = [];
  const amounts = ['login', '--stack', '--apis', '2', '--rate', '15', '--seconds', '4', '--live', '0'];
  const texts = ['1s restart redis', '2s restart api 2', '3s freeze issuer 1 for 0.5s'];
  const { code, output } = await watchedLoad(
    (printed) => {
      const url = /Live {4}(\S+)/.exec(printed)?.[1];
      if (url !== undefined && frames.length === 0)
        frames.push(fetch(`${url}/frames`).then((response) => response.text()));
    },
    ...amounts,
    ...texts.flatMap((text) => ['--fault', text]),
    '--require',
    'lost=0',
  );
  expect(output).toContain('met: lost=0 (0)');
  expect(code).toBe(0);
  const { marks, growth, timeline, startedAt } = lastResult('login');
  const done = ['killed redis', 'redis is back', 'killed api 2', 'api 2 is back', 'froze issuer 1'];
  expect(marks.map(({ label }) => label)).toEqual(expect.arrayContaining([...done, 'issuer 1 goes on']));
  expect(output).toMatch(/after \d+\.\d s: killed redis\n/);
  expect(growth.map(({ server }) => server)).toEqual(expect.arrayContaining(['api 1', 'issuer 1']));
  expect(timeline.some(({ latencies }) => Object.keys(latencies).length > 0)).toBe(true);
  const file = join(outDir, `login-${startedAt.replace(/[:.]/g, '-')}`);
  const html = readFileSync(`${file}.html`, 'utf8');
  expect(html).toContain('<title>killed redis</title>');
  expect(html).toContain('approval sent to answer, over time');
  expect(html).toContain('What the services counted');
  const [told = ''] = await Promise.all(frames);
  const last = told.split('\n').findLast((line) => line.startsWith('data: "')) ?? '';
  expect(html).toContain(JSON.parse(last.slice('data: '.length)) as string);
  expect(readFileSync(`${file}.hlog`, 'utf8')).toContain('\nTag=answer,');
});

test('what a held wait takes is told, and where the load came from', async () => {
  const { code, output } = await load('hold', '--stack', '--clients', '400', '--seconds', '1');
  expect(code).toBe(0);
  expect(output).toMatch(/a held wait takes \d+\.\d KB of the servers/);
  const { options, machine } = lastResult('hold');
  expect(options).toMatchObject({ clients: 400, apis: 1, issuers: 1, approve: false });
  expect(machine).toMatchObject({ node: process.version, cores: expect.any(Number) });
});

test('Ctrl-C ends the load, accounts for what was approved, and the result says that it was stopped', async () => {
  const { code, output } = await loadWithCtrlC(
    /waiting {2}[1-9]\d* logins/,
    'fanout',
    '--stack',
    '--clients',
    '400',
    '--rate',
    '10',
  );
  expect(output).toContain('Stopped before its time. No login was lost or doubled.');
  expect(code).toBe(0);
  const { interrupted, tally, done } = lastResult('fanout');
  expect(interrupted).toBe(true);
  expect(done).toBeLessThan(400);
  expect(tally.counts).toMatchObject({ received: tally.counts.approved, failed: 0 });
});

test('metrics that nobody tells are no silent gap: exit code 2', async () => {
  const silent = createServer((request) => request.socket.destroy());
  const url = `http://127.0.0.1:${await listening(silent)}/metrics`;
  const run = await load('start', '--stack', '--metrics', url, '--seconds', '1');
  silent.close();
  expect(run.output).toContain(`--metrics: ${url} does not tell`);
  expect(run.code).toBe(2);
});

test.each(['/dev/null/results', '/proc/results', import.meta.filename])(
  'a folder that cannot be written into is told before the run, not after it: %s',
  async (path) => {
    const { code, output } = await load('soak', '--stack', '--out', path);
    expect(output).toContain(`--out: nothing can be written into "${path}"`);
    expect(code).toBe(2);
  },
);

describe('a server that breaks the promise', () => {
  let server: Server;
  let port: number;
  let tokenAnswer: { status: number; body: object };

  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume().on('end', () => {
        const [status, body] = answerTo(request.url ?? '', tokenAnswer);
        response.writeHead(status, { 'content-type': 'application/json', 'set-cookie': 'ravi_session=x' });
        response.end(JSON.stringify(body));
      });
    });
    port = await listening(server);
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const run = () => {
    return load('fanout', '--url', `http://127.0.0.1:${port}`, '--approve', '--clients', '3');
  };

  test('by handing credentials out twice is found out: exit code 1, each login named', async () => {
    tokenAnswer = { status: 200, body: { access: 'x' } };
    const { code, output } = await run();
    expect(code).toBe(1);
    expect(output).toContain('given again: BCDF-GHJK');
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

test('what a target answers cannot write to the terminal', async () => {
  const forged = createServer((_, response) => response.writeHead(500).end('\u001B[2Kall is well\n'));
  const port = await listening(forged);
  const run = await load('start', '--url', `http://127.0.0.1:${port}`, '--seconds', '1');
  forged.close();
  expect(run.output).toContain('start: 500 ·[2Kall is well·');
  expect(run.code).toBe(2);
});

test('a password goes to the host that was named, and not where that one redirects', async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  const port = await listening(server);
  const run = await load('login', '--url', `http://127.0.0.1:${port}`, '--approve', '--seconds', '1');
  server.close();
  expect(run.output).toContain('The signup was refused: 307');
  expect(run.code).toBe(2);
  expect(seen).toEqual(['/api/auth/signup/']);
});

test('each address of a balancer is driven, under the name of the deployment', async () => {
  const seen = new Set<string>();
  const server = createServer((request, response) => {
    seen.add(`${request.headers.host} at ${request.socket.localAddress}`);
    response.end(JSON.stringify({ device_code: 'x', user_code: 'BCDF-GHJK' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const address = server.address();
  const name = `deployment.test:${typeof address === 'object' && address ? address.port : 0}`;
  const addresses = ['--address', '127.0.0.1', '--address', '127.0.0.2'];
  const run = await load('start', '--url', `http://${name}`, ...addresses, '--i-own-this', '--seconds', '1');
  server.close();
  expect(run.code).toBe(0);
  expect(seen).toEqual(new Set([`${name} at 127.0.0.1`, `${name} at 127.0.0.2`]));
});

test('a target that does not answer is no result: exit code 2, and a sentence that says so', async () => {
  const silent = createServer((request) => request.socket.destroy());
  const url = `http://127.0.0.1:${await listening(silent)}`;
  const run = await load('start', '--url', url, '--seconds', '1');
  silent.close();
  expect(run.output).toContain('NOTHING SUCCEEDED');
  expect(run.code).toBe(2);
});
