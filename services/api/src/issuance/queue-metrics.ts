import type { Clock } from '@ravi/runtime';
import { Gauge, type Registry } from '@ravi/telemetry';

/** How often the queue is read. */
const intervalMs = 5_000;

/** What waits in a queue now. */
export interface QueueState {
  /** Jobs that no issuer has taken yet, that one works on, and that wait for another attempt. */
  readonly waiting: number;
  readonly active: number;
  readonly retrying: number;
  /** When the oldest of them was added; null where there is none. */
  readonly oldestAddedAtMs: number | null;
}

/**
 * Measures the queue to the issuers every few seconds. The apis do it, because no issuer reports a queue that no issuer serves.
 * Returns a function that stops it. While Redis is away the last figures stay.
 */
export function measureQueue(read: () => Promise<QueueState>, clock: Clock, registry: Registry): () => void {
  const registers = [registry];
  const jobs = new Gauge({
    name: 'ravi_queue_jobs',
    help: 'Jobs from the apis to the issuers: waiting, active, retrying. Every api tells the same.',
    labelNames: ['state'],
    registers,
  });
  let oldestAddedAtMs: number | null = null;
  const age: Gauge = new Gauge({
    name: 'ravi_queue_oldest_job_seconds',
    help: 'Age of the oldest job that is not done; 0 where there is none.',
    registers,
    collect: () =>
      age.set(oldestAddedAtMs === null ? 0 : Math.max(0, clock.nowMs() - oldestAddedAtMs) / 1000),
  });
  const states = ['waiting', 'active', 'retrying'] as const;
  for (const state of states) jobs.set({ state }, 0);
  const measure = async (): Promise<void> => {
    try {
      const queue = await read();
      for (const state of states) jobs.set({ state }, queue[state]);
      ({ oldestAddedAtMs } = queue);
    } catch {
      // Redis is away: other metrics show that.
    }
  };
  void measure();
  const timer = setInterval(() => void measure(), intervalMs);
  return () => clearInterval(timer);
}
