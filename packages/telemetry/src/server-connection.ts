import type { EventEmitter } from 'node:events';

/** The connection to one server of a Cluster. */
export interface ServerConnection extends EventEmitter {
  readonly options: { readonly host?: string; readonly port?: number };
  /** Whether ioredis itself closes it, as where the server left the Cluster. */
  readonly manuallyClosing?: boolean;
}

/** Calls `onLost` whenever the connection was ready and ends, unless ioredis itself closes it. */
export function onServerLost(server: ServerConnection, onLost: () => void): void {
  let wasReady = false;
  server.on('ready', () => (wasReady = true));
  server.on('close', () => {
    if (wasReady && server.manuallyClosing !== true) onLost();
    wasReady = false;
  });
}
