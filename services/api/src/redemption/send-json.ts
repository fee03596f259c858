import type { ServerResponse } from 'node:http';

/**
 * Writes a JSON answer in one piece, straight to the response: a held request has outlived its Koa context. Does nothing
 * when the client is gone.
 */
export function sendJson(
  response: ServerResponse,
  status: number,
  json: string,
  headers: Readonly<Record<string, string | number>> = {},
): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(json),
    'Cache-Control': 'no-store',
    Pragma: 'no-cache',
    ...headers,
  });
  response.end(json);
}
