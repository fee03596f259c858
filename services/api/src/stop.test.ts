import { once } from 'node:events';
import { createServer } from 'node:http';
import type { ApiConfig } from './config.ts';
import { type RunningApi, stopOnSignal } from './stop.ts';

const found = process.exit.bind(process);
const before = process.listeners('SIGTERM');
const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
const own = signals.map((signal) => new Set(process.listeners(signal)));
afterEach(() => {
  process.exit = found;
  signals.forEach((signal, index) => {
    for (const listen of process.listeners(signal)) if (!own[index]?.has(listen)) process.off(signal, listen);
  });
});

test('on a signal an api is not ready at once, then answers what it holds, writes what it has to say, and ends what it says it with last', async () => {
  const done: string[] = [];
  const note = (what: string) => () => void done.push(what);
  const step = (name: string) => ({ name, run: note(name) });
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.once('close', note('closed'));
  const ended = new Promise((resolve) => {
    process.exit = ((code: unknown) => {
      done.push(`exit ${String(code)}`);
      resolve(undefined);
    }) as typeof process.exit;
  });
  const running = {
    server,
    readiness: { stopping: note('not ready'), leave: note('leave'), admin: { close: note('admin port') } },
    features: {
      heldNow: () => 2,
      stopHolding: () => done.push(`answer held, listening: ${server.listening}`),
      finishing: [step('finish'), step('finish another')],
      writeAuditLog: step('audit log'),
      closeQueues: step('queues'),
    },
    wakeups: { stop: note('wake-ups') },
    connections: { stopHeartbeats: note('heartbeats'), disconnect: note('redis') },
    tracing: { close: note('traces') },
    stopMeasuring: note('measuring'),
    logger: {
      info: (...line: unknown[]) => done.push(`log ${JSON.stringify(line)}`),
      error: (...line: unknown[]) => done.push(`fault ${JSON.stringify(line)}`),
    },
  } as unknown as RunningApi;
  stopOnSignal(running, { shutdownDelaySeconds: 0, shutdownSeconds: 5 } as ApiConfig);
  process.listeners('SIGTERM').find((listen) => !before.includes(listen))?.('SIGTERM');
  const atOnce = [[...done], server.listening];
  await ended;
  expect(atOnce).toEqual([['not ready', 'log [{"signal":"SIGTERM","held":2},"stopping"]'], true]);
  expect(done).toEqual([
    ...(atOnce[0] as string[]),
    'answer held, listening: false',
    'closed',
    'finish',
    'finish another',
    'leave',
    'audit log',
    'traces',
    'measuring',
    'queues',
    'wake-ups',
    'heartbeats',
    'admin port',
    'redis',
    'log ["stopped"]',
    'exit 0',
  ]);
});
