import { connect, type Socket } from 'node:net';
import { eventually } from '../support/eventually.ts';
import { type Received, type Sent, send } from '../support/http.ts';
import { Person } from '../support/person.ts';
import { errorOnceCollected, startLogin } from '../support/program.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';

/*
 * The application's first step takes the calls of programs whose body is plain; the router takes every other request, such as one
 * whose address has a query. Both serve the same operations.
 */

let deployment: SharedDeployment;
let person: Person;
beforeAll(async () => {
  deployment = await shareDeployment();
  person = await Person.signUp(deployment.urls[0]);
});
afterAll(() => deployment.stop());

const here = () => deployment.urls[0];
const json = { 'content-type': 'application/json' };
const start = '/api/auth/device/';
const token = '/api/auth/device/token/';

const bodies: readonly [string, Sent][] = [
  ['no body', {}],
  ['an empty object', { json: {} }],
  ['a byte order mark', { raw: '\ufeff{"client_name":"x","device_code":"x"}', headers: json }],
  ['a charset', { raw: '{}', headers: { 'content-type': 'Application/JSON; charset=UTF-8' } }],
  [
    'another charset',
    { raw: '{"client_name":"ü"}', headers: { 'content-type': 'application/json;charset=x' } },
  ],
  ['JSON that is cut off', { raw: '{"device_code":', headers: json }],
  ['a string', { raw: '"x"', headers: json }],
  ['null', { raw: 'null', headers: json }],
  ['a list', { raw: '[]', headers: json }],
  ['spaces', { raw: '   ', headers: json }],
  ['bytes that are no UTF-8', { raw: new Uint8Array([123, 34, 255, 34, 58, 49, 125]), headers: json }],
  ['a prototype', { raw: '{"__proto__":{"client_name":7,"device_code":7}}', headers: json }],
  ['a number as name', { json: { client_name: 7, device_code: 7 } }],
  ['a name of spaces', { json: { client_name: '  ', device_code: '  ' } }],
  ['a name that is too long', { json: { client_name: 'x'.repeat(65), device_code: 'x'.repeat(513) } }],
  ['a forged code', { json: { device_code: 'A'.repeat(82), wait: true } }],
  ['a body at the limit', { raw: `{"a":"${'x'.repeat(16 * 1024 - 8)}"}`, headers: json }],
  ['a body above the limit', { raw: `{"a":"${'x'.repeat(16 * 1024 - 7)}"}`, headers: json }],
  ['text', { raw: '{}', headers: { 'content-type': 'text/plain' } }],
  ['an encoding that is none', { raw: '{}', headers: { ...json, 'content-encoding': 'gzip' } }],
];

test.each(bodies.flatMap(([name, sent]) => [start, token].map((path) => [name, path, sent] as const)))(
  'the first step and the router answer alike to %s at %s',
  async (_, path, sent) => {
    const [one, other] = [await send(here() + path, sent), await send(`${here()}${path}?x`, sent)];
    expect(shape(one)).toEqual(shape(other));
  },
);

const forms: readonly [string, string][] = [
  ['no parameters', ''],
  [
    'a forged code',
    `grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=x&device_code=${'A'.repeat(82)}`,
  ],
  ['a refresh token that is none', 'grant_type=refresh_token&client_id=x&refresh_token=x'],
  ['a grant type that is not served', 'grant_type=password&client_id=x'],
  ['a repeated parameter', 'grant_type=refresh_token&client_id=x&client_id=y&refresh_token=x'],
  [
    'parameters that mean nothing here',
    'grant_type=refresh_token&client_id=x&refresh_token=x&a.b=1&c[d]=2&e=3&e=4',
  ],
  ['a parameter without a value', 'grant_type=refresh_token&client_id=&refresh_token=x'],
  ['signs and letters in percent', 'grant_type=refresh%5Ftoken&client_id=%C3%BC+x%26y&refresh_token=x'],
  ['percents that are none', 'grant_type=refresh_token&client_id=%zz&refresh_token=%'],
  ['a prototype', '__proto__=x&constructor=y&grant_type=refresh_token&client_id=x&refresh_token=x'],
];

test.each(forms)('the first step and the router answer alike to a form with %s', async (_, raw) => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const [one, other] = [
    await send(`${here()}/oauth/token`, { raw, headers }),
    await send(`${here()}/oauth/token?x`, { raw, headers }),
  ];
  expect([400, 401]).toContain(one.status);
  expect(shape(one)).toEqual(shape(other));
});

test('the first step and the router grant a shorter wait and say so', async () => {
  const { device_code: code } = await startLogin(here());
  const sent = { json: { device_code: code, wait: true }, headers: { prefer: 'wait=1' } };
  const [one, other] = [await send(here() + token, sent), await send(`${here()}${token}?x`, sent)];
  expect(one.headers.get('preference-applied')).toBe('wait=1');
  expect(shape(one)).toEqual(shape(other));
});

/** What must be the same: all but ids and codes. */
function shape({ status, headers, body }: Received) {
  const names = [...headers.keys()].filter((name) => name !== 'keep-alive').toSorted();
  const fixed = ['cache-control', 'content-type', 'x-content-type-options', 'connection'];
  const codes = 'device_code' in body ? Object.keys(body) : body;
  return { status, names, fields: fixed.map((name) => headers.get(name)), codes };
}

test.each([token, `${token}?x`])(
  'a wait held by %s answers on its socket with everything that HTTP asks for, and ends the connection',
  async (target) => {
    const login = await startLogin(here());
    const program = new RawProgram(target, login.device_code);
    await program.held();
    await person.approve(here(), login.user_code);
    const text = await program.everything;
    const [head = '', body = ''] = text.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    for (const field of ['Date', 'X-Request-Id', 'X-Content-Type-Options', 'Server-Timing', 'Pragma']) {
      expect(head.match(new RegExp(`^${field}: .+$`, 'gim'))).toHaveLength(1);
    }
    expect(head).toMatch(/^Connection: close\r$/im);
    expect(head).toMatch(new RegExp(`^Content-Length: ${Buffer.byteLength(body)}\r?$`, 'im'));
    expect(JSON.parse(body)).toHaveProperty('access');
    expect(await errorOnceCollected(here(), login.device_code)).toBe('invalid_grant');
  },
);

test('what a program sends while it is held is not read, and its answer comes all the same', async () => {
  const login = await startLogin(here());
  const program = new RawProgram(token, login.device_code);
  await program.held();
  // Redis answers in order: once a later answer is here, so is that to the first check of the wait.
  await startLogin(here());
  program.socket.write('x'.repeat(100_000));
  await person.approve(here(), login.user_code);
  expect(await program.everything).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});

test('a program that ends its side while it is held hears at once that nothing is decided, and the next request gets the credentials', async () => {
  const login = await startLogin(here());
  const program = new RawProgram(token, login.device_code);
  await program.held();
  program.socket.end();
  expect(await program.everything).toMatch(/^HTTP\/1\.1 400 [^]*"authorization_pending"/);
  await person.approve(here(), login.user_code);
  const next = await send(here() + token, { json: { device_code: login.device_code, wait: true } });
  expect(next.status).toBe(200);
});

/** A program that shows what really comes over its connection. */
class RawProgram {
  readonly socket: Socket;
  /** All bytes, once the server has ended the connection. */
  readonly everything: Promise<string>;

  constructor(target: string, deviceCode: string) {
    const { hostname, port } = new URL(here());
    const body = JSON.stringify({ device_code: deviceCode, wait: true });
    this.socket = connect({ host: hostname, port: Number(port) });
    this.socket.write(
      `POST ${target} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    let text = '';
    this.socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    this.everything = new Promise((resolve) => this.socket.once('close', () => resolve(text)));
    this.socket.on('error', () => undefined);
  }

  /** Resolves once an api holds the request. */
  async held(): Promise<void> {
    await eventually('the request is held', async () => {
      const answer = await fetch(`${deployment.apis[0].adminUrl}/metrics`);
      return /^ravi_held_waits\{[^}]*\} 1$/m.test(await answer.text()) ? true : null;
    });
  }
}
