import { ConnectionPool } from '../load/client/connection-pool.ts';
import { DeviceCalls } from '../load/client/device-calls.ts';
import { openSession } from '../load/client/session.ts';
import { SourceAddresses } from '../load/client/source-addresses.ts';
import { parseTarget, Targets } from '../load/client/target.ts';
import type { RefreshingPeer } from './peer.ts';

/** The credentials of a logged-in program. */
export interface Credentials {
  readonly access: string;
  readonly refresh: string;
  readonly management_key: string;
}

/** Logs programs in at our api, one after the other. Throws if a step is refused. */
export async function loggedInPrograms(apiUrl: string, count: number): Promise<readonly Credentials[]> {
  const targets = new Targets(parseTarget(apiUrl));
  const calls = new DeviceCalls(targets.first);
  const session = await openSession(apiUrl, null);
  const pool = new ConnectionPool(2, targets, new SourceAddresses(null));
  const programs: Credentials[] = [];
  while (programs.length < count) {
    const login = JSON.parse((await pool.request(calls.start())).body) as Record<string, string>;
    const waiting = pool.request(calls.wait(login['device_code'] ?? ''));
    await pool.request(calls.decide('approve', login['user_code'] ?? '', session));
    const { status, body } = await waiting;
    if (status !== 200) throw new Error(`A login came to nothing: ${status} ${body}`);
    programs.push(JSON.parse(body) as Credentials);
  }
  pool.close();
  return programs;
}

/** The refresh tokens of programs that logged in at a peer. Throws if a step is refused. */
export async function refreshTokensOfPeer(peer: RefreshingPeer, count: number): Promise<readonly string[]> {
  const pool = new ConnectionPool(1, new Targets(parseTarget(peer.url)), new SourceAddresses(null));
  const tokens: string[] = [];
  while (tokens.length < count) {
    const login = JSON.parse((await pool.request(peer.start)).body) as Record<string, string>;
    await peer.approve(login['user_code'] ?? '');
    const { status, body } = await pool.request(peer.poll(login['device_code'] ?? ''));
    const { refresh_token: token } = JSON.parse(body) as { readonly refresh_token?: string };
    if (status !== 200 || token === undefined) throw new Error(`A login came to nothing: ${status} ${body}`);
    tokens.push(token);
  }
  pool.close();
  return tokens;
}
