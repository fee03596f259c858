/**
 * The whole stack on this machine, for development: a Redis that keeps its data (unless REDIS_URL names another), one api
 * and one issuer. Prints the addresses when both are ready. Ctrl-C or SIGTERM stops them in the order api, issuer, Redis.
 * A service that ends by itself is restarted; if Redis ends, the stack stops.
 *
 * Run by `npm start`. Environment: PORT, REDIS_URL, DATA_DIR and everything that the services take.
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from './setup/root.mjs';
import { takeDataFolder } from './stack/data-folder.ts';
import { startEmbeddedRedis } from './stack/embedded-redis.ts';
import { print } from './stack/log.ts';
import { isPortFree } from './stack/ports.ts';
import { StackError } from './stack/problem.ts';
import { superviseService } from './stack/service.ts';
import { welcome } from './stack/welcome.ts';

/** The running parts and how to stop them, in the order of their start. */
const running: { readonly name: string; readonly stopping?: string; readonly stop: () => Promise<void> }[] =
  [];

/** Settles when the stack should stop: resolved by a signal, rejected by a fault that it cannot repair. */
const end = Promise.withResolvers<void>();
const stopping = new AbortController();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end.resolve());
// The reader of our output has gone, as in `npm start | head`: nothing may be left running.
process.stdout.on('error', () => end.resolve());

async function start(): Promise<void> {
  const port = await choosePort();
  const dataDir = resolve(root, process.env['DATA_DIR'] ?? '.ravi');
  const adminPorts = { issuer: await portOrAny(3002), api: await portOrAny(3001) };

  const publicUrl = process.env['PUBLIC_URL'] || `http://localhost:${port}`;

  const redis = await chooseRedis(dataDir, publicUrl);
  const env = { ...process.env, ...redis.env, PORT: String(port), DATA_DIR: dataDir };
  // The issuer first: it publishes its keys before the api reads them.
  for (const name of ['issuer', 'api'] as const) {
    stopping.signal.throwIfAborted();
    const service = superviseService({ name, adminPort: adminPorts[name], env });
    running.push({ name, stop: () => service.stop() });
    adminPorts[name] = (await service.ready).adminPort;
  }
  console.log(welcome({ publicUrl, adminPorts, keptIn: redis.keptIn }));
}

async function choosePort(): Promise<number> {
  const port = Number(process.env['PORT'] ?? 3000);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new StackError('PORT must be a number from 1 to 65535.');
  const another = `choose another with "PORT=${port === 3100 ? 3200 : 3100} npm start".`;
  const free = await isPortFree(port).catch((error: Error) => {
    throw new StackError(`Port ${port} cannot be used (${error.message}): ${another}`);
  });
  if (!free) {
    throw new StackError(`Port ${port} is taken: stop the program that uses it, or ${another}`);
  }
  return port;
}

/** The port if it is free, else 0: the system chooses. */
async function portOrAny(port: number): Promise<number> {
  return (await isPortFree(port)) ? port : 0;
}

async function chooseRedis(
  dataDir: string,
  publicUrl: string,
): Promise<{ env: NodeJS.ProcessEnv; keptIn: string }> {
  const given = ['REDIS_URL', 'REDIS_CLUSTER_NODES', 'REDIS_SENTINELS'].find((name) => process.env[name]);
  if (given) return { env: {}, keptIn: `the Redis of ${given}` };
  const binary = process.env['REDIS_SERVER_BIN'];
  const folder = join(dataDir, 'redis');
  const taken = takeDataFolder(folder);
  running.push({
    name: 'the data folder',
    stopping: 'releasing the data folder',
    stop: () => Promise.resolve(taken.release()),
  });
  const { url, program } = await startEmbeddedRedis(binary, folder);
  running.push({ name: 'Redis', stop: () => program.stop(10_000) });
  // For tools that print links to this stack.
  writeFileSync(join(folder, 'public-url'), publicUrl);
  void program.ended.then((how) => end.reject(new StackError(`Redis ended (${how}), so the stack stops.`)));
  return {
    env: { REDIS_URL: url },
    keptIn: binary ? join(dataDir, 'redis') : 'the volume ravi-device-auth-redis',
  };
}

/** Stops the running parts, the last started first. */
async function stopAll(): Promise<void> {
  for (let last = running.pop(); last; last = running.pop()) {
    print(last.stopping ?? `stopping ${last.name}`);
    await last.stop();
  }
}

const started = start();
try {
  await Promise.race([started, end.promise]);
  await end.promise;
} catch (error) {
  console.error(error instanceof StackError ? `\n${error.message}\n` : error);
  process.exitCode = 1;
}
stopping.abort();
await stopAll();
// A start in progress at the signal may have started one more part.
await started.catch(() => undefined);
await stopAll();
