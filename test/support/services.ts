import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { readReadyFile, type ServicePorts } from '@ravi/runtime';
import { eventually } from './eventually.ts';
import { noteRelease } from './openapi.ts';

const root = join(import.meta.dirname, '../..');

/** How long a service may take to start, on a machine that does much else. */
const startMs = 120_000;

/** A service that runs as a process of its own, as in production. */
export interface ServiceProcess {
  /** Where programs and people reach it; the admin address for an issuer. */
  readonly url: string;
  readonly adminUrl: string;
  /** Every line that it printed so far. */
  output(): string;
  /** Who read its standard output is gone. */
  closeOutput(): void;
  /** Ends it and resolves with its exit code, null after SIGKILL. */
  end(signal: 'SIGTERM' | 'SIGHUP' | 'SIGKILL'): Promise<number | null>;
  freeze(): void;
  thaw(): void;
  readonly running: boolean;
}

/** Where a service's standard output goes: to the test, to a full disk, or into a pipe that nobody reads. */
export type ServiceOutput = 'read' | 'full' | 'unread';

/** What a service finds around it. */
interface Surroundings {
  /** Maximum of files that it may open. */
  readonly openFiles?: number;
  readonly output?: ServiceOutput;
}

/** Starts services on one Redis and ends them together. */
export class TestStack {
  readonly #env: Readonly<Record<string, string>>;
  readonly #directory = mkdtempSync(join(tmpdir(), 'ravi-test-'));
  readonly #services: ServiceProcess[] = [];
  readonly #source: string;

  /** `env` is what all services get on top of the stack's own settings; `source` the folder of another release. */
  constructor(redisUrl: string, env: Readonly<Record<string, string>> = {}, source = root) {
    this.#source = source;
    this.#env = {
      PATH: process.env['PATH'] ?? '',
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '',
      REDIS_URL: redisUrl,
      DATA_DIR: this.#directory,
      PUBLIC_URL: 'http://login.localhost:3000',
      RATE_LIMITS: 'off',
      ...env,
    };
  }

  /** Starts an api and resolves once it is ready. */
  startApi(
    env: Readonly<Record<string, string>> = {},
    surroundings: Surroundings = {},
  ): Promise<ServiceProcess> {
    return this.#start('api', env, surroundings);
  }

  /** Starts an issuer and resolves once it is ready. */
  startIssuer(
    env: Readonly<Record<string, string>> = {},
    surroundings: Surroundings = {},
  ): Promise<ServiceProcess> {
    return this.#start('issuer', env, surroundings);
  }

  /** Everything that all services printed. */
  output(): string {
    return this.#services.map((service) => service.output()).join('');
  }

  /** Kills what still runs and removes the stack's files. */
  async stop(): Promise<void> {
    await Promise.all(this.#services.map((service) => service.end('SIGKILL')));
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #start(
    name: 'api' | 'issuer',
    env: Readonly<Record<string, string>>,
    { openFiles, output = 'read' }: Surroundings,
  ): Promise<ServiceProcess> {
    const readyFile = join(this.#directory, `${name}-${this.#services.length}.json`);
    const command = [process.execPath, join(this.#source, `services/${name}/src/main.ts`)];
    const limited = ['/bin/sh', '-c', `ulimit -n ${openFiles} && exec "$0" "$@"`];
    const [program = '', ...args] = openFiles === undefined ? command : [...limited, ...command];
    const full = output === 'full' ? openSync('/dev/full', 'w') : null;
    const child = spawn(program, args, {
      env: { ...this.#env, PORT: '0', ADMIN_PORT: '0', ...env, READY_FILE: readyFile },
      stdio: ['ignore', full ?? 'pipe', 'pipe'],
    });
    if (full !== null) closeSync(full);
    const service = new SpawnedService(child, output);
    this.#services.push(service);
    await eventually(
      `${name} is ready`,
      async () => {
        if (!service.running) throw new Error(`${name} ended: ${await service.lastOutput()}`);
        const ports = readReadyFile(readyFile, child.pid);
        if (ports) service.listensOn(ports);
        if (ports && name === 'api') noteRelease(service.url, this.#source === root ? 'this' : 'other');
        return ports;
      },
      startMs,
    );
    return service;
  }
}

/** The lines of a stream: of one that is still on its way a test would see a part. */
class PrintedLines {
  text = '';
  /** Resolves once all of it is read. */
  readonly closed: Promise<unknown>;
  #begun = '';

  constructor(stream: Readable) {
    stream.setEncoding('utf8').on('data', (more: string) => this.#take(more));
    stream.on('end', () => (this.text += this.#begun));
    this.closed = new Promise((resolve) => stream.once('close', resolve));
  }

  #take(more: string): void {
    this.#begun += more;
    const end = this.#begun.lastIndexOf('\n') + 1;
    this.text += this.#begun.slice(0, end);
    this.#begun = this.#begun.slice(end);
  }
}

class SpawnedService implements ServiceProcess {
  readonly #child: ChildProcess;
  #ports: ServicePorts | null = null;
  readonly #printed: readonly PrintedLines[];

  constructor(child: ChildProcess, output: ServiceOutput) {
    this.#child = child;
    const streams = [output === 'read' ? child.stdout : null, child.stderr];
    this.#printed = streams.filter((stream) => stream !== null).map((stream) => new PrintedLines(stream));
  }

  /** It is ready and told its ports. */
  listensOn(ports: ServicePorts): void {
    this.#ports = ports;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#ports?.port ?? this.#ports?.adminPort}`;
  }

  get adminUrl(): string {
    return `http://127.0.0.1:${this.#ports?.adminPort}`;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  output(): string {
    return this.#printed.map(({ text }) => text).join('');
  }

  /** Every line that it printed, once it has ended: the last ones may still be on their way then. */
  async lastOutput(): Promise<string> {
    await Promise.all(this.#printed.map(({ closed }) => closed));
    return this.output();
  }

  closeOutput(): void {
    this.#child.stdout?.destroy();
  }

  async end(signal: 'SIGTERM' | 'SIGHUP' | 'SIGKILL'): Promise<number | null> {
    if (this.running) {
      const ended = new Promise((resolve) => this.#child.once('exit', resolve));
      this.#child.kill('SIGCONT');
      this.#child.kill(signal);
      await ended;
    }
    return this.#child.exitCode;
  }

  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }
}
