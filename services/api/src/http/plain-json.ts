import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Problem } from './problem.ts';

/** The largest body that is read, in bytes. */
export const bodyLimitBytes = 16 * 1024;

const plainType = /^application\/json(?:; ?charset=utf-8)?$/i;
const utf8 = new TextDecoder();

/** Whether the body is what nearly every program sends: none, or JSON of a known, small length, as it is. */
export function isPlainJson(headers: IncomingHttpHeaders): boolean {
  if (headers['transfer-encoding'] !== undefined) return false;
  const length = Number(headers['content-length'] ?? 0);
  if (length === 0) return true;
  return (
    length <= bodyLimitBytes &&
    headers['content-encoding'] === undefined &&
    plainType.test(headers['content-type'] ?? '')
  );
}

/** Reads such a body; `{}` where there is none. Throws 400 for what is no JSON object or array, or breaks off. */
export async function readPlainJson(request: IncomingMessage): Promise<unknown> {
  if (Number(request.headers['content-length'] ?? 0) === 0) return {};
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', () => reject(unreadable()));
  });
  return parsePlainJson(bytes);
}

/** The JSON object or array in such a body, `{}` for an empty one. Throws 400 for what is none. */
export function parsePlainJson(bytes: Uint8Array): object {
  if (bytes.length === 0) return {};
  let body: unknown;
  try {
    body = JSON.parse(utf8.decode(bytes));
  } catch {
    throw unreadable();
  }
  if (typeof body !== 'object' || body === null) throw unreadable();
  return body;
}

/** Whatever is wrong with a body as such, it gets one sentence. */
export function unreadable(): Problem {
  return new Problem('invalid_request', 'The body cannot be read: it is not what its headers say.');
}
