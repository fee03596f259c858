import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClientRequest, post } from '../load/client/request.ts';
import { parseTarget } from '../load/client/target.ts';
import { ensurePeers } from './install-peers.ts';
import { startProgram } from './program.ts';

/** A server that people could use instead of ours, and how to call its device flow. */
export interface Peer {
  readonly name: string;
  readonly url: string;
  /** The request that starts a login. */
  readonly start: ClientRequest;
  /** The request that asks for the tokens of a device_code. */
  poll(deviceCode: string): ClientRequest;
  /** A human approves; resolves when the approval is accepted. */
  approve(userCode: string): Promise<void>;
  stop(): Promise<void>;
}

/** A peer whose programs get refresh tokens. */
export interface RefreshingPeer extends Peer {
  /** The request for a new pair of tokens. */
  refresh(refreshToken: string): ClientRequest;
}

const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code';

/**
 * Starts the peers on a Redis, installing them first where they are not. `intervalSeconds`: between two polls of one
 * code; asked sooner, a peer that keeps count answers something else, and cheaper.
 */
export async function startPeers(
  redisUrl: string,
  cpu: number | null,
  intervalSeconds: number,
): Promise<readonly Peer[]> {
  ensurePeers();
  return Promise.all([startOidcProvider(redisUrl, cpu), startBetterAuth(redisUrl, cpu, intervalSeconds)]);
}

/** Starts the peer that refreshes tokens, as `startPeers` does. */
export async function startRefreshingPeer(redisUrl: string, cpu: number | null): Promise<RefreshingPeer> {
  ensurePeers();
  return startOidcProvider(redisUrl, cpu);
}

async function startOidcProvider(redisUrl: string, cpu: number | null): Promise<RefreshingPeer> {
  const { url, server } = await startProgram('peers/oidc-provider.mjs', redisUrl, cpu, {
    env: { NODE_ENV: 'production' },
  });
  const fields = fieldsOf(url, 'application/x-www-form-urlencoded');
  const form = (path: string, body: string) => post(path, fields, body);
  const grant = `grant_type=${encodeURIComponent(deviceCodeGrant)}`;
  return {
    name: 'oidc-provider',
    url,
    start: form('/device/auth', 'client_id=bench'),
    poll: (code) => form('/token', `client_id=bench&${grant}&device_code=${code}`),
    refresh: (token) => form('/token', `client_id=bench&grant_type=refresh_token&refresh_token=${token}`),
    approve: (userCode) => accepted(`${url}/approve?user_code=${userCode}`, { method: 'POST' }),
    stop: () => server.stop(),
  };
}

async function startBetterAuth(redisUrl: string, cpu: number | null, intervalSeconds: number): Promise<Peer> {
  const directory = mkdtempSync(join(tmpdir(), 'ravi-better-auth-'));
  const { url, server } = await startProgram('peers/better-auth.mjs', redisUrl, cpu, {
    env: { NODE_ENV: 'production', DATA_DIR: directory, INTERVAL: `${intervalSeconds}s` },
  });
  const headers = { 'content-type': 'application/json', origin: url };
  const account = { email: 'bench@example.com', password: 'correct horse battery', name: 'bench' };
  const signedUp = await fetch(`${url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers,
    body: JSON.stringify(account),
  });
  const cookie = (signedUp.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const fields = fieldsOf(url, 'application/json');
  const json = (path: string, body: object) => post(path, fields, JSON.stringify(body));
  return {
    name: 'better-auth',
    url,
    start: json('/api/auth/device/code', { client_id: 'bench' }),
    poll: (code) =>
      json('/api/auth/device/token', {
        client_id: 'bench',
        grant_type: deviceCodeGrant,
        device_code: code,
      }),
    approve: async (userCode) => {
      // Looking up the code binds it to the account.
      await accepted(`${url}/api/auth/device?user_code=${userCode}`, { headers: { cookie } });
      const body = JSON.stringify({ userCode });
      await accepted(`${url}/api/auth/device/approve`, {
        method: 'POST',
        headers: { ...headers, cookie },
        body,
      });
    },
    stop: async () => {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function accepted(url: string, init: RequestInit): Promise<void> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
}

function fieldsOf(url: string, contentType: string): string {
  return `Host: ${parseTarget(url).authority}\r\nContent-Type: ${contentType}\r\n`;
}
