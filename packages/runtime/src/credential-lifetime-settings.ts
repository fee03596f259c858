import type { SettingList } from './settings.ts';
import { integerVariable } from './variable-parsers.ts';

const maxLifetimeSeconds = 10 * 365 * 86_400;

/** How long credentials live: the same at every api and issuer. */
export const lifetimeSettings = {
  ACCESS_TOKEN_TTL_SECONDS: {
    parser: integerVariable(60, 86_400),
    default: '3600',
    unit: 'seconds',
    help: 'How long an access token lives. Set all lifetimes of credentials to the same values at every api and issuer.',
  },
  REFRESH_TOKEN_IDLE_SECONDS: {
    parser: integerVariable(60, maxLifetimeSeconds),
    default: '2592000',
    unit: 'seconds',
    help: 'How long a refresh token lives: the longest time between two refreshes.',
  },
  REFRESH_TOKEN_MAX_SECONDS: {
    parser: integerVariable(0, maxLifetimeSeconds),
    default: '0',
    unit: 'seconds',
    help: 'The longest time from a login to the end of its tokens, however often they are refreshed. 0: no limit.',
  },
  API_KEY_DEFAULT_TTL_SECONDS: {
    parser: integerVariable(0, maxLifetimeSeconds),
    default: '0',
    unit: 'seconds',
    help: 'How long an API key lives unless another lifetime is requested. 0: no expiry.',
  },
  API_KEY_MAX_TTL_SECONDS: {
    parser: integerVariable(0, maxLifetimeSeconds),
    default: '0',
    unit: 'seconds',
    help: 'The longest lifetime of an API key. 0: no limit.',
  },
  PROGRAM_IDLE_DAYS: {
    parser: integerVariable(0, 3650),
    default: '365',
    unit: 'days',
    help: 'A login or API key that is unused for this time ends by itself; with SMTP_URL the human of a login is told. 0: never; one that was never used is forgotten after ten years.',
  },
} satisfies SettingList;
