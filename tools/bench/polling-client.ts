import { setTimeout as pause } from 'node:timers/promises';
import { ConnectionPool } from '../load/client/connection-pool.ts';
import { SourceAddresses } from '../load/client/source-addresses.ts';
import { parseTarget, Targets } from '../load/client/target.ts';
import { measured, type Measured, median } from './medians.ts';
import type { Peer } from './peer.ts';

/** The default interval of RFC 8628 §3.2. */
const intervalMs = 5_000;

/**
 * Milliseconds from an accepted approval to the tokens, for programs that poll a peer every five seconds, as its clients
 * do: logins that start evenly over one interval and are approved at random moments of another.
 */
export async function pollingDelay(peer: Peer, logins: number): Promise<Measured> {
  const pool = new ConnectionPool(4, new Targets(parseTarget(peer.url)), new SourceAddresses(null));
  const delays = await Promise.all(
    Array.from({ length: logins }, async (_, index) => {
      await pause((index * intervalMs) / logins);
      return oneLogin(peer, pool);
    }),
  );
  pool.close();
  return measured(`${peer.name}, polled every 5 s`, [median(delays)]);
}

async function oneLogin(peer: Peer, pool: ConnectionPool): Promise<number> {
  const started = JSON.parse((await pool.request(peer.start)).body) as Record<string, string>;
  const approved = pause(Math.random() * intervalMs)
    .then(() => peer.approve(started['user_code'] ?? ''))
    .then(() => performance.now());
  for (;;) {
    await pause(intervalMs);
    const { status } = await pool.request(peer.poll(started['device_code'] ?? ''));
    if (status === 200) return performance.now() - (await approved);
  }
}
