import { Redis } from 'ioredis';
import type { GatheredScript } from './gathered-script.ts';
import { runScript } from './script.ts';

/** A call of a script that waits for the end of the turn. */
export interface ScriptCall {
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
  readonly reply: PromiseWithResolvers<unknown>;
}

/** Calls that one command carries at most: Redis serves nobody else meanwhile, for about a millisecond. */
const callsPerCommand = 64;

/**
 * A connection that sends all commands of one turn of the event loop in one write, in their order, and all calls of one script in
 * one command: under load a command costs this process half. ioredis's auto-pipelining does the first too, but makes a
 * pipeline object each time, which alone costs as much as five commands.
 */
export class TurnwiseRedis extends Redis {
  #inTurn = false;
  readonly #calls = new Map<GatheredScript, ScriptCall[]>();

  override sendCommand(...[command, stream]: Parameters<Redis['sendCommand']>): unknown {
    this.#beginTurn();
    return super.sendCommand(command, stream);
  }

  /** Runs a script with its other calls of this turn, behind all commands of the turn. */
  gather(script: GatheredScript, call: ScriptCall): void {
    this.#beginTurn();
    const calls = this.#calls.get(script);
    if (calls) calls.push(call);
    else this.#calls.set(script, [call]);
  }

  #beginTurn(): void {
    if (this.#inTurn) return;
    this.#inTurn = true;
    // Not there before the first connection; another one after a reconnect.
    const { stream } = this;
    stream?.cork();
    setImmediate(() => {
      for (const [script, calls] of this.#calls) this.#send(script, calls);
      this.#calls.clear();
      this.#inTurn = false;
      stream?.uncork();
    });
  }

  #send(script: GatheredScript, calls: readonly ScriptCall[]): void {
    for (let at = 0; at < calls.length; at += callsPerCommand) {
      const some = calls.slice(at, at + callsPerCommand);
      const [only, ...others] = some;
      if (only && others.length === 0) {
        runScript(this, script, only.keys, ...only.args).then(only.reply.resolve, only.reply.reject);
      } else {
        void this.#sendTogether(script, some);
      }
    }
  }

  async #sendTogether({ many }: GatheredScript, calls: readonly ScriptCall[]): Promise<void> {
    try {
      const replies = await runScript(
        this,
        many,
        calls.flatMap(({ keys }) => keys),
        ...calls.flatMap(({ keys, args }) => [keys.length, args.length, ...args]),
      );
      if (!Array.isArray(replies) || replies.length !== calls.length)
        throw new Error('Calls that shared a command did not get a reply each.');
      calls.forEach(({ reply }, index) => {
        const its: unknown = replies[index];
        if (its instanceof Error) reply.reject(its);
        else reply.resolve(its);
      });
    } catch (error) {
      for (const { reply } of calls) reply.reject(error);
    }
  }
}
