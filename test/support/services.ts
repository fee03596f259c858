import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readReadyFile } from '@ravi/runtime';
import { eventually } from './eventually.ts';
import { runHosted } from './hosted-process.ts';
import { noteRelease } from './openapi.ts';
import { type ServiceOutput, type ServiceProcess, SpawnedService } from './spawned-service.ts';

export type { ServiceOutput, ServiceProcess } from './spawned-service.ts';

const root = join(import.meta.dirname, '../..');

/** How long a service may take to start, on a machine that does much else. */
const startMs = 120_000;

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
  readonly #services: SpawnedService[] = [];
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

  /** Ends what still runs and removes the stack's files. */
  async stop(): Promise<void> {
    await Promise.all(this.#services.map((service) => service.giveBack()));
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #start(
    name: 'api' | 'issuer',
    env: Readonly<Record<string, string>>,
    surroundings: Surroundings,
  ): Promise<ServiceProcess> {
    const readyFile = join(this.#directory, `${name}-${this.#services.length}.json`);
    const main = join(this.#source, `services/${name}/src/main.ts`);
    const settings = { ...this.#env, PORT: '0', ADMIN_PORT: '0', ...env, READY_FILE: readyFile };
    const service = this.#canBeHosted(settings, surroundings)
      ? new SpawnedService(runHosted(main, settings), 'read', main)
      : new SpawnedService(spawnAlone(main, settings, surroundings), surroundings.output);
    this.#services.push(service);
    await eventually(
      `${name} is ready`,
      async () => {
        if (!service.running) throw new Error(`${name} ended: ${await service.lastOutput()}`);
        const ports = readReadyFile(readyFile, service.pid);
        if (ports) service.listensOn(ports);
        if (ports && name === 'api') noteRelease(service.url, this.#source === root ? 'this' : 'other');
        return ports;
      },
      startMs,
    );
    return service;
  }

  /** Whether a process can run it that ran others before: Node reads some settings and limits only as it starts. */
  #canBeHosted(settings: Readonly<Record<string, string>>, surroundings: Surroundings): boolean {
    const isThis = this.#source === root;
    return isThis && Object.keys(surroundings).length === 0 && !('NODE_OPTIONS' in settings);
  }
}

/** Starts a service in a process of its own. */
function spawnAlone(
  main: string,
  env: Readonly<Record<string, string>>,
  { openFiles, output }: Surroundings,
): ChildProcess {
  const command = [process.execPath, main];
  const limited = ['/bin/sh', '-c', `ulimit -n ${openFiles} && exec "$0" "$@"`];
  const [program = '', ...args] = openFiles === undefined ? command : [...limited, ...command];
  const full = output === 'full' ? openSync('/dev/full', 'w') : null;
  const child = spawn(program, args, { env, stdio: ['ignore', full ?? 'pipe', 'pipe'] });
  if (full !== null) closeSync(full);
  return child;
}
