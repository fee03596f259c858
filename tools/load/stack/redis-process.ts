import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../test/support/free-port.ts';
import { ServerProcess } from './server-process.ts';

/**
 * When Redis has its append-only file written to the disk. `everysec` as in production; while a write to the disk takes its time, it puts the
 * next ones off for up to two seconds, and a kill of its process loses what it has answered by then. With `no`, each is with the system
 * before it is answered, and a kill loses nothing.
 */
export type AppendFsync = 'everysec' | 'no';

/** A Redis of this run, with an append-only file as in production, and no data. */
export class RedisProcess {
  readonly url: string;
  readonly process: ServerProcess;
  readonly #directory: string;

  private constructor(url: string, server: ServerProcess, directory: string) {
    this.url = url;
    this.process = server;
    this.#directory = directory;
  }

  /** Starts `redis-server`, or the program that `REDIS_SERVER_BIN` names. `cpu`: the one that it may run on. */
  static async start(
    cpu: number | null = null,
    appendfsync: AppendFsync = 'everysec',
  ): Promise<RedisProcess> {
    // Another program may have taken the free port: then the next one is tried.
    for (let attempt = 1; ; attempt++) {
      try {
        return await RedisProcess.#startOnPort(await freePort(), cpu, appendfsync);
      } catch (error) {
        if (attempt === 3) throw error;
      }
    }
  }

  static async #startOnPort(
    port: number,
    cpu: number | null,
    appendfsync: AppendFsync,
  ): Promise<RedisProcess> {
    const directory = mkdtempSync(join(tmpdir(), 'ravi-load-redis-'));
    const options = {
      port,
      dir: directory,
      bind: '127.0.0.1',
      save: '',
      appendonly: 'yes',
      appendfsync,
      'maxmemory-policy': 'noeviction',
    };
    const server = await ServerProcess.start({
      name: 'redis',
      program: process.env['REDIS_SERVER_BIN'] ?? 'redis-server',
      args: Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
      cpu,
      isReady: (pid) => answersAs(port, pid),
    });
    return new RedisProcess(`redis://127.0.0.1:${port}`, server, directory);
  }

  async stop(): Promise<void> {
    await this.process.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** Whether this very process answers on the port. */
function answersAs(port: number, pid: number): Promise<boolean> {
  const answered = Promise.withResolvers<boolean>();
  const socket = connect({ port, host: '127.0.0.1' }, () => socket.write('INFO server\r\n'));
  socket.on('data', (bytes) => answered.resolve(bytes.toString().includes(`process_id:${pid}\r\n`)));
  socket.on('error', () => answered.resolve(false));
  return answered.promise.finally(() => socket.destroy());
}
