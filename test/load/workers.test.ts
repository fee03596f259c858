import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:tls';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { Secret } from '@ravi/runtime';
import { keyName, sharedKey, withSharedKey } from '../../tools/load/machines/load-key.ts';
import { messagesVersion } from '../../tools/load/machines/machine-messages.ts';
import { borrowWorker } from '../../tools/load/machines/remote-worker.ts';
import { coordinate, type Watching } from '../../tools/load/processes/coordinator.ts';
import { type LinkEvents, LoadWorker } from '../../tools/load/processes/load-worker.ts';
import type { FromWorker, Job, ToWorker, WorkerResult } from '../../tools/load/processes/messages.ts';

const job: Job = {
  scenario: 'hold',
  waitUrls: ['http://127.0.0.1:1'],
  callUrls: ['http://127.0.0.1:1'],
  addresses: [],
  share: { clients: 0, connections: 1, rate: null, seconds: 0, rampSeconds: 0, thinkMs: 0 },
  sessions: [],
  network: null,
};

const finished: FromWorker = { kind: 'finished', result: {} as WorkerResult };

/** A link to a worker that is the test. */
function link() {
  const sent: ToWorker['kind'][] = [];
  const opened = Promise.withResolvers<LinkEvents>();
  return {
    sent,
    opened: opened.promise,
    open: (events: LinkEvents) => {
      opened.resolve(events);
      return { send: (message: ToWorker) => void sent.push(message.kind), end: () => undefined };
    },
  };
}

const watching = (changes: Partial<Watching>): Watching => ({
  gauges: [],
  onSample: () => undefined,
  onPhase: () => undefined,
  stopping: new AbortController().signal,
  ...changes,
});

test('a worker that dies while it waits for the others ends the run, and the next phase is not waited for', async () => {
  const { open, opened } = link();
  const worker = new LoadWorker(open, () => undefined);
  const { onMessage, onEnd } = await opened;
  onMessage({ kind: 'reached', phase: 'held' });
  expect(await worker.reached).toBe('held');
  onEnd('SIGKILL');
  worker.goOn();
  const next = worker.reached.catch((error: Error) => error.message);
  expect(await Promise.race([next, setImmediate('still waiting')])).toBe('A worker ended early (SIGKILL).');
});

test('a run that was stopped before its workers began tells them at once', async () => {
  const { open, opened, sent } = link();
  const run = coordinate([{ job, open }], watching({ stopping: AbortSignal.abort() }));
  (await opened).onMessage(finished);
  await run;
  expect(sent).toEqual(['begin', 'stop']);
});

test('a gauge that answers after the run adds nothing to it', async () => {
  const { open, opened } = link();
  const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<null>()];
  let looks = 0;
  const gauge = () => {
    asked.resolve();
    return looks++ === 0 ? answer.promise : Promise.resolve(null);
  };
  const shown: unknown[] = [];
  const run = coordinate(
    [{ job, open }],
    watching({ gauges: [gauge], onSample: (sample) => shown.push(sample) }),
  );
  const { onMessage } = await opened;
  await asked.promise;
  onMessage(finished);
  const { timeline } = await run;
  const [samples, frames] = [timeline.length, shown.length];
  answer.resolve(null);
  await setImmediate();
  expect([timeline.length, shown.length]).toEqual([samples, frames]);
});

test('a machine that says nothing any more, and closes no connection, is gone', async () => {
  const key = new Secret('a key that all machines of a run share');
  const state = { kind: 'machine', version: messagesVersion, openFilesLimit: 1_000, nowMs: 1 };
  const machine = createServer({
    ...withSharedKey,
    pskCallback: (_socket, identity) => (identity === keyName ? sharedKey(key) : null),
  });
  // Once by itself, and once for its clock.
  machine.on('secureConnection', (socket) => {
    const tell = () => void socket.write(`${JSON.stringify(state)}\n`);
    socket.on('error', () => undefined).once('data', tell);
    tell();
  });
  machine.listen(0, '127.0.0.1');
  await once(machine, 'listening');
  const address = machine.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const { open } = await borrowWorker({ host: '127.0.0.1', port }, key, 20);
  const worker = new LoadWorker(open, () => undefined);
  await expect(worker.reached).rejects.toThrow(`A worker ended early (at 127.0.0.1:${port}: no answer).`);
  worker.end();
  machine.close();
});

test('a signal for all processes leaves the workers until they have told their results', async () => {
  const child = fork(join(import.meta.dirname, '../../tools/load/processes/worker.ts'));
  const told: string[] = [];
  const exited = once(child, 'exit');
  child.on('message', (message: FromWorker) => {
    if (message.kind === 'progress') return;
    told.push(message.kind === 'reached' ? message.phase : message.kind);
    if (message.kind === 'finished') return child.disconnect();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) child.kill(signal);
    child.send({ kind: 'goOn' });
  });
  child.send({ kind: 'begin', job });
  await exited;
  expect(told).toEqual(['prepared', 'held', 'idle', 'finished']);
});
