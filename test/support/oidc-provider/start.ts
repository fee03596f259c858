import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openDoor } from '../door.ts';
import { eventually } from '../eventually.ts';
import { killChild } from '../child-process.ts';
import type { OidcProviderSettings } from './settings.ts';

/** A running OpenID provider that knows the product as its client. */
export interface OidcProvider {
  readonly id: string;
  readonly issuer: string;
  /** What an api needs in its environment to offer it, but for `OIDC_PROVIDERS`. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends its process: nothing answers at the issuer any more. */
  stop(): Promise<void>;
  /** Starts it again at the same place, with nobody signed in. */
  start(): Promise<void>;
  /** Ends it for good. */
  close(): Promise<void>;
}

/**
 * Starts an OpenID provider that no one here wrote as a process of its own. The api finds it as `id`; people come back to
 * `publicUrl`.
 */
export async function startOidcProvider(id: string, publicUrl: string): Promise<OidcProvider> {
  const door = await openDoor();
  const settings: OidcProviderSettings = {
    issuer: door.url,
    clientId: 'ravi',
    clientSecret: randomUUID(),
    redirectUris: [`${publicUrl}/signin/${id}/callback`],
  };
  const { issuer } = settings;
  const name = `OIDC_${id.toUpperCase()}`;
  let child: ChildProcess | undefined;
  const start = async () => {
    let output = '';
    const program = join(import.meta.dirname, 'process.ts');
    child = spawn(process.execPath, [program, JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    const url = await eventually('the provider tells its address', () => {
      if (child?.exitCode !== null) throw new Error(`The provider ended: ${output}`);
      return /^listens at (\S+)$/m.exec(output)?.[1];
    });
    door.leadTo(url);
  };
  const stop = async () => {
    door.leadTo(null);
    if (child) await killChild(child);
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
    stop,
    close: async () => {
      await stop();
      await door.close();
    },
  };
}
