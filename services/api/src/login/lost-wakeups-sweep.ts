import { isRedisUnavailable } from '@ravi/redis';
import type { Logger } from '@ravi/telemetry';
import type { HeldWaits } from './held-waits.ts';

/** Share of the interval over which a sweep spreads its work. */
const spread = 0.5;

/** The sweeps of one process. */
export interface Sweeping {
  /** Checks every held login now, because wake-ups may have been lost. */
  now(): void;
  stop(): void;
}

/** Sweeps every `intervalSeconds`, a fifth more or less, so that instances do not sweep together. */
export function startSweeping(heldWaits: HeldWaits, intervalSeconds: number, logger: Logger): Sweeping {
  let timer: NodeJS.Timeout;
  const sweep = (spreadMs: number) =>
    heldWaits.sweep(spreadMs).catch((error: unknown) => {
      // Redis is away again: the reconnect causes another sweep.
      if (!isRedisUnavailable(error)) logger.error({ error }, 'sweep failed');
    });
  const scheduleNext = () => {
    const intervalMs = intervalSeconds * 1000 * (0.8 + Math.random() * 0.4);
    timer = setTimeout(() => void sweep(intervalMs * spread).then(scheduleNext), intervalMs * (1 - spread));
  };
  scheduleNext();
  return {
    now: () => void sweep(0),
    stop: () => clearTimeout(timer),
  };
}
