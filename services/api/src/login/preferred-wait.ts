import type { Call } from '../http/call.ts';

/**
 * The seconds for which a client asks to be held by `Prefer: wait=N`, at most the server's limit; says in the answer what it
 * gets. Undefined where it does not ask. (RFC 7240 §4.3)
 */
export function preferredWaitSeconds(
  { headers, reply }: Pick<Call, 'headers' | 'reply'>,
  maxSeconds: number,
): number | undefined {
  const asked = /(?:^|[,;\s])wait=(\d{1,6})(?:$|[,;\s])/i.exec(String(headers['prefer'] ?? ''))?.[1];
  if (asked === undefined) return undefined;
  const granted = Math.min(Number(asked), maxSeconds);
  reply.addHeader('Preference-Applied', `wait=${granted}`);
  return granted;
}
