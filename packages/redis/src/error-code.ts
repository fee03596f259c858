/** The code of an error that Redis replied, the first word of its message; empty for any other error. (RESP, simple errors) */
export function errorCode(error: unknown): string {
  return error instanceof Error ? (/^[A-Z]+(?= )/.exec(error.message)?.[0] ?? '') : '';
}
