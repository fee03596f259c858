import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Context, Middleware } from 'koa';
import { koaBody, type KoaBodyMiddlewareOptions } from 'koa-body';
import { bodyLimitBytes, bodyTooLarge } from './body-limit.ts';
import { plainJson, readPlainBody, unreadableBody } from './plain-body.ts';
import { Problem } from './problem.ts';

/** A refused body up to this size is still read to its end, so that the client can read the answer. */
const drainBytes = 8 * 1024 * 1024;

/** How urlencoded forms are parsed; by default with `qs`. */
export type FormReading = Pick<KoaBodyMiddlewareOptions, 'queryString'>;

/**
 * Reads a JSON, urlencoded or multipart body into `ctx.request.body`; `{}` if there is none. 413 above 16 KiB, 415 for
 * other types, 400 if it does not parse. File parts are refused and never written to disk.
 */
export function readBody(forms: FormReading = {}): Middleware {
  const parse = koaBody({
    ...forms,
    jsonLimit: bodyLimitBytes,
    formLimit: bodyLimitBytes,
    text: false,
    onError: refuseUnreadable,
  });
  return async (ctx, next) => {
    const headers = ctx.req.headers;
    const length = declaredLength(headers);
    const coding = headers['content-encoding'];
    // The parsers know one spelling. (RFC 9110 §8.4.1)
    if (coding !== undefined) headers['content-encoding'] = coding.toLowerCase().replace(/^x-/, '');
    // With the parser of the first step, so that both accept and refuse the same bodies.
    if (plainJson.fits(headers)) {
      ctx.request.body = (await readPlainBody(ctx.req, plainJson)) as NonNullable<typeof ctx.request.body>;
      return next();
    }
    if (length > bodyLimitBytes && length !== Number.POSITIVE_INFINITY) {
      if (length > drainBytes) ctx.set('Connection', 'close');
      throw bodyTooLarge();
    }
    if (ctx.is('json', 'urlencoded')) return parse(ctx, next);
    if (ctx.is('multipart/form-data')) {
      // Without a length the parser's own buffers would have no bound.
      if (length > bodyLimitBytes)
        throw new Problem('invalid_request', 'Send a multipart body with a Content-Length.');
      return parseMultipart()(ctx, next);
    }
    throw unsupportedMediaType();
  };
}

/** Maps the parsers' many errors to three answers. Each of them is the client's fault. */
function refuseUnreadable(error: Error, { req }: Pick<Context, 'req'>): never {
  drain(req);
  const status = 'status' in error ? error.status : 'httpCode' in error ? error.httpCode : 400;
  if (status === 413) throw bodyTooLarge();
  if (status === 415) throw unsupportedMediaType();
  throw unreadableBody();
}

/** Reads on where a parser stopped in the middle: most clients write all of a body before they read the answer. */
function drain(request: IncomingMessage): void {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > drainBytes) request.destroy();
  });
  request.resume();
}

function unsupportedMediaType(): Problem {
  return new Problem(
    'unsupported_media_type',
    'Send the body as application/json, application/x-www-form-urlencoded or multipart/form-data, say so in Content-Type, and compress it with gzip or not at all.',
  );
}

/** The body's length in bytes; infinite when it is sent in chunks. */
function declaredLength(headers: IncomingHttpHeaders): number {
  if (headers['transfer-encoding'] !== undefined) return Number.POSITIVE_INFINITY;
  return Number(headers['content-length'] ?? 0);
}

/** A parser for one request: it refuses a body with file parts, and writes none of them. */
function parseMultipart(): Middleware {
  let fileSeen = false;
  const parse = koaBody({
    multipart: true,
    json: false,
    urlencoded: false,
    text: false,
    onError: refuseUnreadable,
    formidable: {
      onPart: (part, handle) => {
        if (part.originalFilename !== null) {
          fileSeen = true;
          return;
        }
        // Every part is read as a text field: an unknown type or transfer encoding would throw inside the parser.
        part.mimetype = null;
        handle(Object.assign(part, { transferEncoding: 'utf-8' }));
      },
    },
  });
  return (ctx, next) =>
    parse(ctx, async () => {
      if (fileSeen) throw new Problem('invalid_request', 'Files are not accepted here; send plain fields.');
      await next();
    });
}
