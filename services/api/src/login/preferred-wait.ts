import type { Call } from '../http/call.ts';

/**
 * The seconds of `Prefer: wait=N`, at most the server's limit, which `Preference-Applied` repeats in the answer.
 * Undefined without that preference. (RFC 7240 §4.3)
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

/** The seconds of `wait=N`, with or without parameters; undefined for another preference. */
function waitOf(preference: string): number | undefined {
  const [named = ''] = preference.split(';', 1);
  const [name = '', value = ''] = named.split('=', 2);
  return name.trim().toLowerCase() === 'wait' && /^\d{1,6}$/.test(value.trim()) ? Number(value) : undefined;
}
