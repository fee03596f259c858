import type { Answer } from '../load/client/answer.ts';
import { ConnectionPool } from '../load/client/connection-pool.ts';
import type { ClientRequest } from '../load/client/request.ts';
import { SourceAddresses } from '../load/client/source-addresses.ts';
import { parseTarget, Targets } from '../load/client/target.ts';
import { closedLoop } from '../load/scenarios/closed-loop.ts';

/** Keep-alive connections of the client, each with one request at a time. */
export const connections = 32;

/** A request, and whether an answer counts. */
export interface Exchange {
  readonly request: ClientRequest;
  accepts(answer: Answer): boolean;
}

/** Answers a second of a server to a closed loop of 32 connections, as `exchangesPerSecond` counts them. */
export function requestsPerSecond(
  url: string,
  seconds: number,
  nextRequest: () => ClientRequest,
  accepts: (answer: Answer) => boolean,
): Promise<number> {
  return exchangesPerSecond(url, seconds, () => ({ request: nextRequest(), accepts }));
}

/**
 * Exchanges a second of a closed loop of 32 connections. Only accepted answers count. Throws on an answer that is neither accepted
 * nor a 503.
 */
export async function exchangesPerSecond(
  url: string,
  seconds: number,
  next: () => Exchange,
): Promise<number> {
  const pool = new ConnectionPool(connections, new Targets(parseTarget(url)), new SourceAddresses(null));
  let answered = 0;
  let unexpected: Answer | null = null;
  const once = async () => {
    const exchange = next();
    const answer = await pool.request(exchange.request);
    // 503: the machine was busy and a command took too long. Such an answer does not count.
    if (exchange.accepts(answer)) answered++;
    else if (answer.status !== 503) unexpected = answer;
  };
  const startMs = performance.now();
  await closedLoop(connections, startMs + seconds * 1000, new AbortController().signal, once);
  const perSecond = (answered * 1000) / (performance.now() - startMs);
  pool.close();
  if (unexpected !== null) throw new Error(`${url} answered ${JSON.stringify(unexpected).slice(0, 300)}`);
  return perSecond;
}
