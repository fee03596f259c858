import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { bodyLimitBytes } from './body-limit.ts';
import { fieldsByName } from './fields-by-name.ts';
import { Problem } from './problem.ts';

/** A body format that needs no router and no parser: of known, small length, uncompressed, in UTF-8. */
export interface PlainBody {
  /** Whether a request with these headers has such a body, or none. */
  fits(headers: IncomingHttpHeaders): boolean;
  /** The parsed body, which is not empty. Throws 400 if it is unreadable. */
  parse(bytes: Uint8Array): object;
}

const utf8 = new TextDecoder();

/** A JSON object or array. */
export const plainJson: PlainBody = {
  fits: fitsType(/^application\/json(?:; ?charset=utf-8)?$/i),
  parse(bytes) {
    let body: unknown;
    try {
      body = JSON.parse(utf8.decode(bytes));
    } catch {
      throw unreadableBody();
    }
    if (typeof body !== 'object' || body === null) throw unreadableBody();
    return body;
  },
};

/** A form's fields by name; a repeated field has all its values. */
export const plainForm: PlainBody = {
  fits: fitsType(/^application\/x-www-form-urlencoded(?:; ?charset=utf-8)?$/i),
  parse(bytes) {
    return fieldsByName(utf8.decode(bytes));
  },
};

/** Reads a body of this format; `{}` if there is none. Throws 400 if it is unreadable or breaks off. */
export async function readPlainBody(request: IncomingMessage, form: PlainBody): Promise<object> {
  if (Number(request.headers['content-length'] ?? 0) === 0) return {};
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', () => reject(unreadableBody()));
  });
  return form.parse(bytes);
}

/** Every unreadable body gets the same message. */
export function unreadableBody(): Problem {
  return new Problem('invalid_request', 'The body cannot be read: it is not what its headers say.');
}

function fitsType(type: RegExp): PlainBody['fits'] {
  return (headers) => {
    if (headers['transfer-encoding'] !== undefined) return false;
    const length = Number(headers['content-length'] ?? 0);
    if (length === 0) return true;
    return (
      length <= bodyLimitBytes &&
      headers['content-encoding'] === undefined &&
      type.test(headers['content-type'] ?? '')
    );
  };
}
