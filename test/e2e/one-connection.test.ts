import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import { eventually } from '../support/eventually.ts';
import { Person } from '../support/person.ts';
import { errorOnceCollected, poll, polledAgo, startLogin } from '../support/program.ts';
import { post, type RawAnswer, RawConnection } from '../support/raw-connection.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';

/*
 * A program sends one request after the other over its connection, or several at once. Each is served as if it came alone.
 */

let deployment: SharedDeployment;
let person: Person;
let connection: RawConnection;
beforeAll(async () => {
  deployment = await shareDeployment();
  person = await Person.signUp(deployment.urls[0]);
});
afterAll(() => deployment.stop());
beforeEach(async () => {
  connection = await RawConnection.open(here());
});
afterEach(() => connection.destroy());

const here = () => deployment.urls[0];
const start = '/api/auth/device/';
const token = '/api/auth/device/token/';
const startCall = (name: string) => post(start, JSON.stringify({ client_name: name }));
const pollCall = (deviceCode: string) => post(token, JSON.stringify({ device_code: deviceCode }));
/** As long as a poll that says `"wait":false`. */
const callWithWait = (deviceCode: string, wait: 'true ' | 'false') =>
  post(token, `{"device_code":"${deviceCode}","wait":${wait}}`);
const forged = 'A'.repeat(82);
const metric = async (name: string) => {
  const metrics = await (await fetch(`${deployment.apis[0].adminUrl}/metrics`)).text();
  return Number(new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, 'm').exec(metrics)?.[1]);
};
const heldNow = () => metric('ravi_held_waits');
const held = (count: number) => eventually(`${count} held`, async () => (await heldNow()) === count);
const collectedLater = (deviceCode: string) =>
  eventually('the credentials are there', async () => (await poll(here(), deviceCode)).status === 200);
const errorOf = ({ body }: RawAnswer) => (JSON.parse(body) as { error?: string }).error;

test('each request is judged by its own body', async () => {
  const pending = await startLogin(here());
  expect(errorOf(await connection.ask(pollCall(forged)))).toBe('invalid_grant');
  expect(errorOf(await connection.ask(pollCall(pending.device_code)))).toBe('authorization_pending');
  expect(errorOf(await connection.ask(pollCall(forged)))).toBe('invalid_grant');
  await eventually('a poll that comes too soon, as it does on no busy machine, is told so', async () => {
    await polledAgo(deployment.redis.url, pending.device_code, 2);
    return errorOf(await connection.ask(pollCall(pending.device_code))) === 'slow_down';
  });
  const broken = pollCall(forged).replace('{"device_code"', '{"device_code;');
  expect(await connection.ask(broken)).toMatchObject({
    status: 400,
    body: expect.stringContaining('The body cannot be read'),
  });
  expect(errorOf(await connection.ask(pollCall(forged)))).toBe('invalid_grant');
});

test('credentials can be collected by a later request, once', async () => {
  const login = await startLogin(here());
  expect(errorOf(await connection.ask(pollCall(forged)))).toBe('invalid_grant');
  await person.approve(here(), login.user_code);
  const collected = await eventually('the login is issued', async () => {
    const answer = await connection.ask(pollCall(login.device_code));
    return answer.status === 200 ? answer : null;
  });
  expect(JSON.parse(collected.body)).toMatchObject({ user: person.user });
  expect(await errorOnceCollected(here(), login.device_code)).toBe('invalid_grant');
  expect(errorOf(await connection.ask(pollCall(login.device_code)))).toBe('invalid_grant');
});

test('a later request may be held, and is answered when its human approves', async () => {
  const login = await startLogin(here());
  expect(errorOf(await connection.ask(callWithWait(forged, 'false')))).toBe('invalid_grant');
  connection.write(callWithWait(login.device_code, 'true '));
  await held(1);
  await person.approve(here(), login.user_code);
  const answer = await connection.next();
  expect(answer.status).toBe(200);
  expect(answer.headers['connection']).toBe('close');
  await eventually('the connection is ended', () => connection.ended);
});

test('who leaves while a later request is held loses nothing', async () => {
  const login = await startLogin(here());
  expect(errorOf(await connection.ask(callWithWait(forged, 'false')))).toBe('invalid_grant');
  connection.write(callWithWait(login.device_code, 'true '));
  await held(1);
  connection.destroy();
  await held(0);
  await person.approve(here(), login.user_code);
  await eventually(
    'the login is collected',
    async () => (await poll(here(), login.device_code)).status === 200,
  );
});

test('requests that are sent before the last one is answered are answered in their order', async () => {
  const pending = await startLogin(here());
  await connection.ask(pollCall(forged));
  const calls = [pollCall(pending.device_code), pollCall(forged), startCall('a'), pollCall(forged)];
  connection.write(calls.join(''));
  const together = [
    await connection.next(),
    await connection.next(),
    await connection.next(),
    await connection.next(),
  ];
  expect(together.map(({ status }) => status)).toEqual([400, 400, 200, 400]);
  expect(errorOf(together[0] as RawAnswer)).toBe('authorization_pending');

  const other = await RawConnection.open(here());
  await other.ask(startCall('one'));
  // Each in a packet of its own, the first one takes a moment.
  for (const call of [startCall('two'), startCall('six'), pollCall(forged), startCall('ten')]) {
    other.write(call);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const apart = [await other.next(), await other.next(), await other.next(), await other.next()];
  expect(apart.map(({ status }) => status)).toEqual([200, 200, 400, 200]);
  other.destroy();
});

test('a program that leaves right behind its request loses no credentials, 20 times', async () => {
  const collectsAll = async () => {
    const login = await startLogin(here());
    await person.approve(here(), login.user_code);
    const leaving = await RawConnection.open(here());
    await leaving.ask(pollCall(forged));
    leaving.write(pollCall(login.device_code));
    leaving.end();
    await eventually('the connection is ended', () => leaving.ended);
    const collected = leaving.received.includes('"access"') || (await collectedLater(login.device_code));
    leaving.destroy();
    return collected;
  };
  // Each waits for half a second, for a sign of life.
  expect(await Promise.all(Array.from({ length: 20 }, collectsAll))).toEqual(Array(20).fill(true));
});

test('bytes behind a request that would be held keep nobody from noticing that its client leaves', async () => {
  const login = await startLogin(here());
  await connection.ask(callWithWait(forged, 'false'));
  connection.write(callWithWait(login.device_code, 'true '));
  connection.write('P');
  await eventually('it is held and let go of, or answered', async () => {
    return connection.received.includes('authorization_pending') || (await heldNow()) === 1;
  });
  connection.end();
  await held(0);
  await person.approve(here(), login.user_code);
  expect(await collectedLater(login.device_code)).toBe(true);
});

/** @shows injection */
test('what follows the body in one packet is a request of its own, or none', async () => {
  await connection.ask(startCall('one'));
  connection.write(`${startCall('two')}GET /healthz-of-nobody HTTP/1.1\r\nHost: x\r\n\r\n`);
  expect((await connection.next()).status).toBe(200);
  expect((await connection.next()).status).toBe(404);
  const other = await RawConnection.open(here());
  await other.ask(startCall('one'));
  other.write(`${startCall('two')}garbage\r\n\r\n`);
  expect((await other.next()).status).toBe(400);
  await eventually('the connection is ended', () => other.ended);
  other.destroy();
});

test('a program that ends its side of the connection after its request gets the answer', async () => {
  const half = async (text: string): Promise<RawAnswer> => {
    const own = await RawConnection.open(here());
    own.write(text);
    own.end();
    const answer = await own.next();
    own.destroy();
    return answer;
  };
  const login = await startLogin(here());
  expect((await half(startCall('half'))).status).toBe(200);
  expect(errorOf(await half(pollCall(login.device_code)))).toBe('authorization_pending');
  // Nobody knows whether it still reads: it is not held.
  const { headers, body } = await half(callWithWait(login.device_code, 'true '));
  expect([headers['retry-after'], body]).toEqual(['5', expect.stringContaining('authorization_pending')]);
  await person.approve(here(), login.user_code);
  const collected = await eventually('the login is issued', async () => {
    const answer = await half(callWithWait(login.device_code, 'true '));
    return answer.status === 200 ? answer : null;
  });
  expect(JSON.parse(collected.body)).toMatchObject({ user: person.user });
  expect(await errorOnceCollected(here(), login.device_code)).toBe('invalid_grant');
});

test('approvals over one connection need the session and its CSRF token each time', async () => {
  const [one, two, three] = [await startLogin(here()), await startLogin(here()), await startLogin(here())];
  const call = (userCode: string, csrfToken: string) =>
    post('/api/auth/device/approve/', JSON.stringify({ user_code: userCode }), [
      `Cookie: ${person.cookie}`,
      `X-CSRF-Token: ${csrfToken}`,
    ]);
  expect((await connection.ask(call(one.user_code, person.csrfToken))).status).toBe(200);
  expect((await connection.ask(call(two.user_code, person.csrfToken))).body).toBe('{"status":"approved"}');
  const wrong = person.csrfToken.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
  expect((await connection.ask(call(three.user_code, wrong))).status).toBe(403);
});

test('an approval over a connection whose session has ended since is refused', async () => {
  const leaving = await Person.signUp(here());
  const call = (userCode: string) =>
    post('/api/auth/device/approve/', JSON.stringify({ user_code: userCode }), [
      `Cookie: ${leaving.cookie}`,
      `X-CSRF-Token: ${leaving.csrfToken}`,
    ]);
  const [one, two] = [await startLogin(here()), await startLogin(here())];
  expect((await connection.ask(call(one.user_code))).status).toBe(200);
  const redis = new Redis(deployment.redis.url);
  const token = leaving.cookie.split('=')[1] ?? '';
  await redis.del(`ravi:session:${createHash('sha256').update(token).digest('base64url')}`);
  redis.disconnect();
  expect((await connection.ask(call(two.user_code))).status).toBe(401);
});
