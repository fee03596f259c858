import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { ServiceProcess } from '../../../test/support/services.ts';
import type { Modules } from './modules.ts';

type Environment = Readonly<Record<string, string>>;

declare global {
  /** The environments of services, which their `main.ts` reads here. */
  var raviServiceEnvironments: Map<number, Environment>;
}

const portsSchema = z.object({ port: z.number().optional(), adminPort: z.number() });
const stopSignals: ReadonlySet<string | symbol> = new Set(['SIGTERM', 'SIGINT', 'SIGHUP']);

/** How long a service may take to start, or to end. */
const patienceMs = 35_000;

/** What a service has told of itself by listening to signals and by its exit. */
class HostedService implements ServiceProcess {
  readonly #readyFile: string;
  readonly exited = Promise.withResolvers<number>();
  stopBySignal: ((signal: string) => void) | null = null;
  running = true;

  constructor(readyFile: string) {
    this.#readyFile = readyFile;
  }

  get url(): string {
    const { port, adminPort } = this.ports();
    return `http://127.0.0.1:${port ?? adminPort}`;
  }

  get adminUrl(): string {
    return `http://127.0.0.1:${this.ports().adminPort}`;
  }

  ports(): z.infer<typeof portsSchema> {
    return portsSchema.parse(JSON.parse(readFileSync(this.#readyFile, 'utf8')));
  }

  output(): string {
    return '';
  }

  closeOutput(): void {
    throw new Error('A service of this process has no output of its own.');
  }

  async end(): Promise<number> {
    if (this.running) {
      this.running = false;
      await inTurn(() => leave(this));
    }
    return 0;
  }

  freeze(): void {
    throw new Error('A service of this process is not frozen.');
  }

  thaw(): void {
    throw new Error('A service of this process is not frozen.');
  }
}

let modules: Modules | null = null;
let starting: HostedService | null = null;
let leaving: HostedService | null = null;
let lastId = 0;
let turn: Promise<unknown> = Promise.resolve();

/** Lets services run in this process: they listen to signals and exit as they would in one of their own. */
export function hostServices(ofThisProcess: Modules): void {
  modules = ofThisProcess;
  globalThis.raviServiceEnvironments = new Map();
  process.setMaxListeners(0);
  const on = process.on.bind(process);
  Object.assign(process, {
    on: (event: string | symbol, listener: (signal: string) => void) => {
      if (starting && stopSignals.has(event)) starting.stopBySignal = listener;
      else if (!starting || event !== 'exit') on(event, listener);
      return process;
    },
    exit: (code = 0) => (leaving ?? starting)?.exited.resolve(code),
  });
}

/** Starts a service with this environment, one at a time. Rejects when it exits instead. */
export function startService(name: 'api' | 'issuer', environment: Environment): Promise<ServiceProcess> {
  return inTurn(async () => {
    const id = ++lastId;
    globalThis.raviServiceEnvironments.set(id, environment);
    const service = new HostedService(environment['READY_FILE'] ?? '');
    [starting, leaving] = [service, null];
    try {
      const failed = service.exited.promise.then((code) => {
        throw new Error(`The ${name} exited with ${code}.`);
      });
      const late = pause(patienceMs).then(() => {
        throw new Error(`The ${name} did not start.`);
      });
      late.catch(() => undefined);
      failed.catch(() => undefined);
      await Promise.race([modules?.importService(`services/${name}/src/main.ts`, id), failed, late]);
      return service;
    } finally {
      starting = null;
    }
  });
}

async function leave(service: HostedService): Promise<void> {
  leaving = service;
  service.stopBySignal?.('SIGTERM');
  await Promise.race([service.exited.promise, pause(patienceMs)]);
}

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const done = turn.then(work);
  turn = done.catch(() => undefined);
  return done;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
