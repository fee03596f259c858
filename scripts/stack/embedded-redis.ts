import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { print } from './log.ts';
import { freePort } from './ports.ts';
import { StackError } from './problem.ts';
import { runProgram, type RunningProgram } from './process.ts';

/** A Redis that belongs to this run and keeps its data for the next. */
export interface EmbeddedRedis {
  readonly url: string;
  readonly program: RunningProgram;
}

/** Time limit for Redis to answer; a container's image may have to be pulled first. Loading data takes as long as it takes. */
const startLimitMs = 60_000;

/** The same guarantees as in production: every write to the append-only file, no eviction. */
const settings = [
  '--appendonly',
  'yes',
  '--save',
  '',
  '--maxmemory-policy',
  'noeviction',
  '--loglevel',
  'warning',
];

/** How often another port is tried if a program took the free one. */
const maxPortAttempts = 5;

/**
 * Starts a Redis on a free port of the loopback interface. The folder must be the caller's alone. With a binary, its data lies in `folder`; without one it
 * runs in a container and its data in the volume `ravi-device-auth-redis`. Resolves when it answers; throws
 * `StackError` when it does not.
 */
export async function startEmbeddedRedis(binary: string | undefined, folder: string): Promise<EmbeddedRedis> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnPort(await freePort(), binary, folder);
    } catch (error) {
      const taken = error instanceof Error && /already (in use|allocated)/.test(error.message);
      if (!taken || attempt === maxPortAttempts) throw error;
    }
  }
}

async function startOnPort(port: number, binary: string | undefined, folder: string): Promise<EmbeddedRedis> {
  await refuseOrphan(join(folder, 'port'), port);
  const output: string[] = [];
  const program = runProgram({
    command: binary ? binaryCommand(binary, port, folder) : containerCommand(port),
    onLine: (line) => output.push(line),
  });
  const endedEarly = program.ended.then((how) => {
    throw new StackError(`Redis ended at once (${how}): ${output.slice(-3).join(' ')}`);
  });
  try {
    await Promise.race([untilItAnswers(port, binary ? program.pid : undefined), endedEarly]);
  } catch (error) {
    await program.stop(1_000);
    throw error;
  }
  return { url: `redis://127.0.0.1:${port}`, program };
}

function binaryCommand(binary: string, port: number, folder: string): [string, ...string[]] {
  return [binary, '--bind', '127.0.0.1', '--port', String(port), '--dir', folder, ...settings];
}

/**
 * Two servers on one append-only file would destroy it, and one outlives an "npm start" that was killed. The file `port` names the one
 * that writes, for other tools too.
 */
async function refuseOrphan(file: string, port: number): Promise<void> {
  const other = Number(await readFile(file, 'utf8').catch(() => ''));
  if (other > 0 && (await isRedis(other))) {
    throw new StackError(
      `The Redis of an "npm start" that was killed still uses this data: stop it with "redis-cli -p ${other} shutdown", or set DATA_DIR to another folder.`,
    );
  }
  await writeFile(file, String(port));
}

function containerCommand(port: number): [string, ...string[]] {
  const publish = `127.0.0.1:${port}:6379`;
  const run = [
    'run',
    '--rm',
    '--name',
    'ravi-device-auth-redis',
    '-p',
    publish,
    '-v',
    'ravi-device-auth-redis:/data',
    'redis:8-bookworm',
  ];
  return ['docker', ...run, 'redis-server', ...settings];
}

/** The answer must name our program's pid: another Redis may answer if it took the port meanwhile. */
async function untilItAnswers(port: number, pid: number | undefined): Promise<void> {
  let deadline = Date.now() + startLimitMs;
  let told = false;
  while (!(await answersPing(port, pid))) {
    if (await ask(port, (text) => text.startsWith('-LOADING'))) {
      deadline = Date.now() + startLimitMs;
      if (!told) print('Redis is loading its data');
      told = true;
    }
    if (Date.now() > deadline) throw new StackError(`Redis did not answer within ${startLimitMs / 1_000} s.`);
    await pause(50);
  }
}

/** Whether it has loaded its data and has this pid. */
function answersPing(port: number, pid?: number): Promise<boolean> {
  // Anything else, such as -LOADING, means "not yet".
  return ask(port, (text) => {
    if (!text.startsWith('+PONG')) return false;
    return pid === undefined || text.includes(`process_id:${pid}\r\n`) || null;
  });
}

/** Whether a Redis listens there, also one that is still loading its data. */
function isRedis(port: number): Promise<boolean> {
  return ask(port, (text) => /^(\+PONG|-LOADING|-BUSY|-MISCONF|-MASTERDOWN)/.test(text));
}

/** Asks who is there; `judge` reads the answer as far as it came, and may want more of it (null). */
function ask(port: number, judge: (text: string) => boolean | null): Promise<boolean> {
  const answered = Promise.withResolvers<boolean>();
  const socket = connect({ port, host: '127.0.0.1' }, () => socket.write('PING\r\nINFO server\r\n'));
  socket.setTimeout(1_000, () => answered.resolve(false));
  socket.on('error', () => answered.resolve(false));
  socket.on('close', () => answered.resolve(false));
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const verdict = judge(text);
    if (verdict !== null) answered.resolve(verdict);
  });
  return answered.promise.finally(() => socket.destroy());
}
