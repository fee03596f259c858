import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../setup/root.mjs';
import { hasEnded, killChild } from '../../test/support/child-process.ts';
import { redisFlags, type RedisServer, startRedisServer } from '../../test/support/redis-server.ts';
import { type Answer, answerSchema, type Notice, type Question } from './trying/messages.ts';

/** After how many tries a process ends: modules that were evaluated once stay in its memory. */
const maxTries = 150;

/** Longer than any tests of one question take. */
const patienceMs = 90_000;

const endless: Notice = { file: '', test: '', error: 'it does not end' };

/** A process that tries breaks, with a Redis of its own; it is replaced when it hangs, or a try leaves something in it. */
export class TryingProcess {
  readonly #redis: RedisServer;
  #child: ChildProcess | null = null;
  #tries = 0;

  private constructor(redis: RedisServer) {
    this.#redis = redis;
  }

  static async start(): Promise<TryingProcess> {
    return new TryingProcess(
      await startRedisServer((port) => redisFlags({ port, bind: '127.0.0.1', save: '', appendonly: 'no' })),
    );
  }

  /** The test that notices a break; null for none. A test that only took too long is asked again in a new process. */
  async noticedBy(question: Omit<Extract<Question, { kind: 'try' }>, 'kind'>): Promise<Notice | null> {
    const ask = async () => {
      const answer = await this.ask({ kind: 'try', ...question });
      return answer?.kind === 'tried' ? answer : { noticedBy: endless, isDoubtful: true };
    };
    const first = await ask();
    return first.noticedBy !== null && first.isDoubtful ? (await ask()).noticedBy : first.noticedBy;
  }

  /** Asks; null when the process hangs or ends instead of an answer. */
  async ask(question: Question): Promise<Answer | null> {
    const child = this.#child ?? this.#begin();
    const over = new AbortController();
    const late = setTimeout(() => over.abort(), patienceMs);
    child.send(question);
    const answer = await Promise.race([
      once(child, 'message', { signal: over.signal }).then(([message]) => answerSchema.parse(message)),
      once(child, 'exit', { signal: over.signal }).then(() => null),
    ]).catch(() => null);
    clearTimeout(late);
    over.abort();
    const isDoubtful = answer === null || (answer.kind === 'tried' && answer.isDoubtful);
    if (isDoubtful || ++this.#tries >= maxTries) await this.renew();
    return answer;
  }

  /** The next question goes to a new process. */
  async renew(): Promise<void> {
    if (this.#child) await killGroup(this.#child);
    this.#child = null;
    this.#tries = 0;
  }

  async stop(): Promise<void> {
    await this.renew();
    await killChild(this.#redis.child);
  }

  #begin(): ChildProcess {
    this.#child = fork(join(import.meta.dirname, 'trying/process.ts'), [], {
      cwd: root,
      // With a group of its own: it ends together with what its tests have started.
      detached: true,
      execArgv: ['--conditions=ravi-source', '--disable-warning=ExperimentalWarning'],
      env: { ...process.env, REDIS_URL: `redis://127.0.0.1:${this.#redis.port}`, JEST_WORKER_ID: '1' },
      stdio: process.env['RAVI_MUTANTS_SHOW'] ? 'inherit' : ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    return this.#child;
  }
}

async function killGroup(child: ChildProcess): Promise<void> {
  if (hasEnded(child) || child.pid === undefined) return;
  const ended = once(child, 'exit');
  process.kill(-child.pid, 'SIGKILL');
  await ended;
}
