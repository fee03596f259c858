import type { RedisClient } from '@ravi/redis';
import type { Clock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';

/** The period over which wrong codes are added up. */
const periodMs = 900_000;

export interface GuessingAlarmDeps {
  readonly redis: RedisClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Wrong codes in one period, over all instances, from which on somebody is guessing. */
  readonly threshold: number;
  readonly onWrongCode: () => void;
  readonly onAlarm: () => void;
  readonly prefix?: string;
}

/**
 * Tells when wrong codes pile up over all accounts and addresses: the sign of guesses that are spread so thinly that no
 * single limit sees them. One line and one count for each period, at the instance that saw the threshold passed.
 */
export class GuessingAlarm {
  readonly #deps: GuessingAlarmDeps;

  constructor(deps: GuessingAlarmDeps) {
    this.#deps = deps;
  }

  /** Counts a wrong code. Never rejects: an answer does not depend on it. */
  async wrongCode(): Promise<void> {
    const { redis, clock, logger, threshold, onWrongCode, onAlarm, prefix = '' } = this.#deps;
    onWrongCode();
    const key = `${prefix}ravi:limit:wrong-codes-total:${Math.floor(clock.nowMs() / periodMs)}`;
    try {
      const [count] = await Promise.all([redis.incr(key), redis.pexpire(key, 2 * periodMs)]);
      // Each instance gets another number: exactly one gets this one.
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
