import type { ClientRequest } from '../load/client/request.ts';
import type { Contender } from './alternating.ts';
import { type Exchange, exchangesPerSecond } from './throughput.ts';

/** Programs of a server that refresh their tokens. */
export interface RefreshingPrograms {
  readonly name: string;
  readonly url: string;
  /** The first refresh tokens, at least one for each connection. */
  readonly tokens: readonly string[];
  readonly refresh: (token: string) => ClientRequest;
  /** The member of an answer with the next refresh token. */
  readonly member: string;
  readonly seconds: number;
}

/** Programs that refresh without pause, each with the token of its last answer. */
export function refreshing({ name, url, tokens, refresh, member, seconds }: RefreshingPrograms): Contender {
  const latest = [...tokens];
  const next = (): Exchange => {
    const token = latest.pop();
    if (token === undefined) throw new Error('There are more connections than programs.');
    return {
      request: refresh(token),
      accepts: ({ status, body }) => {
        const brought = status === 200 ? (JSON.parse(body) as Record<string, unknown>)[member] : undefined;
        // After a 503 the token is still valid.
        latest.push(typeof brought === 'string' ? brought : token);
        return typeof brought === 'string';
      },
    };
  };
  return { name, measure: () => exchangesPerSecond(url, seconds, next) };
}
