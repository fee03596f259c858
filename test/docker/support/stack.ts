import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { root } from '../../../scripts/setup/root.mjs';
import { freePort } from '../../../scripts/stack/ports.ts';
import { docker } from './docker.ts';
import { exampleResourceServer } from '../../support/api-examples.ts';
import { eventually } from '../../support/eventually.ts';

/** The services of docker-compose.yml. */
export type ServiceName = 'lb' | 'api' | 'issuer' | 'redis';

/** The stack of docker-compose.yml, in containers of its own. */
export interface Stack {
  /** The load balancer, without a trailing slash. */
  readonly url: string;
  /** The folder on this machine that the issuers have mounted. */
  readonly signingKeys: string;
  /** The ids of a service's containers, stopped ones too. */
  containers(service: ServiceName): Promise<readonly string[]>;
  /** Resolves when every container of the service says that it is healthy. */
  untilHealthy(service: ServiceName): Promise<void>;
  /** Stops everything in order, and leaves the containers to be looked at. */
  stop(): Promise<void>;
  /** Removes everything: containers, network, volume, secrets. */
  down(): Promise<void>;
}

/** Builds and starts the stack with three apis and two issuers, its own secrets and a free port of this machine. */
export async function startStack(): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'stack-'));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  await promisify(execFile)(process.execPath, [join(root, 'scripts/secrets.mjs'), folder]);
  const settings = parseEnv(await readFile(join(folder, '.env'), 'utf8'));
  const signingKeys = join(folder, 'secrets/signing-keys');
  const env = {
    ...process.env,
    ...settings,
    SIGNING_KEY_DIR: signingKeys,
    PUBLIC_URL: url,
    HTTP_PORT: `127.0.0.1:${port}`,
    RESOURCE_SERVERS: JSON.stringify([exampleResourceServer]),
  };
  const program = await composeProgram();
  const project = `ravi-test-${process.pid}-${port}`;
  const compose = (...args: readonly string[]) => runLoudly([...program, '-p', project, ...args], env);

  const stack: Stack = {
    url,
    signingKeys,
    async containers(service) {
      const labels = [`com.docker.compose.project=${project}`, `com.docker.compose.service=${service}`];
      const ids = await docker('ps', '-aq', ...labels.flatMap((label) => ['--filter', `label=${label}`]));
      return ids.split('\n').filter((id) => id !== '');
    },
    async untilHealthy(service) {
      const containers = await stack.containers(service);
      await eventually(
        `every ${service} is healthy`,
        async () => {
          const states = await docker('inspect', '-f', '{{.State.Health.Status}}', ...containers);
          return states.split('\n').every((state) => state === 'healthy');
        },
        120_000,
      );
    },
    stop: () => compose('stop'),
    async down() {
      await compose('down', '-v', '--remove-orphans');
      await rm(folder, { recursive: true });
    },
  };

  try {
    await compose('up', '-d', '--build', '--scale', 'api=3', '--scale', 'issuer=2');
    await Promise.all([stack.untilHealthy('api'), stack.untilHealthy('issuer')]);
    await eventually('the load balancer has found an api', () => answersOk(`${url}/device`));
    return stack;
  } catch (error) {
    await compose('logs', '--no-color', '--tail', '30').catch(() => undefined);
    await stack.down();
    throw error;
  }
}

async function answersOk(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

/** Compose v2 is a plugin of docker, v1 a program of its own. */
async function composeProgram(): Promise<[string, ...string[]]> {
  return docker('compose', 'version').then(
    () => ['docker', 'compose'],
    () => ['docker-compose'],
  );
}

/** Runs a command in the repository, its output shown on the standard error stream. */
function runLoudly([program = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 2, 2] });
  const ended = Promise.withResolvers<void>();
  child.once('error', ended.reject);
  child.once('close', (code) =>
    code === 0 ? ended.resolve() : ended.reject(new Error(`${args.join(' ')} ended with ${code}`)),
  );
  return ended.promise;
}
