import { setTimeout as pause } from 'node:timers/promises';
import type { Queue } from 'bullmq';

/** How often to check whether the queue is empty, in milliseconds. */
const lookMs = 5;

/** Resolves when no job is waiting or active. Returns jobs a second from now on. */
export async function drainPerSecond(queue: Pick<Queue, 'getJobCounts'>, jobs: number): Promise<number> {
  const startMs = performance.now();
  for (;;) {
    const counts = await queue.getJobCounts('wait', 'active', 'delayed', 'prioritized');
    if (Object.values(counts).every((count) => count === 0))
      return (jobs * 1000) / (performance.now() - startMs);
    await pause(lookMs);
  }
}
