// Lives here: how often something may happen, and the alarm on guessing.
// Lives elsewhere: permissions (../access).
import type { RedisClient } from '@ravi/redis';
import type { Clock, ServiceKeyGenerations } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import { WrongCodesAlarm } from './wrong-codes-alarm.ts';
import { Limits } from './limits.ts';
import { StartAdmission, type StartRefusal, type StartRules } from './start-admission.ts';

export interface LimitsDeps extends StartRules {
  readonly redis: RedisClient;
  readonly keys: ServiceKeyGenerations;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: LimitMetrics;
  /** Off: only `StartRules` apply. */
  readonly rateLimits: boolean;
  readonly wrongCodesPerAddress: number;
  readonly writesPerCredential: number;
  readonly writesPerAccount: number;
  readonly wrongCodesAlarm: number;
}

/** Counters of refusals and wrong guesses. */
export interface LimitMetrics {
  startRefused(reason: StartRefusal): void;
  wrongCode(): void;
  guessingAlarm(): void;
}

/** What other features ask before something happens, and tell of wrong codes. */
export interface AllLimits {
  readonly limits: Limits;
  readonly startAdmission: StartAdmission;
  readonly alarm: WrongCodesAlarm;
}

export function createLimits(deps: LimitsDeps): AllLimits {
  const { keys, rateLimits: enabled, wrongCodesAlarm, metrics } = deps;
  const addressKey = keys.current.address;
  return {
    limits: new Limits({ ...deps, addressKey, enabled }),
    startAdmission: new StartAdmission({
      ...deps,
      addressKey,
      enabled,
      onRefused: (reason) => metrics.startRefused(reason),
    }),
    alarm: new WrongCodesAlarm({
      ...deps,
      threshold: wrongCodesAlarm,
      onWrongCode: () => metrics.wrongCode(),
      onAlarm: () => metrics.guessingAlarm(),
    }),
  };
}
