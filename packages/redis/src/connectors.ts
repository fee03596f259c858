import type { Socket } from 'node:net';
import { SentinelConnector } from 'ioredis';
import { StandaloneConnector } from 'ioredis/built/connectors/index.js';

/**
 * A TLS connection can fail twice: for a certificate that is refused, and then for the bytes that come too late. ioredis listens for the
 * first error alone, and the second one, to which nobody listens, would end the process.
 */
async function survivingErrors<S extends Socket>(opened: Promise<S>): Promise<S> {
  const stream = await opened;
  stream.on('error', () => undefined);
  return endingPatiently(stream);
}

/** How the error begins with which ioredis ends a connection that had no reply for so long that it counts as dead. */
const tooSilent = 'Socket timeout';

/**
 * Lets a connection that counts as dead go on where a reply has come already. A process that had no processor for so long, as on a machine
 * that was paused, hears of its timers first, and only then reads from its connections.
 */
function endingPatiently<S extends Socket>(stream: S): S {
  const destroy = stream.destroy.bind(stream);
  return Object.assign(stream, {
    destroy(error?: Error) {
      if (error?.message.startsWith(tooSilent) !== true) return destroy(error);
      const { bytesRead } = stream;
      setImmediate(() => {
        if (stream.bytesRead === bytesRead) destroy(error);
      });
      return stream;
    },
  });
}

/** Opens connections to a server whose place is known. */
export class ServerConnector extends StandaloneConnector {
  /** ioredis types the options of a `Connector` as unknown. */
  constructor(options: unknown) {
    super(options ?? {});
  }

  override connect(...args: Parameters<StandaloneConnector['connect']>) {
    return survivingErrors(super.connect(...args));
  }
}

/** Opens connections to the primary that Sentinels name, and to them. */
export class PrimaryConnector extends SentinelConnector {
  constructor(options: unknown) {
    super(options ?? {});
    // Its types keep this method to themselves, and no option gives the connections on which it asks Sentinels another `Connector`.
    const ask: unknown = Reflect.get(this, 'connectToSentinel');
    if (typeof ask !== 'function') throw new TypeError('ioredis asks Sentinels in another way than it did.');
    Object.assign(this, {
      connectToSentinel: (sentinel: unknown, more?: object): unknown =>
        Reflect.apply(ask, this, [sentinel, { ...more, Connector: ServerConnector }]),
    });
  }

  override connect(...args: Parameters<SentinelConnector['connect']>) {
    return survivingErrors(super.connect(...args));
  }
}
