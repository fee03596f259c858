import { connect } from 'node:net';
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { Redis } from 'ioredis';
import jwt from 'jsonwebtoken';
import { recogniseApiKey } from '@ravi/credentials';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { Person } from '../support/person.ts';
import { errorOnceCollected, loginKeyOf, poll, polledAgo, startLogin, wait } from '../support/program.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';

let deployment: SharedDeployment;
let person: Person;
let redis: Redis;
beforeAll(async () => {
  deployment = await shareDeployment();
  redis = new Redis(deployment.redis.url);
  person = await Person.signUp(deployment.urls[0]);
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
});

const here = () => deployment.urls[0];
const there = () => deployment.urls[1];

test('the codes have the promised form, and the links open the approval page', async () => {
  const login = await startLogin(here(), 'a test');
  expect(login).toEqual({
    device_code: expect.stringMatching(/^[\w-]{82}$/),
    user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
    verification_uri: 'http://login.localhost:3000/device',
    verification_uri_complete: `http://login.localhost:3000/device?user_code=${login.user_code}`,
    expires_in: 900,
    interval: 5,
  });
});

test.each([
  ['no body', {}],
  ['an empty body that says it is JSON', { raw: '', headers: { 'content-type': 'application/json' } }],
  ['an empty object', { json: {} }],
  ['a name as JSON', { json: { client_name: 'a test' } }],
  ['a name as a form', { form: { client_name: 'a test' } }],
  ['fields that we do not know', { json: { scope: 'all', client_id: 'x' } }],
])('a login starts with %s', async (_, sent) => {
  for (const path of ['/api/auth/device/', '/api/auth/device']) {
    expect((await send(here() + path, sent)).status).toBe(200);
  }
});

test('a program that waits at one api is answered by an approval that goes through the other', async () => {
  const login = await startLogin(here());
  const waiting = wait(here(), login.device_code);
  expect((await person.approve(there(), login.user_code)).body).toEqual({ status: 'approved' });
  const answer = await waiting;
  expect(answer.status).toBe(200);
  expect(answer.body.user).toEqual(person.user);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('server-timing')).toMatch(/^login;desc="approval to answer";dur=\d/);
});

test('the tokens verify with the published keys, the API keys have their form, and one identity comes along', async () => {
  const login = await startLogin(here());
  await person.approve(here(), login.user_code);
  const { body } = await wait(there(), login.device_code);
  const { keys } = (
    await send<{ keys: (JsonWebKey & { kid: string })[] }>(`${there()}/.well-known/jwks.json`, {
      method: 'GET',
    })
  ).body;
  for (const [token, typ] of [
    [body.access, 'at+jwt'],
    [body.refresh, 'rt+jwt'],
  ] as const) {
    const kid = jwt.decode(token, { complete: true })?.header.kid;
    const key = createPublicKey({ key: keys.find((jwk) => jwk.kid === kid) ?? {}, format: 'jwk' });
    const { header, payload } = jwt.verify(token, key, { algorithms: ['ES256'], complete: true });
    expect(header.typ).toBe(typ);
    expect(payload).toMatchObject({ iss: 'http://login.localhost:3000', sub: String(person.user.id) });
  }
  expect(recogniseApiKey(body.management_key)).toBe('management');
  if (!('identity' in body)) throw new Error('A new account has one identity; it is missing.');
  expect(recogniseApiKey(body.identity_key)).toBe('identity');
  expect(body.identity.email).toMatch(/^[a-z]+\.[a-z]+\.\d{5}@agents\.localhost$/);
  expect(body.identity.inbox).toBe(body.identity.email);
  expect(body).not.toHaveProperty('identities');
});

test('a denial reaches the waiting program at the other api at once', async () => {
  const login = await startLogin(here());
  const waiting = wait(here(), login.device_code);
  expect((await person.deny(there(), login.user_code)).body).toEqual({ status: 'denied' });
  expect((await waiting).body.error).toBe('access_denied');
  expect((await poll(here(), login.device_code)).body.error).toBe('access_denied');
});

/** @shows RFC 10027 §6.1.3 */
test('under 200 concurrent requests at two apis, waiting or not, exactly one gets the credentials', async () => {
  const login = await startLogin(here());
  await person.approve(here(), login.user_code);
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, i) => (i % 3 ? poll : wait)(i % 2 ? here() : there(), login.device_code)),
  );
  const last = await wait(here(), login.device_code);
  expect([...answers, last].filter(({ status }) => status === 200)).toHaveLength(1);
  expect(await errorOnceCollected(there(), login.device_code)).toBe('invalid_grant');
});

test('a poll before the decision says authorization_pending, so does one at once after it; one too soon is told the interval to keep', async () => {
  // The second one has to come within a second: on a busy machine it may not, each time.
  const login = await eventually('two polls come at once', async () => {
    const started = await startLogin(here());
    expect((await poll(here(), started.device_code)).body.error).toBe('authorization_pending');
    const { error } = (await poll(there(), started.device_code)).body;
    return error === 'authorization_pending' ? started : null;
  });
  const hasty = await pollTooSoon(() => poll(there(), login.device_code), login.device_code);
  expect(hasty.body).toMatchObject({ error: 'slow_down', interval: login.interval + 5 });
});

test('a wait that does not say how long is held for the default; one that asks, for longer', async () => {
  const api = await deployment.startApi({ LONG_POLL_DEFAULT_SECONDS: '1' });
  const [login, other] = [await startLogin(api.url), await startLogin(api.url)];
  const longer = send(`${api.url}/api/auth/device/token/`, {
    json: { device_code: other.device_code, wait: true },
    headers: { prefer: 'wait=60' },
  });
  expect((await wait(api.url, login.device_code)).body.error).toBe('authorization_pending');
  await person.approve(api.url, other.user_code);
  expect((await longer).status).toBe(200);
});

test('a program that finds no place is told when to ask again, and programs that share a code cannot ask without a pause', async () => {
  const full = await deployment.startApi({ MAX_HELD_WAITS: '0' });
  const login = await startLogin(full.url);
  const turnedAway = await wait(full.url, login.device_code);
  expect([turnedAway.body.error, turnedAway.headers.get('retry-after')]).toEqual([
    'authorization_pending',
    '5',
  ]);
  let answers = 0;
  const settled = new AbortController();
  // Each asks again at once, and takes the other's place.
  const asking = [here(), there()].map(async (url) => {
    while (!settled.signal.aborted) {
      const answer = await wait(url, login.device_code);
      answers += answer.body.error === 'authorization_pending' ? 1 : 0;
    }
  });
  await eventually('a few turns were taken', () => answers >= 4);
  expect(answers).toBeLessThan(10);
  settled.abort();
  await person.approve(here(), login.user_code);
  await Promise.all(asking);
});

test('a newer wait at the same api answers the older one and is the one that is answered', async () => {
  const login = await startLogin(here());
  const older = wait(here(), login.device_code);
  await heldAt(0, 1);
  const newer = wait(here(), login.device_code);
  expect((await older).body.error).toBe('authorization_pending');
  await person.approve(there(), login.user_code);
  expect((await newer).status).toBe(200);
});

test('a newer wait at the other api answers the older one and is the one that is answered', async () => {
  const login = await startLogin(here());
  const older = wait(here(), login.device_code);
  await notedAsHeld(login.device_code);
  const newer = wait(there(), login.device_code);
  expect((await older).body.error).toBe('authorization_pending');
  await person.approve(here(), login.user_code);
  expect((await newer).status).toBe(200);
});

test('a client may ask to be held for less', async () => {
  const login = await startLogin(here());
  const answer = await send(`${here()}/api/auth/device/token/`, {
    json: { device_code: login.device_code, wait: true },
    headers: { prefer: 'respond-async, wait=1' },
  });
  expect(answer.body['error']).toBe('authorization_pending');
  expect(answer.headers.get('preference-applied')).toBe('wait=1');
});

test('asking to be held for no time is polling: its pace counts', async () => {
  const login = await startLogin(here());
  const ask = () =>
    send(`${here()}/api/auth/device/token/`, {
      json: { device_code: login.device_code, wait: true },
      headers: { prefer: 'wait=0' },
    });
  expect((await ask()).body['error']).toBe('authorization_pending');
  await pollTooSoon(ask, login.device_code);
});

test.each(['true', 'True', 't', '1', 'on', 'yes'])('wait=%s in a form is understood', async (word) => {
  const login = await startLogin(here());
  const waiting = send(`${here()}/api/auth/device/token`, {
    form: { device_code: login.device_code, wait: word },
  });
  await person.deny(here(), login.user_code);
  expect((await waiting).body['error']).toBe('access_denied');
});

test('a multipart body is understood', async () => {
  const login = await startLogin(here());
  const form = new FormData();
  form.set('device_code', login.device_code);
  expect((await send(`${here()}/api/auth/device/token/`, { multipart: form })).body['error']).toBe(
    'authorization_pending',
  );
});

test('approving twice is harmless, deciding otherwise or for somebody else is a conflict', async () => {
  const stranger = await Person.signUp(here());
  const login = await startLogin(here());
  expect((await person.approve(here(), login.user_code.toLowerCase().replace('-', ' '))).status).toBe(200);
  expect((await person.approve(there(), login.user_code)).body).toEqual({ status: 'approved' });
  expect((await person.deny(here(), login.user_code)).status).toBe(409);
  expect((await stranger.approve(here(), login.user_code)).status).toBe(409);
  expect((await wait(here(), login.device_code)).body.user).toEqual(person.user);
});

test('credentials are not written behind another answer on the same connection: whoever asks next gets them', async () => {
  const [pending, approved] = [await startLogin(here()), await startLogin(here())];
  const waiting = wait(here(), approved.device_code, AbortSignal.timeout(30_000)).catch(() => null);
  await heldAt(0, 1);
  const { hostname, port } = new URL(here());
  const request = (deviceCode: string) => {
    const body = JSON.stringify({ device_code: deviceCode, wait: true });
    return `POST /api/auth/device/token/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  };
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write(request(pending.device_code) + request(approved.device_code));
  // The pipelined wait replaces the one before it, and gives way once the result is there.
  expect((await waiting)?.body.error).toBe('authorization_pending');
  await heldAt(0, 2);
  await person.approve(here(), approved.user_code);
  await heldAt(0, 1);
  // Given back, not only over after some time: then its lease would stand there still.
  const key = loginKeyOf(approved.device_code);
  await eventually('it is given back', async () => {
    const [state, lease] = await redis.hmget(key, 'state', 'lease');
    return state === 'issued' && lease === null;
  });
  expect((await wait(there(), approved.device_code)).status).toBe(200);
  socket.destroy();
});

/** Asks two seconds after the last poll: later, on a busy machine, so that it is tried until it is told to slow down. */
function pollTooSoon<Answer extends { body: { error?: unknown } }>(
  ask: () => Promise<Answer>,
  deviceCode: string,
): Promise<Answer> {
  return eventually('a poll that comes too soon is told so', async () => {
    await polledAgo(deployment.redis.url, deviceCode, 2);
    const answer = await ask();
    return answer.body.error === 'slow_down' ? answer : null;
  });
}

/** Resolves once an api holds this many requests. */
async function heldAt(index: 0 | 1, count: number): Promise<void> {
  await eventually(`${count} requests are held`, async () => {
    const metrics = await (await fetch(`${deployment.apis[index].adminUrl}/metrics`)).text();
    return new RegExp(`^ravi_held_waits\\{[^}]*\\} ${count}$`, 'm').test(metrics);
  });
}

/** Resolves once Redis knows that a request for this login is held: only then is it the older one for every api. */
async function notedAsHeld(deviceCode: string): Promise<void> {
  await eventually('the request is noted', () => redis.hget(loginKeyOf(deviceCode), 'waiter'));
}
