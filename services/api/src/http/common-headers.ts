import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * The id of a request, in logs and in `X-Request-Id`: the one that a trusted proxy gave it, else a new one; never taken from the
 * client.
 */
export function requestIdOf(headers: IncomingHttpHeaders, trustedProxyHops: number): string {
  const given = trustedProxyHops > 0 ? headers['x-request-id'] : undefined;
  return typeof given === 'string' && /^[\w.-]{8,128}$/.test(given) ? given : randomUUID();
}

/** The trace to which a trusted proxy says that the request belongs. (W3C Trace Context §3.2) */
export function traceparentOf(headers: IncomingHttpHeaders, trustedProxyHops: number): string | undefined {
  const given = trustedProxyHops > 0 ? headers['traceparent'] : undefined;
  return typeof given === 'string' && /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/.test(given)
    ? given
    : undefined;
}

/** The headers of every answer: name, value, name, value. */
export function commonHeaders(requestId: string, publicUrl: string): string[] {
  const headers = ['X-Request-Id', requestId, 'X-Content-Type-Options', 'nosniff'];
  // Browsers must not connect without TLS again. (RFC 6797)
  if (publicUrl.startsWith('https://'))
    headers.push('Strict-Transport-Security', 'max-age=31536000; includeSubDomains');
  return headers;
}
