import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/setup/root.mjs';
import { takeDataFolder } from '../../scripts/stack/data-folder.ts';
import { startEmbeddedRedis } from '../../scripts/stack/embedded-redis.ts';
import { parseConfig } from '../../tools/accounts/config.ts';
import { hasEnded, killChild } from '../support/child-process.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { hasRedisServer, redisServerProgram } from '../support/redis-server.ts';

const describeWithRedis = hasRedisServer ? describe : describe.skip;

const directory = mkdtempSync(join(tmpdir(), 'ravi-test-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A program of Node and what it printed. */
function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child: ChildProcess = spawn(process.execPath, args, {
    env: {
      PATH: process.env['PATH'] ?? '',
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (printed.text += text));
  }
  const closed = new Promise((resolve) => child.once('close', resolve));
  const stop = async () => {
    await killChild(child);
    await closed;
  };
  return { child, printed, stop };
}

test('a folder of data is one process’s alone until that ends, also when several ask at once and it is killed', async () => {
  const folder = join(directory, 'taken');
  const source = `
    import { takeDataFolder } from ${JSON.stringify(join(root, 'scripts/stack/data-folder.ts'))};
    const taken = takeDataFolder(${JSON.stringify(folder)});
    console.log('taken');
    setInterval(() => taken, 1000);`;
  const args = ['--input-type=module', '--eval', source];
  const programs = [1, 2, 3].map(() => run(args));
  try {
    const running = () => programs.filter(({ child }) => !hasEnded(child));
    await eventually('two have given up', () => running().length === 1);
    const [holder] = running();
    await eventually('one has it', () => holder?.printed.text.includes('taken'));
    expect(() => takeDataFolder(folder)).toThrow(`Another "npm start" uses the data in ${folder}`);
  } finally {
    await Promise.all(programs.map(({ stop }) => stop()));
  }
  // Killed, so that it gave back nothing itself.
  takeDataFolder(folder).release();
});

test('a folder that cannot be written is named in a sentence', () => {
  expect(() => takeDataFolder('/dev/null/data')).toThrow(
    /^\/dev\/null\/data cannot be written \(.+\): set DATA_DIR to a folder that this user may write to\.$/,
  );
});

test('the data of a Redis that is still loading is not given to a second one', async () => {
  const loading = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.resume();
    socket.end('-LOADING Redis is loading the dataset in memory\r\n');
  });
  const port = await new Promise<number>((resolve) => {
    loading.listen(0, '127.0.0.1', () => {
      const address = loading.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
  writeFileSync(join(directory, 'port'), String(port));
  await expect(startEmbeddedRedis('no-redis-server', directory)).rejects.toThrow('still uses this data');
  await new Promise((resolve) => loading.close(resolve));
});

describeWithRedis('npm start', () => {
  test('of two "npm start" on one folder in the same moment, exactly one comes up, and links of the tools lead to it', async () => {
    const ports = [await freePort(), await freePort()];
    const starts = ports.map((port) =>
      run(['--conditions=ravi-source', join(root, 'scripts/start.ts')], {
        PORT: String(port),
        DATA_DIR: join(directory, 'stack'),
        REDIS_SERVER_BIN: redisServerProgram,
      }),
    );
    try {
      const loser = await eventually('one has given up', () => starts.find(({ child }) => hasEnded(child)));
      await eventually('it says why', () =>
        loser.printed.text.includes('Another "npm start" uses the data in'),
      );
      const winner = starts.find((one) => one !== loser);
      if (!winner) throw new Error('Both are gone.');
      await eventually('the other is ready', () => winner.printed.text.includes('is ready'), 120_000);
      const env = { DATA_DIR: join(directory, 'stack') };
      const linksOf = (more: object) => parseConfig({ ...env, ...more }).publicUrl;
      expect(linksOf({})).toBe(`http://localhost:${ports[starts.indexOf(winner)]}`);
      expect(linksOf({ PUBLIC_URL: 'https://login.example.com' })).toBe('https://login.example.com');
      expect(linksOf({ REDIS_URL: 'redis://127.0.0.1:1' })).toBe('http://localhost:3000');
      // As when its terminal is closed.
      winner.child.kill('SIGHUP');
      await eventually('it has stopped', () => hasEnded(winner.child));
      expect(winner.child.exitCode).toBe(0);
    } finally {
      await Promise.all(starts.map(({ stop }) => stop()));
    }
  });
});
