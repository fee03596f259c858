import type { Cluster } from 'ioredis';

/**
 * How often the table of a Cluster's slots is read. ioredis reads it when a command that is sent alone meets a slot that has moved.
 * Commands that are sent together and meet several such slots fail, and would fail for as long as none is sent alone.
 */
export const readSlotsEveryMs = 1_000;

/**
 * Reads a Cluster's table of slots again and again while it is connected. The option of ioredis for that, `slotsRefreshInterval`, never
 * ends where the Cluster is disconnected while the table is being read: its process then does not end by itself.
 */
export function keepReadingSlots(cluster: Cluster): void {
  let reading: NodeJS.Timeout | undefined;
  const stop = () => clearInterval(reading);
  cluster.on('ready', () => {
    stop();
    reading = setInterval(() => cluster.refreshSlotsCache(), readSlotsEveryMs);
  });
  cluster.on('disconnecting', stop);
  cluster.on('close', stop);
}
