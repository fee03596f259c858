import type { EventEmitter } from 'node:events';
import type { Logger } from 'pino';

/** Logs one line when a connection to Redis is lost and one when it is back, no matter how many attempts come between. */
export function watchConnection(connection: EventEmitter, role: string, logger: Logger): void {
  let lost = false;
  connection.on('error', (error: Error & { code?: string }) => {
    if (lost) return;
    lost = true;
    logger.warn(
      { role, reason: error.code ?? error.message },
      'redis is away; trying again until it is back',
    );
  });
  connection.on('ready', () => {
    if (lost) logger.info({ role }, 'redis is back');
    lost = false;
  });
}
