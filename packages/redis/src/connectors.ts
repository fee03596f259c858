import { SentinelConnector } from 'ioredis';
import { StandaloneConnector } from 'ioredis/built/connectors/index.js';

/**
 * A TLS connection can fail twice: for a certificate that is refused, and then for the bytes that come too late. ioredis listens for the
 * first error alone, and the second one, to which nobody listens, would end the process.
 */
async function survivingErrors<S extends NodeJS.EventEmitter>(opened: Promise<S>): Promise<S> {
  const stream = await opened;
  stream.on('error', () => undefined);
  return stream;
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

/** Opens connections to the primary that Sentinels name. */
export class PrimaryConnector extends SentinelConnector {
  constructor(options: unknown) {
    super(options ?? {});
  }

  override connect(...args: Parameters<SentinelConnector['connect']>) {
    return survivingErrors(super.connect(...args));
  }
}
