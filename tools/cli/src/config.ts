import { homedir } from 'node:os';
import { join } from 'node:path';

/** The settings of the environment; each takes precedence over the kept login. */
export interface Config {
  /** An access token to use instead of a login (RAVI_TOKEN). */
  readonly token: string | null;
  /** An API key to use instead of a login (RAVI_API_KEY). */
  readonly apiKey: string | null;
  /** The service's address (RAVI_BASE_URL). */
  readonly baseUrl: string | null;
  /** The program's own folder. Not `~/.ravi`: another program keeps its settings there. */
  readonly folder: string;
  /** Whether a person is at a terminal that is no build machine. */
  readonly isInteractive: boolean;
  readonly hasColours: boolean;
  /** How the person called this program, for hints. */
  readonly calledAs: string;
}

/** Reads the environment; empty variables count as absent. */
export function readConfig(env: NodeJS.ProcessEnv, isTerminal: boolean, home: string = homedir()): Config {
  const given = (name: string): string | null => env[name]?.trim() || null;
  const base = given('XDG_CONFIG_HOME') ?? (process.platform === 'win32' ? given('APPDATA') : null);
  return {
    token: given('RAVI_TOKEN'),
    apiKey: given('RAVI_API_KEY'),
    baseUrl: given('RAVI_BASE_URL'),
    folder: join(base ?? join(home, '.config'), 'ravi-login'),
    isInteractive: isTerminal && given('CI') === null,
    hasColours: isTerminal && given('NO_COLOR') === null && env['TERM'] !== 'dumb',
    calledAs: env['npm_lifecycle_event'] === 'cli' ? 'npm run cli --' : 'ravi-login',
  };
}
