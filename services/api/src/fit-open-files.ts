import { divideOpenFiles } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';

/** How many requests may be held, and whether people depend on it. */
export interface WantedWaits {
  readonly maxHeldWaits: number;
  readonly production: boolean;
}

/**
 * The requests that a process holds and the connections that it has, at most: no more than the limit of open files allows. Where that is
 * fewer than is wanted, it warns in production. On a developer's machine that is usual and harms nobody: there, only `debug` tells it.
 */
export function fitOpenFiles(
  openFiles: number,
  wanted: WantedWaits,
  logger: Pick<Logger, 'warn' | 'debug'>,
): { readonly maxHeldWaits: number; readonly maxConnections: number } {
  const fitting = divideOpenFiles(openFiles, wanted.maxHeldWaits);
  const { maxHeldWaits } = fitting;
  if (maxHeldWaits < wanted.maxHeldWaits) {
    logger[wanted.production ? 'warn' : 'debug'](
      { openFiles, maxHeldWaits },
      'the limit of open files is too low for MAX_HELD_WAITS: this process holds fewer',
    );
  }
  return fitting;
}
