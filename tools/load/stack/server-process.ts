import { type ChildProcess, spawn } from 'node:child_process';
import { LoadError } from '../load-error.ts';

export interface ServerCommand {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The CPU that it may run on; null for any. */
  readonly cpu?: number | null;
  /** Resolves to true once it can serve. */
  readonly isReady: (pid: number) => Promise<boolean>;
}

const startLimitMs = 60_000;

/** The end of its output that is kept, in characters, for the message when it fails. */
const keptOutput = 4_000;

/** A server in its own process, which ends with this process at the latest. */
export class ServerProcess {
  static readonly #running = new Set<ChildProcess>();
  readonly name: string;
  #command: ServerCommand;
  #child: ChildProcess;
  #output = '';

  private constructor(command: ServerCommand) {
    this.name = command.name;
    this.#command = command;
    this.#child = this.#spawn();
  }

  #spawn(): ChildProcess {
    const { program, args, env, cpu = null } = this.#command;
    const [first, rest] = cpu === null ? [program, args] : ['taskset', ['-c', String(cpu), program, ...args]];
    const child = spawn(first, rest, {
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A terminal's Ctrl-C is for us: the servers are needed until every login is accounted for.
      detached: true,
    });
    if (!process.listeners('exit').includes(ServerProcess.#endAll))
      process.once('exit', ServerProcess.#endAll);
    ServerProcess.#running.add(child);
    child.once('exit', () => ServerProcess.#running.delete(child));
    child.on('error', (error) => (this.#output += error.message));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-keptOutput);
      });
    }
    return child;
  }

  static readonly #endAll = (): void => {
    for (const child of ServerProcess.#running) child.kill('SIGKILL');
  };

  /** Starts a server and resolves once it can serve. Throws LoadError, with what it printed, when it cannot. */
  static async start(command: ServerCommand): Promise<ServerProcess> {
    const server = new ServerProcess(command);
    await server.#untilReady();
    return server;
  }

  /** Kills it, and starts it again with the same command. Resolves and throws as `start` does. */
  async restart(): Promise<void> {
    await this.stop();
    this.#child = this.#spawn();
    await this.#untilReady();
  }

  /** From now on `restart` sets these, too: such as the ports that the system chose at first. */
  restartWith(env: Readonly<Record<string, string>>): void {
    this.#command = { ...this.#command, env: { ...this.#command.env, ...env } };
  }

  async #untilReady(): Promise<void> {
    const endMs = Date.now() + startLimitMs;
    while (!(await this.#command.isReady(this.pid).catch(() => false))) {
      if (!this.running) throw new LoadError(`${this.name} ended at once: ${this.output.trim()}`);
      if (Date.now() > endMs) {
        await this.stop();
        throw new LoadError(
          `${this.name} was not ready after ${startLimitMs / 1000} s: ${this.output.trim()}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get running(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get output(): string {
    return this.#output;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async stop(): Promise<void> {
    if (!this.running) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await ended;
  }
}
