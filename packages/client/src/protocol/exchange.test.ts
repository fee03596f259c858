import { getEventListeners, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exchange, retryAfterMs } from './exchange.ts';

const longest = 256 * 1024;
const address = 'https://login.example.com/token';
const timeoutMs = 15_000;

/** A request that nobody answers, until it is given up. */
function unanswered() {
  const given: AbortSignal[] = [];
  const never: typeof fetch = (_input, init) =>
    new Promise((_resolve, reject) => {
      const signal = init?.signal;
      if (!signal) return;
      given.push(signal);
      const giveUp = () => reject(new Error('given up'));
      if (signal.aborted) return giveUp();
      signal.addEventListener('abort', giveUp);
    });
  return { fetch: never, isGivenUp: () => given[0]?.aborted };
}

describe('over the wire', () => {
  let server: Server;
  let url: string;
  let answer: (request: IncomingMessage, response: ServerResponse) => unknown;
  beforeAll(async () => {
    server = createServer((request, response) => {
      response.setHeader('connection', 'close');
      answer(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => {
    server.close();
  });

  test.each([
    ['GET', {}, undefined, ''],
    ['POST', { json: { a: 'b c' } }, 'application/json', '{"a":"b c"}'],
    ['POST', { form: { a: 'b c' } }, 'application/x-www-form-urlencoded;charset=UTF-8', 'a=b+c'],
  ])('%s with %j is sent', async (method, body, type, text) => {
    answer = async (request, response) => {
      const { accept, 'content-type': contentType, prefer } = request.headers;
      const sent = (await request.setEncoding('utf8').toArray()).join('');
      response.end(JSON.stringify({ method: request.method, accept, contentType, prefer, sent }));
    };
    const found = await exchange({ fetch }, url, { ...body, headers: { prefer: 'wait=25' }, timeoutMs });
    expect(found).toMatchObject({ kind: 'answered', status: 200 });
    const headers = { accept: 'application/json', prefer: 'wait=25' };
    const expected = { method, sent: text, ...headers, ...(type === undefined ? {} : { contentType: type }) };
    expect(found.kind === 'answered' && found.body).toEqual(expected);
  });

  test('no redirect is followed', async () => {
    answer = (_request, response) => void response.writeHead(307, { location: url }).end();
    const found = await exchange({ fetch }, url, { timeoutMs });
    expect(found).toMatchObject({ kind: 'answered', status: 307, body: null });
  });

  test('an answer that is cut off is none', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{', () => response.destroy());
    };
    expect(await exchange({ fetch }, url, { timeoutMs })).toMatchObject({ kind: 'lost' });
  });
});

describe('of an answer', () => {
  test.each([['null'], ['[]'], ['5'], ['"text"'], ['<h1>Hello</h1>'], ['']])(
    'what is no JSON object, %s, is none',
    async (text) => {
      const found = await exchange({ fetch: async () => new Response(text) }, address, { timeoutMs });
      expect(found).toMatchObject({ kind: 'answered', status: 200, body: null });
    },
  );

  test('a piece may end amid a letter', async () => {
    const bytes = Buffer.from('{"name":"Ł"}');
    const amid = bytes.length - 3;
    const body = ReadableStream.from([bytes.subarray(0, amid), bytes.subarray(amid)]);
    const found = await exchange({ fetch: async () => new Response(body) }, address, { timeoutMs });
    expect(found).toMatchObject({ kind: 'answered', body: { name: 'Ł' } });
  });

  const padded = (length: number) => `{"a":"${'x'.repeat(length - 8)}"}`;

  test('256 KiB are read', async () => {
    const fetch = async () => new Response(padded(longest));
    const found = await exchange({ fetch }, address, { timeoutMs });
    expect(found).toMatchObject({ kind: 'answered', body: { a: expect.any(String) } });
  });

  test('no more than that is read: the rest is given up', async () => {
    let isGivenUp = false;
    const pieces = [padded(longest + 1), ' '];
    const body = new ReadableStream({
      pull: (controller) => {
        const piece = pieces.shift();
        return piece === undefined ? controller.close() : controller.enqueue(Buffer.from(piece));
      },
      cancel: () => void (isGivenUp = true),
    });
    const found = await exchange({ fetch: async () => new Response(body) }, address, { timeoutMs });
    expect(found).toEqual({ kind: 'lost', reason: 'the answer is too long' });
    expect(isGivenUp).toBe(true);
  });
});

describe('without an answer', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test('in time, the request is given up, and the time told', async () => {
    const { fetch, isGivenUp } = unanswered();
    const found = exchange({ fetch }, address, { timeoutMs });
    jest.advanceTimersByTime(timeoutMs - 1);
    expect(isGivenUp()).toBe(false);
    jest.advanceTimersByTime(1);
    expect(isGivenUp()).toBe(true);
    expect(await found).toEqual({ kind: 'lost', reason: 'no answer within 15 s' });
  });

  test.each(['before', 'meanwhile'])(
    'one that nobody needs any more, %s, is given up at once',
    async (when) => {
      const aborting = new AbortController();
      const { fetch, isGivenUp } = unanswered();
      if (when === 'before') aborting.abort();
      const found = exchange({ fetch, signal: aborting.signal }, address, { timeoutMs });
      if (when === 'meanwhile') aborting.abort();
      expect(isGivenUp()).toBe(true);
      expect(await found).toEqual({ kind: 'lost', reason: 'given up' });
      expect(getEventListeners(aborting.signal, 'abort')).toEqual([]);
      expect(jest.getTimerCount()).toBe(0);
    },
  );

  test('or with one, nothing waits any longer', async () => {
    const { signal } = new AbortController();
    await exchange({ fetch: async () => Response.json({}), signal }, address, { timeoutMs });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });
});

const withCode = (code: unknown, message = 'words') => Object.assign(new Error(message), { code });

test.each<[string, unknown, string]>([
  [
    'its code',
    new TypeError('fetch failed', { cause: withCode('ECONNRESET') }),
    'the connection was cut (ECONNRESET)',
  ],
  [
    'the innermost cause',
    new Error('outer', { cause: new Error('middle', { cause: withCode('CERT_HAS_EXPIRED') }) }),
    'its certificate has expired (CERT_HAS_EXPIRED)',
  ],
  [
    'what to do about a network with certificates of its own',
    new TypeError('fetch failed', { cause: withCode('SELF_SIGNED_CERT_IN_CHAIN') }),
    'this machine does not trust its certificate; NODE_EXTRA_CA_CERTS can name a file with an authority to trust (SELF_SIGNED_CERT_IN_CHAIN)',
  ],
  [
    'the first of the addresses that were tried',
    new TypeError('fetch failed', { cause: new AggregateError([withCode('ENETUNREACH'), withCode('E')]) }),
    'there is no network (ENETUNREACH)',
  ],
  ['its words, where none was tried', new AggregateError([], 'none of them'), 'none of them'],
  ['its words, where its code is not known', withCode('ENEW'), 'words'],
  ['its words, where its code is none', withCode(7), 'words'],
  ['its words in one line', withCode('ENEW', 'two\nlines\u202E'), 'two lines'],
  ['nothing, where its words are none', { message: 5 }, 'no connection'],
  ['nothing, as a text', 'a text', 'no connection'],
  ['nothing, as null', null, 'no connection'],
  ['nothing, as undefined', undefined, 'no connection'],
])('an error gives for a reason %s', async (_, error, reason) => {
  const fetch = () => Promise.reject(error);
  expect(await exchange({ fetch }, address, { timeoutMs })).toEqual({ kind: 'lost', reason });
});

test.each([
  ['30', 30_000],
  ['0', 0],
  ['Thu, 01 Jan 1970 00:02:00 GMT', 60_000],
  ['Thu, 01 Jan 1970 00:00:30 GMT', 0],
  ['soon', null],
  ['', null],
  [null, null],
])('Retry-After: %s, a minute after the epoch, means %s ms', (text, ms) => {
  const headers = new Headers(text === null ? {} : { 'retry-after': text });
  expect(retryAfterMs(headers, 60_000)).toBe(ms);
});

test.each([
  ['Thu, 01 Jan 2026 12:00:00 GMT', 30_000],
  ['Thu, 01 Jan 2026 12:00:40 GMT', 0],
  ['soon', 3_630_000],
])(
  'a Retry-After with a date, from a server that says %s, means %s ms to a clock that is an hour behind',
  (date, ms) => {
    const headers = new Headers({ date, 'retry-after': 'Thu, 01 Jan 2026 12:00:30 GMT' });
    expect(retryAfterMs(headers, Date.UTC(2026, 0, 1, 11))).toBe(ms);
  },
);
