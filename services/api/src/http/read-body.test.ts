import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { eventually } from '../../../../test/support/eventually.ts';
import { RawConnection } from '../../../../test/support/raw-connection.ts';
import { type ServedApp, serveApp } from '../../../../test/support/served-app.ts';
import { oauthFormat } from '../tokens/oauth-format.ts';
import { plainForm } from './plain-body.ts';
import { jsonFormat } from './wire-format.ts';

let app: ServedApp;
beforeAll(async () => {
  app = await serveApp((routes) => {
    for (const [path, format] of [
      ['/api/echo', jsonFormat],
      ['/oauth/echo', oauthFormat],
    ] as const)
      routes.call(path, async ({ reply }, body) => reply.send(200, JSON.stringify({ body })), format);
  });
});
afterAll(() => app.close());

/** Both ways to a call: the first step, and the router. */
const ways = ['', '?x'];
const json = 'application/json';
const form = 'application/x-www-form-urlencoded';
const unreadable = 'The body cannot be read: it is not what its headers say.';
const tooLarge = 'The body is larger than 16 KiB.';
const otherType =
  'Send the body as application/json, application/x-www-form-urlencoded or multipart/form-data, say so in Content-Type, and compress it with gzip or not at all.';

async function echoed(path: string, init: RequestInit) {
  const answer = await fetch(app.url + path, { method: 'POST', ...init });
  const text = await answer.text();
  return { status: answer.status, ...(JSON.parse(text) as { body?: unknown; detail?: string }) };
}
const multipart = (fields: readonly (readonly [string, string])[]) => {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  return { body };
};
const typed = (type: string, body: NonNullable<RequestInit['body']>, encoding?: string) => ({
  body,
  headers: { 'content-type': type, ...(encoding === undefined ? {} : { 'content-encoding': encoding }) },
});
/** A JSON body of so many bytes. */
const sized = (bytes: number) => `{"a":"${'x'.repeat(bytes - 8)}"}`;
/** The same bytes, sent in chunks: their length is not known before. */
const chunked = (type: string, text: string) => ({
  ...typed(type, new Blob([text]).stream()),
  duplex: 'half',
});

const limit = 16 * 1024;
const many = Array.from({ length: 200 }, (_, index) => [`a${index}`, '1'] as const);

const accepted: readonly [string, () => RequestInit, unknown][] = [
  ['none', () => ({}), {}],
  ['an empty text', () => typed('text/plain', ''), {}],
  ['JSON of 16 KiB', () => typed(json, sized(limit)), { a: 'x'.repeat(limit - 8) }],
  ['JSON in chunks', () => chunked(json, '{"a":"ü"}'), { a: 'ü' }],
  ['JSON of 16 KiB in chunks', () => chunked(json, sized(limit)), { a: 'x'.repeat(limit - 8) }],
  ['JSON with a byte order mark', () => typed(json, '\ufeff{"a":1}'), { a: 1 }],
  ['JSON with a charset in quotes', () => typed(`${json};charset="utf-8"`, '{"a":1}'), { a: 1 }],
  ['a list', () => typed(json, '[1]'), [1]],
  ['gzip', () => typed(json, gzipSync('{"a":"ü"}'), 'gzip'), { a: 'ü' }],
  ['gzip in capitals', () => typed(json, gzipSync('{"a":1}'), 'GZIP'), { a: 1 }],
  ['gzip by its old name', () => typed(form, gzipSync('a=1'), 'x-gzip'), { a: '1' }],
  ['deflate', () => typed(json, deflateSync('{"a":1}'), 'deflate'), { a: 1 }],
  ['brotli', () => typed(json, brotliCompressSync('{"a":1}'), 'br'), { a: 1 }],
  ['a form', () => typed(form, 'a=1&b=%C3%BC+x&a=2&c='), { a: ['1', '2'], b: 'ü x', c: '' }],
  ['a form of 16 KiB', () => typed(form, `a=${'x'.repeat(limit - 2)}`), { a: 'x'.repeat(limit - 2) }],
  ['a form in gzip', () => typed(form, gzipSync('a=1'), 'gzip'), { a: '1' }],
  [
    'a form of many fields',
    () => ({ body: new URLSearchParams(many.map(([...pair]) => pair)) }),
    Object.fromEntries(many),
  ],
  [
    'multipart',
    () =>
      multipart([
        ['a', '1'],
        ['b', 'ü\r\nx'],
        ['a', '2'],
      ]),
    { a: ['1', '2'], b: 'ü\r\nx' },
  ],
  [
    'multipart whose fields have a type',
    () =>
      typed(
        'multipart/form-data; boundary=b',
        '--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: application/json\r\n\r\n{}\r\n--b--\r\n',
      ),
    { a: '{}' },
  ],
  ['multipart of many fields', () => multipart(many.slice(0, 100)), Object.fromEntries(many.slice(0, 100))],
];

test.each(accepted)('a body is read: %s', async (_, init, body) => {
  for (const way of ways) expect(await echoed(`/api/echo${way}`, init())).toEqual({ status: 200, body });
});

const refused: readonly [string, () => RequestInit, number, string][] = [
  ['JSON above 16 KiB', () => typed(json, sized(limit + 1)), 413, tooLarge],
  ['JSON above 16 KiB in chunks', () => chunked(json, sized(limit + 1)), 413, tooLarge],
  ['a form above 16 KiB', () => typed(form, `a=${'x'.repeat(limit)}`), 413, tooLarge],
  ['a form above 16 KiB in chunks', () => chunked(form, `a=${'x'.repeat(limit)}`), 413, tooLarge],
  ['multipart above 16 KiB', () => multipart([['a', 'x'.repeat(limit)]]), 413, tooLarge],
  ['what gzip makes of little', () => typed(json, gzipSync(sized(1 << 24)), 'gzip'), 413, tooLarge],
  ['JSON that breaks off', () => typed(json, '{"a":'), 400, unreadable],
  ['JSON that breaks off in chunks', () => chunked(json, '{"a":'), 400, unreadable],
  ['a string in chunks', () => chunked(json, '"x"'), 400, unreadable],
  ['gzip that breaks off', () => typed(json, gzipSync('{"a":1}').subarray(0, -9), 'gzip'), 400, unreadable],
  [
    'multipart in chunks',
    () => chunked('multipart/form-data; boundary=b', 'x'),
    400,
    'Send a multipart body with a Content-Length.',
  ],
  [
    'a file',
    () => {
      const body = new FormData();
      body.set('a', new Blob(['x']), 'a.txt');
      return { body };
    },
    400,
    'Files are not accepted here; send plain fields.',
  ],
  ['no type', () => ({ body: new Blob(['{}']) }), 415, otherType],
  ['another type', () => typed('application/vnd.api+json', '{}'), 415, otherType],
  ['another encoding', () => typed(json, '{}', 'zip'), 415, otherType],
];

test.each(refused)('a body is refused with what to do: %s', async (_, init, status, detail) => {
  for (const way of ways) expect(await echoed(`/api/echo${way}`, init())).toMatchObject({ status, detail });
});

test('a call of OAuth takes forms alone, whose names mean nothing but themselves', async () => {
  const fields = 'c%5Bd%5D=2&e=3&e=4';
  for (const way of ways) {
    expect(await echoed(`/oauth/echo${way}`, typed(form, fields))).toEqual({
      status: 200,
      body: { 'c[d]': '2', e: ['3', '4'] },
    });
    expect(await echoed(`/oauth/echo${way}`, {})).toEqual({ status: 200, body: {} });
    for (const init of [typed(json, '{}'), multipart([['a', '1']])])
      expect(await echoed(`/oauth/echo${way}`, init)).toEqual({
        status: 415,
        error: 'invalid_request',
        error_description: 'Send the parameters as application/x-www-form-urlencoded.',
      });
  }
});

test('names that every object has are names of fields like others', () => {
  const parsed = plainForm.parse(Buffer.from('__proto__=x&constructor=y&toString=z&__proto__=w&__proto__='));
  expect(Object.entries(parsed)).toEqual([
    ['__proto__', ['x', 'w', '']],
    ['constructor', 'y'],
    ['toString', 'z'],
  ]);
});

const head = (...fields: readonly string[]) =>
  ['POST /api/echo HTTP/1.1', 'Host: x', ...fields, '', ''].join('\r\n');
const mebibyte = 'x'.repeat(1 << 20);
const inChunks = `4000\r\n${'x'.repeat(0x4000)}\r\n`.repeat(64) + '0\r\n\r\n';

test.each([
  ['1 MiB', head(`Content-Type: ${json}`, `Content-Length: ${1 << 20}`) + mebibyte, 413],
  ['1 MiB in chunks', head(`Content-Type: ${json}`, 'Transfer-Encoding: chunked') + inChunks, 413],
  ['a form of 1 MiB in chunks', head(`Content-Type: ${form}`, 'Transfer-Encoding: chunked') + inChunks, 413],
  [
    'a text of 1 MiB in chunks',
    head('Content-Type: text/plain', 'Transfer-Encoding: chunked') + inChunks,
    415,
  ],
  ['8 MiB', head(`Content-Type: ${json}`, `Content-Length: ${8 << 20}`) + mebibyte.repeat(8), 413],
])('a refused body of %s is read to its end: the connection goes on', async (_, request, status) => {
  const connection = await RawConnection.open(app.url);
  expect(await connection.ask(request)).toMatchObject({ status, headers: { connection: 'keep-alive' } });
  expect((await connection.ask(head())).status).toBe(200);
  connection.destroy();
});

test('a refused body in chunks is read to 8 MiB, and not for as long as somebody sends', async () => {
  const connection = await RawConnection.open(app.url);
  const chunk = `100000\r\n${mebibyte}\r\n`;
  const request = head(`Content-Type: ${json}`, 'Transfer-Encoding: chunked');
  expect((await connection.ask(request + chunk.repeat(7))).status).toBe(413);
  connection.write(chunk.repeat(3));
  await eventually('the connection is closed', () => connection.ended);
  connection.destroy();
});

test('a refused body of more than 8 MiB is not waited for: the connection ends with the answer', async () => {
  const connection = await RawConnection.open(app.url);
  const request = head(`Content-Type: ${json}`, `Content-Length: ${(8 << 20) + 1}`);
  expect(await connection.ask(request)).toMatchObject({ status: 413, headers: { connection: 'close' } });
  connection.destroy();
});
