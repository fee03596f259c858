import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../../scripts/setup/root.mjs';
import { startRedis, type TestRedis } from '../support/redis.ts';

/** The lock file, as far as it is read here. */
interface LockFile {
  readonly packages: Readonly<
    Record<
      string,
      { readonly dev?: true; readonly devOptional?: true; readonly link?: true; readonly resolved?: string }
    >
  >;
}

let redis: TestRedis;
let folder: string;

beforeAll(async () => {
  redis = await startRedis();
  folder = mkdtempSync(join(tmpdir(), 'ravi-production-'));
  installForProduction(folder);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await redis.stop();
});

test.each([
  [['keys', 'list'], 0, 'No key is published'],
  [['accounts', 'find', 'ada@example.com'], 3, 'No account'],
  [['audit', '--since', '1m'], 0, ''],
])(
  'beside services without development packages, %j runs, and installs and writes nothing',
  async (args, code, words) => {
    const before = installed();
    const run = await operate(args);
    expect({ code: run.code, text: run.text }).toEqual({ code, text: expect.stringContaining(words) });
    expect(run.text).not.toContain('setup:');
    expect(installed()).toEqual(before);
  },
);

test('without any packages a tool says what to install, and installs nothing', async () => {
  rmSync(join(folder, 'node_modules'), { recursive: true });
  const run = await operate(['audit']);
  expect(run).toEqual({ code: 1, text: expect.stringContaining('npm ci --omit=dev') });
  expect(readdirSync(folder)).not.toContain('node_modules');
});

/** What `npm ci --omit=dev` leaves: our sources, and the packages that are not for development alone. */
function installForProduction(target: string): void {
  for (const name of ['package.json', 'package-lock.json', 'scripts', 'packages', 'services', 'tools']) {
    cpSync(join(root, name), join(target, name), {
      recursive: true,
      // What is built for others is none of it, and another test may build it at this moment.
      filter: (source) => !/\/(?:node_modules|dist)$/.test(source),
    });
  }
  const text = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const { packages, ...head }: LockFile = JSON.parse(text);
  const kept = Object.entries(packages).filter(
    ([path, { dev, devOptional }]) => path.startsWith('node_modules/') && !dev && !devOptional,
  );
  for (const [path, { link, resolved = '' }] of kept) {
    // A package inside another one comes with that.
    if (path.lastIndexOf('node_modules/') > 0) continue;
    mkdirSync(dirname(join(target, path)), { recursive: true });
    symlinkSync(link ? join(target, resolved) : join(root, path), join(target, path));
  }
  writeFileSync(
    join(target, 'node_modules/.package-lock.json'),
    JSON.stringify({ ...head, packages: Object.fromEntries(kept) }),
  );
}

const installed = () =>
  new Set(readdirSync(join(folder, 'node_modules'), { recursive: true, encoding: 'utf8' }));

/** Runs a tool as an operator does, on a machine where nothing is at hand but Node. */
function operate(args: readonly string[]): Promise<{ code: number; text: string }> {
  const env = { REDIS_URL: redis.url, PUBLIC_URL: 'https://login.example.com', SIGNING_KEY_DIR: folder };
  return new Promise((resolve) => {
    execFile(process.execPath, ['scripts/run.mjs', ...args], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), text: stdout + stderr }),
    );
  });
}
