import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import { freePort } from '../free-port.ts';
import type { OidcProviderSettings } from './settings.ts';

/** A running OpenID provider that knows the product as its client. */
export interface OidcProvider {
  readonly id: string;
  readonly issuer: string;
  /** What an api needs in its environment to offer it, but for `OIDC_PROVIDERS`. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends it: nothing answers at the issuer any more. */
  stop(): Promise<void>;
  /** Starts it again at the same place, with nobody signed in. */
  start(): Promise<void>;
}

/**
 * Starts an OpenID provider that no one here wrote as a process of its own. The api finds it as `id`; people come back to
 * `publicUrl`.
 */
export async function startOidcProvider(id: string, publicUrl: string): Promise<OidcProvider> {
  const settings: OidcProviderSettings = {
    port: await freePort(),
    clientId: 'ravi',
    clientSecret: randomUUID(),
    redirectUris: [`${publicUrl}/signin/${id}/callback`],
  };
  const issuer = `http://127.0.0.1:${settings.port}`;
  const name = `OIDC_${id.toUpperCase()}`;
  let child: ChildProcess | undefined;
  const start = async () => {
    let output = '';
    const program = join(import.meta.dirname, 'process.ts');
    child = spawn(process.execPath, [program, JSON.stringify(settings)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text));
    await eventually('the provider answers', async () => {
      if (child?.exitCode !== null) throw new Error(`The provider ended: ${output}`);
      return fetch(`${issuer}/.well-known/openid-configuration`).then(
        (response) => response.ok,
        () => false,
      );
    });
  };
  await start();
  return {
    id,
    issuer,
    env: {
      [`${name}_ISSUER`]: issuer,
      [`${name}_CLIENT_ID`]: settings.clientId,
      [`${name}_CLIENT_SECRET`]: settings.clientSecret,
      [`${name}_LABEL`]: `Provider ${id}`,
    },
    start,
    stop: async () => {
      const ended = new Promise((resolve) => child?.once('exit', resolve));
      if (child?.kill('SIGKILL')) await ended;
    },
  };
}
