/**
 * Starts every task, also in a fresh clone on a machine that has only Node:
 *
 *     node scripts/run.mjs start     the whole stack, for development
 *     node scripts/run.mjs test      every check and test
 *     node scripts/run.mjs cli       logs in on this machine, and keeps the login
 *     node scripts/run.mjs example   a service that checks credentials, and a program that calls it
 *     node scripts/run.mjs keys      the issuers' signing keys
 *     node scripts/run.mjs accounts  people's accounts, and keys that leaked
 *     node scripts/run.mjs audit     the audit log
 *     node scripts/run.mjs load      the load generator
 *     node scripts/run.mjs bench     the benchmark
 *     node scripts/run.mjs mutants   breaks that no test notices
 *
 * Finds or installs what the task needs, reports it, then runs the task with the Node that the project pins. An operator's
 * task (`keys`, `accounts`, `audit`) installs nothing: it runs beside services that use the same packages. Plain JavaScript
 * without dependencies, since it runs before any is installed and on older Nodes.
 */
import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { ensureDependencies, installedNode, pinnedNode } from './setup/dependencies.mjs';
import { SetupError } from './setup/problem.mjs';
import { ensureRedisServer } from './setup/redis-server.mjs';
import { root } from './setup/root.mjs';

/** @type {Readonly<Record<string, { script: string, needsRedis: boolean, installs: boolean }>>} */
const tasks = {
  start: { script: 'scripts/start.ts', needsRedis: true, installs: true },
  test: { script: 'scripts/test.ts', needsRedis: true, installs: true },
  cli: { script: 'tools/cli/src/main.ts', needsRedis: false, installs: true },
  example: { script: 'examples/resource-server/main.ts', needsRedis: false, installs: true },
  keys: { script: 'tools/keys/main.ts', needsRedis: false, installs: false },
  accounts: { script: 'tools/accounts/main.ts', needsRedis: false, installs: false },
  audit: { script: 'tools/audit/main.ts', needsRedis: false, installs: false },
  load: { script: 'tools/load/main.ts', needsRedis: true, installs: true },
  bench: { script: 'tools/bench/main.ts', needsRedis: true, installs: true },
  mutants: { script: 'scripts/mutants.ts', needsRedis: true, installs: true },
};

const compileCache = join(root, 'node_modules/.cache/node-compile');

/** Packages that are built for others are used from their sources here. */
const sourceCondition = '--conditions=ravi-source';

/** @param {readonly string[]} args the task's name, then the task's own arguments */
async function main([name = '', ...args]) {
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (!task) throw new SetupError(`Name a task: node scripts/run.mjs ${Object.keys(tasks).join(' | ')}`);
  if (task.installs) await ensureDependencies();
  const node = task.installs ? pinnedNode : installedNode();
  const redisServer = task.needsRedis ? await ensureRedisServer() : null;
  process.exitCode = await handOver(node, [task.script, ...args], environment(node, redisServer));
}

/**
 * The task's environment: its Node first on the PATH, and the path of the Redis program. Its folder is on the PATH
 * too, for tools that search for `redis-server`. The pinned Node caches its compiled code: the next one starts in two thirds
 * of the time. Another one, beside running services, writes nothing.
 * @param {string} node
 * @param {string | null} redisServer
 */
function environment(node, redisServer) {
  const path = [dirname(node), process.env['PATH'], ...(redisServer ? [dirname(redisServer)] : [])];
  return {
    ...process.env,
    PATH: path.filter(Boolean).join(delimiter),
    ...(node === pinnedNode ? { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? compileCache } : {}),
    ...(redisServer ? { REDIS_SERVER_BIN: redisServer } : {}),
  };
}

/**
 * Runs the task and resolves to its exit code, 128 + the signal's number when a signal ended it.
 * @param {string} node
 * @param {readonly [script: string, ...args: string[]]} command
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
function handOver(node, [script, ...args], env) {
  const child = spawn(node, [sourceCondition, join(root, script), ...args], {
    cwd: root,
    env,
    stdio: 'inherit',
  });
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP', 'SIGINT'])) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the whole foreground group, so the task has it already.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof SetupError ? `\n${error.message}` : error);
  process.exitCode = 1;
}
