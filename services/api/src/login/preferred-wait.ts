import type { Call } from '../http/call.ts';

/**
 * The seconds for which a client asks to be held by `Prefer: wait=N`, at most the server's limit; says in the answer what it
 * gets. Undefined where it does not ask. (RFC 7240 §4.3)
 */
export function preferredWaitSeconds(
  { headers, reply }: Pick<Call, 'headers' | 'reply'>,
  maxSeconds: number,
): number | undefined {
  const asked = String(headers['prefer'] ?? '')
    .split(',')
    .map((preference) => waitOf(preference.trim()))
    .find((seconds) => seconds !== undefined);
  if (asked === undefined) return undefined;
  const granted = Math.min(asked, maxSeconds);
  reply.addHeader('Preference-Applied', `wait=${granted}`);
  return granted;
}

/** The seconds of `wait=N`, with parameters behind it or not; undefined for another preference. */
function waitOf(preference: string): number | undefined {
  const [named = ''] = preference.split(';', 1);
  const [name = '', value = ''] = named.split('=', 2);
  return name.trim().toLowerCase() === 'wait' && /^\d{1,6}$/.test(value.trim()) ? Number(value) : undefined;
}
