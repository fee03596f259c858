import type { ClientRequest } from '../load/client/request.ts';
import type { Contender } from './alternating.ts';
import { type Exchange, exchangesPerSecond } from './throughput.ts';

/** Programs of a server that refresh their tokens. */
export interface RefreshingPrograms {
  readonly name: string;
  readonly url: string;
  /** The refresh tokens with which they begin, one for each connection at least. */
  readonly tokens: readonly string[];
  readonly refresh: (token: string) => ClientRequest;
  /** Which member of an answer is the next refresh token. */
  readonly member: string;
  readonly seconds: number;
}

/** Programs that refresh without pause, each with the token that its last answer brought. */
export function refreshing({ name, url, tokens, refresh, member, seconds }: RefreshingPrograms): Contender {
  const latest = [...tokens];
  const next = (): Exchange => {
    const token = latest.pop();
    if (token === undefined) throw new Error('There are more connections than programs.');
    return {
      request: refresh(token),
      accepts: ({ status, body }) => {
        const brought = status === 200 ? (JSON.parse(body) as Record<string, unknown>)[member] : undefined;
        // After a 503 the token is as good as before.
        latest.push(typeof brought === 'string' ? brought : token);
        return typeof brought === 'string';
      },
    };
  };
  return { name, measure: () => exchangesPerSecond(url, seconds, next) };
}
