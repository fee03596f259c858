import { Cluster, type Redis } from 'ioredis';
import type { RedisClient } from './client.ts';
import { type ClockReading, readClock } from './read-clock.ts';
import { isServerLoading, loadingReply } from './loading.ts';

/** How often each server of a connection is asked for a sign of life. */
const intervalMs = 1_500;

/** What the signs of life of one connection tell. */
export interface HeartbeatListener {
  /** A server answered after this time. */
  onReply?(latencyMs: number): void;
  /** A server did not, and why. */
  onFailure?(error: Error): void;
  /** What the clock of a server told. */
  onClock?(reading: ClockReading): void;
}

/**
 * Asks each server that a connection reaches for a sign of life, so that one that died while nothing was asked is noticed, and
 * replaced, before somebody needs it. Not for a connection that blocks or subscribes. Returns how to stop it.
 */
export function startHeartbeat(
  client: RedisClient,
  clock: { nowMs(): number },
  listener: HeartbeatListener = {},
): () => void {
  const waiting = new Set<Redis>();
  /** Those that were connected before; one of a Cluster connects only when it is first needed. */
  const known = new WeakSet<Redis>();
  const beat = async (server: Redis): Promise<void> => {
    if (waiting.has(server)) return;
    waiting.add(server);
    const beganMs = performance.now();
    try {
      if (await isServerLoading(server)) throw new Error(loadingReply);
      if (server.status === 'ready') known.add(server);
      else if (known.has(server)) throw new Error('Connection is closed.');
      else return;
      // A server whose disk is full refuses only the PING.
      const [, reading] = await Promise.all([server.ping(), readClock(server, () => clock.nowMs())]);
      listener.onReply?.(performance.now() - beganMs);
      if (reading) listener.onClock?.(reading);
    } catch (error) {
      listener.onFailure?.(error instanceof Error ? error : new Error('The server did not answer.'));
    } finally {
      waiting.delete(server);
    }
  };
  const timer = setInterval(() => {
    const servers = client instanceof Cluster ? client.nodes('master') : [client];
    for (const server of servers) void beat(server);
  }, intervalMs);
  return () => clearInterval(timer);
}
