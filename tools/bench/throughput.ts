import type { Answer } from '../load/client/answer.ts';
import { ConnectionPool } from '../load/client/connection-pool.ts';
import type { ClientRequest } from '../load/client/request.ts';
import { SourceAddresses } from '../load/client/source-addresses.ts';
import { parseTarget, Targets } from '../load/client/target.ts';
import { closedLoop } from '../load/scenarios/closed-loop.ts';

/** Keep-alive connections of the client. */
const connections = 32;

/** Requests a second that a server answers to a closed loop of 32 connections. Only those that are `expected`
 * count; one that is neither that nor a 503 makes it throw. */
export async function requestsPerSecond(
  url: string,
  seconds: number,
  nextRequest: () => ClientRequest,
  expected: (answer: Answer) => boolean,
): Promise<number> {
  const pool = new ConnectionPool(connections, new Targets(parseTarget(url)), new SourceAddresses(null));
  let answered = 0;
  let unexpected: Answer | null = null;
  const once = async () => {
    const answer = await pool.request(nextRequest());
    // 503: the machine has other work, and a command took too long. Such an answer does not count.
    if (expected(answer)) answered++;
    else if (answer.status !== 503) unexpected = answer;
  };
  const startMs = performance.now();
  await closedLoop(connections, startMs + seconds * 1000, new AbortController().signal, once);
  const perSecond = (answered * 1000) / (performance.now() - startMs);
  pool.close();
  if (unexpected !== null) throw new Error(`${url} answered ${JSON.stringify(unexpected).slice(0, 300)}`);
  return perSecond;
}
