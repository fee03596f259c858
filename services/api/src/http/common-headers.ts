/** The headers of every answer: name, value, name, value. */
export function commonHeaders(requestId: string, publicUrl: string): string[] {
  const headers = ['X-Request-Id', requestId, 'X-Content-Type-Options', 'nosniff'];
  // Browsers must not connect without TLS again. (RFC 6797)
  if (publicUrl.startsWith('https://'))
    headers.push('Strict-Transport-Security', 'max-age=31536000; includeSubDomains');
  return headers;
}
