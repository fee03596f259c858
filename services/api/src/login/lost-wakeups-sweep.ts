import { isRedisUnavailable } from '@ravi/redis';
import type { Logger } from '@ravi/telemetry';
import type { HeldWaits } from './held-waits.ts';

/** Share of the interval over which a sweep spreads its work. */
const spread = 0.5;

/** The pause after a sweep that failed: where a command was only late, no reconnect leads to the next one. */
const failedSweepPauseMs = 1_000;

/** The sweeps of one process. */
export interface Sweeping {
  /** Checks every held login now, because wake-ups may have been lost. */
  now(): void;
  stop(): void;
}

/** Sweeps every `intervalSeconds`, a fifth more or less, so that instances do not sweep together. */
export function startSweeping(heldWaits: HeldWaits, intervalSeconds: number, logger: Logger): Sweeping {
  let timer: NodeJS.Timeout;
  let again: NodeJS.Timeout | undefined;
  let stopped = false;
  /** Resolves to whether Redis was away, or late. */
  const sweep = async (spreadMs: number): Promise<boolean> => {
    try {
      await heldWaits.sweep(spreadMs);
      return false;
    } catch (error) {
      const isAway = isRedisUnavailable(error);
      if (!isAway) logger.error({ error }, 'sweep failed');
      return isAway;
    }
  };
  const sweepNow = async () => {
    clearTimeout(again);
    if (!(await sweep(0)) || stopped) return;
    clearTimeout(again);
    again = setTimeout(() => void sweepNow(), failedSweepPauseMs);
  };
  const scheduleNext = () => {
    if (stopped) return;
    const intervalMs = intervalSeconds * 1000 * (0.8 + Math.random() * 0.4);
    timer = setTimeout(() => void sweep(intervalMs * spread).then(scheduleNext), intervalMs * (1 - spread));
  };
  scheduleNext();
  return {
    now: () => void sweepNow(),
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      clearTimeout(again);
    },
  };
}
