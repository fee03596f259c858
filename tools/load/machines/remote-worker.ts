import { connect, type TLSSocket } from 'node:tls';
import type { Secret } from '@ravi/runtime';
import { LoadError } from '../load-error.ts';
import { nowMs } from '../measuring/now.ts';
import type { LinkEvents, OpenLink } from '../processes/load-worker.ts';
import type { FromWorker } from '../processes/messages.ts';
import type { MachineAddress } from './machine-address.ts';
import { jsonLine, readJsonLines } from './json-lines.ts';
import { keyName, sharedKey, withSharedKey } from './load-key.ts';
import { type FromMachine, type MachineState, messagesVersion, type ToMachine } from './machine-messages.ts';

/** A machine that does not answer within this time is not there. */
const connectTimeoutMs = 10_000;

/** A worker reports four times a second. One that says nothing for so long is gone: of a machine without power no connection is closed. */
const silenceLimitMs = 30_000;

/** A worker on another machine that waits for its job. */
export interface RemoteWorker {
  /** Of its machine. */
  readonly openFilesLimit: number;
  readonly open: OpenLink;
  /** Gives it back, if it was not opened. */
  readonly close: () => void;
}

/** Borrows a worker of a machine that serves. Throws LoadError with a sentence that says what to do there. */
export async function borrowWorker(
  address: MachineAddress,
  key: Secret,
  silenceMs = silenceLimitMs,
): Promise<RemoteWorker> {
  const { host, port } = address;
  const name = `${host}:${port}`;
  const psk = sharedKey(key);
  const socket = connect({
    host,
    port,
    ...withSharedKey,
    pskCallback: () => ({ psk, identity: keyName }),
    // There is no certificate: the key is what both sides prove.
    checkServerIdentity: () => undefined,
    timeout: connectTimeoutMs,
  });
  socket.setNoDelay(true);
  const link = new MachineLink(socket);
  try {
    const { version, openFilesLimit } = await link.state;
    if (version !== messagesVersion)
      throw new LoadError(
        `The load generator at ${name} is another version: use one version on all machines.`,
      );
    const askedAtMs = nowMs();
    const { nowMs: theirsMs } = await link.askClock();
    const offsetMs = theirsMs - (askedAtMs + nowMs()) / 2;
    socket.setTimeout(0);
    return {
      openFilesLimit,
      open: (events) => {
        socket.setTimeout(silenceMs);
        link.handOver({
          onMessage: (message) => events.onMessage(inOurTime(message, offsetMs)),
          onEnd: (reason) => events.onEnd(`at ${name}: ${reason}`),
        });
        return { send: (message) => link.send(message), end: () => socket.destroy() };
      },
      close: () => socket.destroy(),
    };
  } catch (error) {
    socket.destroy();
    throw error instanceof LoadError ? error : new LoadError(unreachable(name, error));
  }
}

/** A connection to a machine, first for its state, then for its worker. */
class MachineLink {
  readonly #socket: TLSSocket;
  #state = handledResolvers<MachineState>();
  #events: LinkEvents | null = null;
  #endReason: string | null = null;

  constructor(socket: TLSSocket) {
    this.#socket = socket;
    readJsonLines(socket, (message) => this.#take(message as FromMachine));
    socket.on('timeout', () => socket.destroy(new Error('no answer')));
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('the connection was closed')));
  }

  get state(): Promise<MachineState> {
    return this.#state.promise;
  }

  askClock(): Promise<MachineState> {
    this.#state = handledResolvers();
    this.send({ kind: 'clock' });
    return this.#state.promise;
  }

  handOver(events: LinkEvents): void {
    this.#events = events;
    if (this.#endReason !== null) events.onEnd(this.#endReason);
  }

  send(message: ToMachine): void {
    if (!this.#socket.destroyed) this.#socket.write(jsonLine(message));
  }

  #take(message: FromMachine): void {
    if (message.kind === 'machine') this.#state.resolve(message);
    else this.#events?.onMessage(message);
  }

  #end(error: Error): void {
    this.#state.reject(error);
    this.#endReason ??= error.message;
    this.#events?.onEnd(this.#endReason);
  }
}

/** A promise that may be rejected while nobody waits for it. */
function handledResolvers<T>(): PromiseWithResolvers<T> {
  const resolvers = Promise.withResolvers<T>();
  resolvers.promise.catch(() => undefined);
  return resolvers;
}

/** A worker's message with the times of this machine. */
function inOurTime(message: FromWorker, offsetMs: number): FromWorker {
  if (message.kind !== 'finished') return message;
  const { window } = message.result;
  const ours = (ms: number) => (ms === 0 ? 0 : ms - offsetMs);
  return {
    ...message,
    result: {
      ...message.result,
      window: { ...window, fromMs: ours(window.fromMs), untilMs: ours(window.untilMs) },
    },
  };
}

function unreachable(name: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return /psk|alert|handshake|decrypt/i.test(reason)
    ? `The machine at ${name} has another LOAD_KEY.`
    : `The machine at ${name} cannot be used (${reason}): start "npm run load -- serve" there.`;
}
