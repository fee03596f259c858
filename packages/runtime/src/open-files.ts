import { readFileSync } from 'node:fs';

/** Files that stay free for Redis, the admin port, calls to providers and the log, however many connections the public port has. */
const reservedFiles = 256;

/** Connections that stay free for requests that are not held. */
const maxUnheldConnections = 1_000;

/**
 * Open files that this process and its children may have. Node raises its own limit to the system's maximum (the hard
 * limit) at its start; only an administrator can raise that. Infinity where there is no limit. `file` is
 * where Linux tells it.
 */
export function openFilesLimit(file = '/proc/self/limits'): number {
  try {
    const limits = readFileSync(file, 'utf8');
    const soft = /^Max open files\s+(\w+)/m.exec(limits)?.[1];
    return soft === 'unlimited' || soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    // Not Linux: assume macOS's limit.
    return 10_240;
  }
}

/** What a process may open on its public port. */
export interface PublicFiles {
  readonly maxConnections: number;
  readonly maxHeldWaits: number;
}

/**
 * Divides the open files of a process, one for each connection: some stay free for what it opens itself, and some
 * connections for requests that are not held. `maxHeldWaits` is lowered where the limit requires it.
 */
export function divideOpenFiles(limit: number, maxHeldWaits: number): PublicFiles {
  const maxConnections = limit - Math.min(reservedFiles, Math.floor(limit / 2));
  const unheld = Math.min(maxUnheldConnections, Math.floor(maxConnections / 4));
  return { maxConnections, maxHeldWaits: Math.min(maxHeldWaits, maxConnections - unheld) };
}
