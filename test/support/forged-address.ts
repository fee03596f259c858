import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { request as requestByTls } from 'node:https';

/** An answer with what it says of the request. */
export interface RawAnswer {
  readonly status: number | undefined;
  readonly challenge: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface RawCall {
  readonly headers?: OutgoingHttpHeaders;
  readonly method?: string;
  /** The request target as it is written, instead of the path of the address. */
  readonly target?: string;
  /** The authority that an https service must have its certificate from. */
  readonly ca?: string;
}

/** Calls with any headers, also those that `fetch` sets itself, and with the request target as it is. */
export function callRaw(
  url: string,
  { headers = {}, method = 'GET', target, ca }: RawCall = {},
): Promise<RawAnswer> {
  const { protocol, hostname, port, pathname } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const by = protocol === 'https:' ? requestByTls : request;
  // The certificate is compared with the address that is called, not with the header Host.
  const tls = ca === undefined ? {} : { ca, servername: '' };
  const sent = by({ host, port, method, path: target ?? pathname, headers, ...tls }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (part: string) => (text += part));
    const { statusCode: status, headers: answered } = response;
    response.on('end', () =>
      resolve({ status, challenge: answered['www-authenticate'], headers: answered, text }),
    );
  });
  sent.on('error', reject).end();
  return promise;
}

/** What a caller can write into a request about where it goes. */
export const forgedAddress = (origin: string): Record<string, string> => ({
  host: new URL(origin).host,
  origin,
  forwarded: `host=${new URL(origin).host};proto=https`,
  'x-forwarded-host': new URL(origin).host,
  'x-forwarded-proto': 'https',
  'x-forwarded-for': '203.0.113.7',
  'x-original-url': `${origin}/notes`,
});
