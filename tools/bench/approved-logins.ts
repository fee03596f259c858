import { ConnectionPool } from '../load/client/connection-pool.ts';
import { DeviceCalls } from '../load/client/device-calls.ts';
import { openSession } from '../load/client/session.ts';
import { SourceAddresses } from '../load/client/source-addresses.ts';
import { parseTarget, Targets } from '../load/client/target.ts';
import { closedLoop } from '../load/scenarios/closed-loop.ts';

/** Starts logins and approves them, all through the API. Throws if a step is refused. */
export async function approvedLogins(apiUrl: string, logins: number): Promise<void> {
  const targets = new Targets(parseTarget(apiUrl));
  const calls = new DeviceCalls(targets.first);
  const session = await openSession(apiUrl, null);
  const pool = new ConnectionPool(64, targets, new SourceAddresses(null));
  let left = logins;
  const one = async () => {
    const started = await pool.request(calls.start());
    const { user_code: userCode } = JSON.parse(started.body) as { user_code: string };
    const approved = await pool.request(calls.decide('approve', userCode, session));
    if (approved.status !== 200)
      throw new Error(`An approval was refused: ${approved.status} ${approved.body}`);
  };
  await closedLoop(64, Number.POSITIVE_INFINITY, new AbortController().signal, () =>
    left-- > 0 ? one() : null,
  );
  pool.close();
}
