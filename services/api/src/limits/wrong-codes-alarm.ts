import type { RedisClient } from '@ravi/redis';
import type { Clock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import { wrongCodesTotalKey } from './keyspace.ts';

/** The period over which wrong codes are counted. */
const periodMs = 900_000;

export interface WrongCodesAlarmDeps {
  readonly redis: RedisClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The number of wrong codes in one period, over all instances, that raises the alarm. */
  readonly threshold: number;
  readonly onWrongCode: () => void;
  readonly onAlarm: () => void;
  readonly prefix?: string;
}

/**
 * Raises an alarm when there are many wrong codes over all accounts and addresses: a sign of guesses spread so thinly that no
 * single limit sees them. One log line and one count for each period, at the instance whose wrong code reached the threshold.
 */
export class WrongCodesAlarm {
  readonly #deps: WrongCodesAlarmDeps;

  constructor(deps: WrongCodesAlarmDeps) {
    this.#deps = deps;
  }

  /** Counts a wrong code. Never rejects, because no answer depends on it. */
  async wrongCode(): Promise<void> {
    const { redis, clock, logger, threshold, onWrongCode, onAlarm, prefix = '' } = this.#deps;
    onWrongCode();
    const key = wrongCodesTotalKey(Math.floor(clock.nowMs() / periodMs), prefix);
    try {
      const [count] = await Promise.all([redis.incr(key), redis.pexpire(key, 2 * periodMs)]);
      // Every wrong code gets a number of its own: exactly one instance sees this one.
      if (count !== threshold) return;
      onAlarm();
      logger.warn(
        { wrongCodes: count, periodSeconds: periodMs / 1000 },
        'somebody may be guessing user codes',
      );
    } catch (error) {
      logger.debug({ error }, 'a wrong code could not be counted for the alarm');
    }
  }
}
