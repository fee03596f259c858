/**
 * Runs services for tests, one after the other, in a process that keeps its modules: a service starts there with 0.03 s of processor time
 * instead of one. `hosted-process.ts` starts it and says by messages what to run, and when to end that.
 *
 * What runs is the service's own `main.ts`, anew each time, with the modules that it imported the first time: the code's rules allow none of
 * them a state. A signal, or an exit of the service's own, ends this process as it ends a service's.
 */
import { writeSync } from 'node:fs';
import perfHooks from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/** What is said to this process: run this service with these settings, or end it and print a line once it is over. */
export type HostMessage =
  | { readonly run: string; readonly env: Readonly<Record<string, string>> }
  | { readonly endWith: string };

type Listener = (...args: unknown[]) => void;

/** What stays of a process that has ended its service: its standard output and the messages. */
const kept = 'PipeWrap';

const exit = process.exit.bind(process);
const { monitorEventLoopDelay } = perfHooks;
const looks = new Set<ReturnType<typeof monitorEventLoopDelay>>();
let runs = 0;
let listenersBefore = new Set<unknown>();

// What a service repeats for as long as its process lives ends here with the service: such as the look whether an outage is over.
const repeated = new Set<NodeJS.Timeout>();
const { setInterval: repeat } = globalThis;
globalThis.setInterval = Object.assign((...args: Parameters<typeof repeat>) => {
  const timer = repeat(...args);
  repeated.add(timer);
  return timer;
}, repeat);

// Its metrics look at the event loop as long.
perfHooks.monitorEventLoopDelay = (options) => {
  const look = monitorEventLoopDelay(options);
  looks.add(look);
  return look;
};
process.on('disconnect', () => exit());
process.on('message', (message: HostMessage) => {
  void ('run' in message ? run(message.run, message.env) : end(message.endWith));
});

async function run(main: string, env: Readonly<Record<string, string>>): Promise<void> {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  listenersBefore = new Set(listeners().map(({ listener }) => listener));
  runs += 1;
  await import(`${pathToFileURL(main).href}?run=${runs}`);
}

/** Stops the service as SIGTERM does, and leaves nothing of it; ends the process where something is left. */
async function end(lastLine: string): Promise<void> {
  await stopped();
  for (const { event, listener } of listeners()) {
    if (listenersBefore.has(listener)) continue;
    if (event === 'exit') listener(0);
    process.removeListener(event, listener);
  }
  for (const timer of repeated) clearInterval(timer);
  repeated.clear();
  for (const look of looks) look.disable();
  looks.clear();
  while (process.getActiveResourcesInfo().some((kind) => kind !== kept)) await pause(10);
  for (const fd of [process.stdout.fd, process.stderr.fd]) writeSync(fd, `${lastLine}\n`);
}

/** Resolves once the service has come to the end of its stop, where it would exit. */
async function stopped(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  process.exit = (() => resolve()) as typeof process.exit;
  process.emit('SIGTERM');
  await promise;
  process.exit = exit;
}

function listeners(): readonly { event: string; listener: Listener }[] {
  return process
    .eventNames()
    .flatMap((event) =>
      process
        .rawListeners(event as 'message')
        .map((listener) => ({ event: event as string, listener: listener as Listener })),
    );
}
