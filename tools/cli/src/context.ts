import type { CredentialStore } from '@ravi/client';
import type { Arguments } from './arguments.ts';
import type { Config } from './config.ts';
import { type LastLogin, readLastLogin, storeFor } from './kept-logins.ts';
import type { Output } from './output.ts';

export interface Context {
  readonly config: Config;
  readonly arguments: Arguments;
  readonly output: Output;
  /** The login of this call. */
  readonly place: LastLogin;
  readonly store: CredentialStore;
  /** Aborted by Ctrl-C and by SIGTERM. */
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  /** Opens a link in the person's browser. */
  readonly openBrowser: (link: string) => void;
}

/** Finds the login of a call: by its arguments, else the environment, else the last login. */
export function createContext(
  given: Pick<Context, 'config' | 'arguments' | 'output' | 'signal' | 'openBrowser'>,
): Context {
  const { config, arguments: args } = given;
  const last = readLastLogin(config.folder);
  const address = args.server ?? config.baseUrl ?? last?.server ?? 'http://localhost:3000';
  if (!URL.canParse(address))
    throw new TypeError('server must be an address such as https://login.example.com.');
  const server = new URL(address).href.replace(/\/+$/, '');
  const store = args.store ?? (last?.server === server ? last.store : 'file');
  const place = { server, store };
  return { ...given, place, store: storeFor(config.folder, place), nowMs: () => Date.now() };
}

export interface EnvironmentCredential {
  readonly name: 'RAVI_TOKEN' | 'RAVI_API_KEY';
  readonly value: string;
}

/** The credential of the environment, which takes precedence over the kept login; null if there is none. */
export function environmentCredential({ config }: Context): EnvironmentCredential | null {
  if (config.token !== null) return { name: 'RAVI_TOKEN', value: config.token };
  return config.apiKey === null ? null : { name: 'RAVI_API_KEY', value: config.apiKey };
}
