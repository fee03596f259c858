import { connect } from 'node:net';
import { Redis } from 'ioredis';
import { type Sent, send } from '../support/http.ts';
import { Person } from '../support/person.ts';
import { poll, startLogin } from '../support/program.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';

let deployment: SharedDeployment;
let redis: Redis;
let person: Person;
beforeAll(async () => {
  deployment = await shareDeployment();
  redis = new Redis(deployment.redis.url);
  person = await Person.signUp(deployment.urls[0]);
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
});

const at = (path: string) => deployment.urls[0] + path;
const token = '/api/auth/device/token/';
const start = '/api/auth/device/';
const json = { 'content-type': 'application/json' };
const filePart = () => {
  const form = new FormData();
  form.set('device_code', new Blob(['x'.repeat(500)]), 'code.txt');
  return form;
};
const multipart = (part: string): Sent => ({
  raw: `--b\r\n${part}\r\n--b--\r\n`,
  headers: { 'content-type': 'multipart/form-data; boundary=b' },
});

const refusals: readonly [string, string, Sent, number, string | undefined][] = [
  ['JSON that is cut off', token, { raw: '{"device_code":', headers: json }, 400, 'invalid_request'],
  ['JSON that is a string', token, { raw: '"x"', headers: json }, 400, 'invalid_request'],
  ['JSON that is a list', token, { raw: '[]', headers: json }, 400, 'invalid_request'],
  ['a body under the wrong type', token, { raw: 'a=b', headers: json }, 400, 'invalid_request'],
  ['no device_code', token, { json: {} }, 400, 'invalid_request'],
  ['no body at all', token, {}, 400, 'invalid_request'],
  ['an empty device_code', token, { json: { device_code: '' } }, 400, 'invalid_request'],
  ['a device_code that is a number', token, { json: { device_code: 7 } }, 400, 'invalid_request'],
  ['a device_code that is a list', token, { json: { device_code: ['x'] } }, 400, 'invalid_request'],
  [
    'a device_code sent twice',
    token,
    { raw: 'device_code=a&device_code=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    400,
    'invalid_request',
  ],
  [
    'a wait that is no boolean',
    token,
    { json: { device_code: 'x', wait: 'perhaps' } },
    400,
    'invalid_request',
  ],
  ['a forged device_code', token, { json: { device_code: 'A'.repeat(82) } }, 400, 'invalid_grant'],
  ['garbage as device_code', token, { json: { device_code: '☃' } }, 400, 'invalid_grant'],
  ['a client_name that is an object', start, { json: { client_name: {} } }, 400, 'invalid_request'],
  [
    'a client_name that is too long',
    start,
    { json: { client_name: 'x'.repeat(65) } },
    400,
    'invalid_request',
  ],
  [
    'a client_name with control characters',
    start,
    { json: { client_name: 'a\u0000b' } },
    400,
    'invalid_request',
  ],
  [
    'prototype pollution',
    start,
    { raw: '{"__proto__":{"client_name":7},"client_name":7}', headers: json },
    400,
    'invalid_request',
  ],
  [
    'a body that is not compressed as it says',
    token,
    { raw: 'garbage', headers: { ...json, 'content-encoding': 'gzip' } },
    400,
    'invalid_request',
  ],
  [
    'a body that is no brotli, though it says so',
    token,
    { raw: 'garbage', headers: { ...json, 'content-encoding': 'br' } },
    400,
    'invalid_request',
  ],
  ['text', token, { raw: 'hello', headers: { 'content-type': 'text/plain' } }, 415, undefined],
  ['XML', start, { raw: '<a/>', headers: { 'content-type': 'application/xml' } }, 415, undefined],
  [
    'an unknown content encoding',
    token,
    { raw: '{}', headers: { ...json, 'content-encoding': 'br2' } },
    415,
    undefined,
  ],
  ['1 MiB of JSON', token, { json: { device_code: 'x'.repeat(1 << 20) } }, 413, undefined],
  ['1 MiB of a form', start, { form: { client_name: 'x'.repeat(1 << 20) } }, 413, undefined],
  ['17 KiB', start, { json: { x: 'x'.repeat(17_000) } }, 413, undefined],
  ['a file', token, { multipart: filePart() }, 400, 'invalid_request'],
  ['a file among the fields', start, { multipart: filePart() }, 400, 'invalid_request'],
  [
    'multipart without its boundary',
    token,
    { raw: 'x', headers: { 'content-type': 'multipart/form-data' } },
    400,
    'invalid_request',
  ],
  [
    'multipart that is cut off',
    token,
    {
      raw: '--b\r\nContent-Disposition: form-data; name="device_code"\r\n\r\nx',
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    },
    400,
    'invalid_request',
  ],
  [
    'multipart with a strange transfer encoding',
    token,
    multipart('Content-Disposition: form-data; name="x"\r\nContent-Transfer-Encoding: 7bit\r\n\r\nx'),
    400,
    'invalid_request',
  ],
  [
    'multipart with an unknown transfer encoding',
    token,
    multipart('Content-Disposition: form-data; name="x"\r\nContent-Transfer-Encoding: x-y\r\n\r\nx'),
    400,
    'invalid_request',
  ],
  ['GET', token, { method: 'GET' }, 405, undefined],
  ['DELETE', start, { method: 'DELETE' }, 405, undefined],
  ['PUT', '/api/auth/login/', { method: 'PUT', json: {} }, 405, undefined],
  ['an unknown address', '/api/auth/nothing/', { json: {} }, 404, undefined],
  ['a path that is no URL', '/api/%ZZ', { method: 'GET' }, 404, undefined],
];

test.each(refusals)(
  '%s at %s is refused with a sentence, and leaves nothing in Redis',
  async (_, path, sent, status, error) => {
    const before = new Set(await keys());
    const answer = await send(at(path), sent);
    expect(answer.status).toBe(status);
    expect(answer.body['error']).toBe(error);
    expect(answer.body['detail'] ?? answer.body['error_description']).toMatch(/\w{3}/);
    expect((await keys()).filter((key) => !before.has(key))).toEqual([]);
    expect((await send(at(start))).status).toBe(200);
  },
);

test.each([
  ['an e-mail that is none', { email: 'nobody', password: 'long enough password' }, 400],
  ['a short password', { email: 'a@example.com', password: 'short' }, 400],
  ['no password', { email: 'a@example.com' }, 400],
  [
    'a name with control characters',
    { email: 'a@example.com', password: 'long enough password', first_name: 'a\nb' },
    400,
  ],
])('a sign-up with %s is refused and says which field', async (_, fields, status) => {
  const answer = await send(at('/api/auth/signup/'), { json: fields });
  expect(answer.status).toBe(status);
  expect(answer.body['error_description']).toMatch(/^(email|password|first_name): /);
});

test('a member that is null counts as absent: optional ones may be, required ones may not', async () => {
  expect((await send(at(start), { json: { client_name: null } })).status).toBe(200);
  const login = await startLogin(deployment.urls[0]);
  const polled = await send(at(token), { json: { device_code: login.device_code, wait: null } });
  expect(polled.body['error']).toBe('authorization_pending');
  const missing = await send(at(token), { json: { device_code: null } });
  expect([missing.status, missing.body]).toEqual([
    400,
    {
      error: 'invalid_request',
      error_description: 'device_code: is required.',
      detail: 'device_code: is required.',
    },
  ]);
});

test('a second account for an e-mail is refused, whatever its case, also when both come at once', async () => {
  const answer = await send(at('/api/auth/signup/'), {
    json: { email: person.email.toUpperCase(), password: 'long enough password' },
  });
  expect(answer.status).toBe(409);
  const both = await Promise.all(
    deployment.urls.map((url, index) =>
      send(`${url}/api/auth/signup/`, {
        json: { email: 'twins@example.com', password: `long enough password ${index}` },
      }),
    ),
  );
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
});

/** @shows password guessing */
test('a wrong password and an unknown e-mail get the same answer', async () => {
  const wrong = await send(at('/api/auth/login/'), {
    json: { email: person.email, password: 'not this one' },
  });
  const unknown = await send(at('/api/auth/login/'), {
    json: { email: 'no@example.com', password: 'not this one' },
  });
  expect(wrong.status).toBe(401);
  expect([unknown.status, unknown.body]).toEqual([wrong.status, wrong.body]);
  const right = await send(at('/api/auth/login/'), {
    json: { email: person.email, password: person.password },
  });
  expect(right.status).toBe(200);
});

/** @shows ASVS V7.6.2 */
test.each(['/api/auth/signup/', '/api/auth/login/'])(
  '%s from another site is refused: nobody is signed in behind their back',
  async (path) => {
    const json = { email: `${path.length}@example.com`, password: 'long enough password' };
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      const answer = await send(at(path), { json, headers });
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null]);
    }
  },
);

/** @shows ASVS V7.2.4 */
test('signing in again in the same browser ends the session before', async () => {
  const before = await Person.signUp(deployment.urls[0]);
  const login = { email: before.email, password: before.password };
  expect(
    (await send(at('/api/auth/login/'), { json: login, headers: { cookie: before.cookie } })).status,
  ).toBe(200);
  expect((await before.approve(deployment.urls[0], 'BCDF-GHJK')).status).toBe(401);
});

describe('deciding', () => {
  const decide = (headers: Record<string, string>, fields: object = { user_code: 'BCDF-GHJK' }) =>
    send(at('/api/auth/device/approve/'), { json: fields, headers });

  /** @shows ASVS V7.2.2 */
  test('needs a session: a Bearer credential of a logged-in program does not approve', async () => {
    expect((await decide({})).status).toBe(401);
    expect((await decide({ authorization: 'Bearer ravi_mgmt_x' })).status).toBe(401);
    expect((await decide({ cookie: 'ravi_session=forged', 'x-csrf-token': 'x' })).status).toBe(401);
  });

  test('needs the CSRF token of that very session, and the same site', async () => {
    const other = await Person.signUp(deployment.urls[0]);
    const signedIn = { cookie: person.cookie, 'x-csrf-token': person.csrfToken };
    expect((await decide({ cookie: person.cookie })).status).toBe(403);
    expect((await decide({ cookie: person.cookie, 'x-csrf-token': other.csrfToken })).status).toBe(403);
    expect((await decide({ ...signedIn, origin: 'https://evil.example' })).status).toBe(403);
    expect((await decide({ ...signedIn, origin: 'null' })).status).toBe(403);
    expect((await decide({ ...signedIn, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await decide({ ...signedIn, origin: 'http://login.localhost:3000' })).status).toBe(404);
  });

  test('a code that is malformed, unknown or used is told apart', async () => {
    const signedIn = { cookie: person.cookie, 'x-csrf-token': person.csrfToken };
    expect((await decide(signedIn, { user_code: 'AEIO-U123' })).status).toBe(400);
    expect((await decide(signedIn, { user_code: 'BCDF-GHJK' })).status).toBe(404);
    const login = await startLogin(deployment.urls[0]);
    await person.deny(deployment.urls[0], login.user_code);
    expect((await decide(signedIn, { user_code: login.user_code })).status).toBe(409);
  });

  test('an identity of somebody else cannot be approved, and the login stays pending', async () => {
    const login = await startLogin(deployment.urls[0]);
    const answer = await person.approve(
      deployment.urls[0],
      login.user_code,
      '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
    );
    expect(answer.status).toBe(400);
    expect((await poll(deployment.urls[0], login.device_code)).body.error).toBe('authorization_pending');
  });
});

test('a hostile e-mail address costs no more than any other', async () => {
  const answer = await send(at('/api/auth/signup/'), {
    json: { email: `a@${'.'.repeat(15_000)}@`, password: 'long enough password' },
  });
  expect(answer.body['error_description']).toBe('email: is too long.');
});

/** @shows flooding */
test('bytes that are no HTTP do not disturb the service', async () => {
  const { hostname, port } = new URL(deployment.urls[0]);
  for (const bytes of [
    '\u0000\u0001\u0002',
    'GET / HTTP/9.9\r\n\r\n',
    'GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n',
    `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n\r\n`,
  ]) {
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.write(bytes));
      socket
        .on('close', () => resolve())
        .on('error', () => undefined)
        .resume();
      socket.setTimeout(2_000, () => socket.destroy());
    });
  }
  expect((await send(at(start))).status).toBe(200);
});

/** Without what the services write by themselves, in their own time. */
async function keys(): Promise<readonly string[]> {
  const own = /^ravi:(audit|jwks|processes|unused-look)$/;
  return (await redis.keys('ravi:*')).filter((key) => !own.test(key));
}
