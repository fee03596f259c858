import { lifetimeSettings, parseSettings, type SettingValues } from '@ravi/runtime';
import type { Grant } from './grants/grant.ts';

/** How long an unused record stays if programs do not end by themselves: nothing stays in Redis for ever. */
const longestRestSeconds = 10 * 365 * 86_400;

/** The least for which a refresh token that is sent again gets the same pair (`REFRESH_GRACE_SECONDS`): what the api may rely on. */
export const leastRefreshGraceSeconds = 10;

/** How long credentials live. Null: without end. */
export interface Lifetimes {
  readonly accessTokenSeconds: number;
  /** From one refresh to the next. */
  readonly refreshTokenIdleSeconds: number;
  /** From the login on, however often its tokens are refreshed. */
  readonly refreshTokenMaxSeconds: number | null;
  /** Of a key for which nobody asked for another lifetime. */
  readonly apiKeyDefaultSeconds: number | null;
  readonly apiKeyMaxSeconds: number | null;
  /** A login or key that is unused for this time ends by itself. */
  readonly programIdleMs: number;
  /** False if a login does not end by being unused. */
  readonly programsEndUnused: boolean;
}

export type LifetimeValues = SettingValues<typeof lifetimeSettings>;

/** The lifetimes that these settings set; 0 stands for no end. */
export function readLifetimes(values: LifetimeValues): Lifetimes {
  const idleDays = values.PROGRAM_IDLE_DAYS;
  return Object.freeze({
    accessTokenSeconds: values.ACCESS_TOKEN_TTL_SECONDS,
    refreshTokenIdleSeconds: values.REFRESH_TOKEN_IDLE_SECONDS,
    refreshTokenMaxSeconds: orNone(values.REFRESH_TOKEN_MAX_SECONDS),
    apiKeyDefaultSeconds: orNone(values.API_KEY_DEFAULT_TTL_SECONDS),
    apiKeyMaxSeconds: orNone(values.API_KEY_MAX_TTL_SECONDS),
    programIdleMs: (idleDays === 0 ? longestRestSeconds : idleDays * 86_400) * 1000,
    programsEndUnused: idleDays > 0,
  });
}

/** The lifetimes where nothing is set. */
export const defaultLifetimes: Lifetimes = readLifetimes(parseSettings({}, lifetimeSettings));

/**
 * The end of a key that is made now: as asked for, but no later than the operator and the credential that makes it allow; null for
 * none.
 */
export function apiKeyEnd(
  { apiKeyDefaultSeconds, apiKeyMaxSeconds }: Lifetimes,
  asked: {
    readonly nowMs: number;
    readonly ttlSeconds: number | null;
    readonly makerEndsAtMs: number | null;
  },
): number | null {
  const { nowMs, ttlSeconds, makerEndsAtMs } = asked;
  const fromNow = [ttlSeconds ?? apiKeyDefaultSeconds, apiKeyMaxSeconds].filter(
    (seconds) => seconds !== null,
  );
  const ends = [
    ...fromNow.map((seconds) => nowMs + seconds * 1000),
    ...(makerEndsAtMs === null ? [] : [makerEndsAtMs]),
  ];
  return ends.length === 0 ? null : Math.min(...ends);
}

/** When the tokens of a grant end at the latest, however often they are refreshed; null for no end. */
export function tokensEndAtMs(
  { createdAtMs, expiresAtMs }: Pick<Grant, 'createdAtMs' | 'expiresAtMs'>,
  { refreshTokenMaxSeconds }: Lifetimes,
): number | null {
  const ends = [
    ...(expiresAtMs === null ? [] : [expiresAtMs]),
    ...(refreshTokenMaxSeconds === null ? [] : [createdAtMs + refreshTokenMaxSeconds * 1000]),
  ];
  return ends.length === 0 ? null : Math.min(...ends);
}

function orNone(seconds: number): number | null {
  return seconds === 0 ? null : seconds;
}
