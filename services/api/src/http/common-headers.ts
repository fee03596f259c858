import { randomUUID } from 'node:crypto';

/** A name for one request, in logs and in `X-Request-Id`. Made here, never taken from the client. */
export const newRequestId = (): string => randomUUID();

/** The header fields that every answer carries, as names and values. */
export function commonFields(requestId: string, publicUrl: string): readonly (readonly [string, string])[] {
  return [
    ['X-Request-Id', requestId],
    ['X-Content-Type-Options', 'nosniff'],
    // Browsers shall not come without TLS again. (RFC 6797)
    ...(publicUrl.startsWith('https://')
      ? [['Strict-Transport-Security', 'max-age=31536000; includeSubDomains'] as const]
      : []),
  ];
}
