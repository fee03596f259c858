import { fork } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasEnded } from './child-process.ts';
import { eventually } from './eventually.ts';
import type { KeptDeployment, ServiceAddress } from './shared-deployment-keeper.ts';
import { type ServiceProcess, TestStack } from './services.ts';
import { requireWholeLog } from './told.ts';

/** How long the deployment may take to start, on a machine that does much else. */
const startMs = 150_000;

/**
 * The product as it is deployed, with its default settings: one Redis, two apis, one issuer. The files of one jest worker
 * use it one after the other, so it holds what earlier files left. A test looks at accounts, logins and events of its own,
 * and freezes and kills nothing; where it must, it calls `deploy()`.
 */
export interface SharedDeployment {
  readonly redis: { readonly url: string };
  readonly apis: readonly [ServiceAddress, ServiceAddress];
  readonly issuer: Pick<ServiceAddress, 'adminUrl'>;
  /** The two apis' addresses. */
  readonly urls: readonly [string, string];
  /** Starts one more api on the same Redis and with the same secrets, for this file alone. */
  startApi(env?: Readonly<Record<string, string>>): Promise<ServiceProcess>;
  /**
   * Ends what this file started. Rejects when an api still holds a request: the next file would count it; and when an event of the audit
   * log had not the fields of its kind.
   */
  stop(): Promise<void>;
}

/**
 * The deployment that the files of this jest worker share. The first file starts it; a file that finds it unhealthy starts
 * it anew. It ends with the worker, in whichever way the worker ends.
 */
export async function shareDeployment(): Promise<SharedDeployment> {
  // By the process: the files of a worker share it, and each looks there whether another has started one.
  const file = join(tmpdir(), `ravi-shared-deployment-${process.pid}.json`);
  const beganMs = Date.now();
  const { redisUrl, dataDirectory, apis, issuer } = (await findHealthy(file)) ?? (await startKeeper(file));
  const stack = new TestStack(redisUrl, { DATA_DIR: dataDirectory });
  return {
    redis: { url: redisUrl },
    apis,
    issuer,
    urls: [apis[0].url, apis[1].url],
    startApi: (env) => stack.startApi(env),
    stop: async () => {
      await stack.stop();
      await Promise.all(apis.map(holdsNoRequest));
      // With what the file before noted last.
      await requireWholeLog(redisUrl, beganMs - 1_000);
    },
  };
}

async function findHealthy(file: string): Promise<KeptDeployment | null> {
  const deployment = readDeployment(file);
  if (!deployment) return null;
  const { keeperPid, apis, issuer } = deployment;
  const ready = await Promise.all([...apis, issuer].map(isReady));
  if (ready.every(Boolean)) return deployment;
  try {
    process.kill(keeperPid, 'SIGTERM');
  } catch {
    // It has ended already.
  }
  return null;
}

async function isReady({ adminUrl }: ServiceAddress): Promise<boolean> {
  try {
    return (await fetch(`${adminUrl}/readyz`, { signal: AbortSignal.timeout(30_000) })).ok;
  } catch {
    return false;
  }
}

async function startKeeper(file: string): Promise<KeptDeployment> {
  rmSync(file, { force: true });
  const keeper = fork(join(import.meta.dirname, 'shared-deployment-keeper.ts'), [file], {
    execArgv: [],
    // As a worker of its own: no test uses its ports, nor its database of a given Redis.
    env: { ...process.env, JEST_WORKER_ID: String(16 - Number(process.env['JEST_WORKER_ID'] ?? 1)) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // The signal with which a terminal ends the tests would end it before it has ended its services.
    detached: true,
  });
  const deployment = await eventually(
    'the shared deployment runs',
    () => {
      if (hasEnded(keeper)) throw new Error('The shared deployment did not start.');
      return readDeployment(file);
    },
    startMs,
  );
  // It keeps no worker from ending.
  keeper.unref();
  keeper.channel?.unref();
  return deployment;
}

function readDeployment(file: string): KeptDeployment | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as KeptDeployment;
  } catch {
    return null;
  }
}

function holdsNoRequest({ adminUrl }: ServiceAddress): Promise<true> {
  return eventually('no request of this file is held', async () => {
    const metrics = await (await fetch(`${adminUrl}/metrics`)).text();
    return /^ravi_held_waits(?:\{[^}]*\})? 0$/m.test(metrics);
  });
}
