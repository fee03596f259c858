import type { Socket } from 'node:net';
import { openDoor, type Watcher } from '../support/door.ts';
import { eventually } from '../support/eventually.ts';
import { type Received, send } from '../support/http.ts';
import { call, logIn } from '../support/logged-in.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { Person } from '../support/person.ts';
import { type Deployment, deploy } from '../support/stack.ts';

const secret = 'a secret of the notes service';
let deployment: Deployment;
let person: Person;
let client: OAuthClient;
beforeAll(async () => {
  deployment = await deploy({ RESOURCE_SERVERS: JSON.stringify([{ id: 'notes', secret }]) });
  person = await Person.signUp(here());
  client = new OAuthClient(here());
});
afterAll(() => deployment.stop());

const here = () => deployment.urls[0];
const there = () => deployment.urls[1];
const basic = (id: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(password)}`).toString('base64')}`,
});
const introspect = (token: string, headers = basic('notes', secret)): Promise<Received> =>
  send(`${there()}/oauth/introspect`, { form: { token }, headers });

test('tokens are told with their scope, client, grant and times', async () => {
  const tokens = await client.logIn(person);
  const access = await introspect(tokens.access_token);
  expect(access.headers.get('cache-control')).toBe('no-store');
  const common = {
    active: true,
    sub: String(person.user.id),
    client_id: 'a-test',
    scope: 'account',
    iss: 'http://login.localhost:3000',
    iat: expect.any(Number),
    jti: expect.any(String),
    grant_id: expect.any(String),
  };
  expect(access.body).toEqual({
    ...common,
    token_type: 'Bearer',
    credential: 'access_token',
    aud: 'ravi-api',
    exp: Number(access.body['iat']) + 3600,
  });
  const refresh = await introspect(tokens.refresh_token);
  expect(refresh.body).toEqual({
    ...common,
    credential: 'refresh_token',
    aud: 'ravi-refresh',
    exp: Number(refresh.body['iat']) + 30 * 86_400,
  });
});

test('API keys are told with what they open', async () => {
  const login = await logIn(here(), person);
  const identityKey = 'identity_key' in login ? login.identity_key : '';
  const identityUuid = 'identity' in login ? login.identity.uuid : '';
  expect((await introspect(login.management_key)).body).toMatchObject({
    active: true,
    token_type: 'Bearer',
    credential: 'management_key',
    sub: String(person.user.id),
    scope: 'account',
  });
  expect((await introspect(identityKey)).body).toMatchObject({
    active: true,
    token_type: 'Bearer',
    credential: 'identity_key',
    scope: 'identity',
    identity_uuid: identityUuid,
  });
});

test('of what is not valid it tells that alone: garbage, used, revoked, logged out', async () => {
  const [revoked, rotated] = [await client.logIn(person), await client.logIn(person)];
  await client.call('revoke', { token: revoked.refresh_token });
  await client.refresh(rotated.refresh_token);
  const login = await logIn(here(), person);
  await call('POST', `${here()}/api/auth/logout/`, login.management_key);
  const inactive = [
    'garbage',
    'ravi_mgmt_',
    revoked.access_token,
    revoked.refresh_token,
    rotated.refresh_token,
    login.management_key,
  ];
  for (const token of inactive) expect((await introspect(token)).body).toEqual({ active: false });
  // Asking about a used refresh token does not present it: its grant goes on.
  expect((await introspect(rotated.access_token)).body).toMatchObject({ active: true });
});

test('whoever holds an API key may revoke it, under any client_id; other keys of the login stay', async () => {
  const login = await logIn(here(), person);
  const identityKey = 'identity_key' in login ? login.identity_key : '';
  expect((await client.call('revoke', { token: identityKey })).status).toBe(200);
  expect((await introspect(identityKey)).body).toEqual({ active: false });
  expect((await introspect(login.management_key)).body).toMatchObject({ active: true });
});

/** @shows ASVS V10.4.10 */
test('nobody but a resource server with its secret is told anything', async () => {
  const tokens = await client.logIn(person);
  const strangers: Record<string, string>[] = [
    {},
    basic('notes', 'wrong'),
    basic('notes', ''),
    basic('other', secret),
    basic('', ''),
    { authorization: `Bearer ${tokens.access_token}` },
    { authorization: 'Basic %%%' },
    { authorization: `Basic ${Buffer.from('%zz:%zz').toString('base64')}` },
  ];
  for (const headers of strangers) {
    const answer = await send(`${there()}/oauth/introspect`, {
      form: { token: tokens.access_token },
      headers,
    });
    expect([answer.status, answer.body['error']]).toEqual([401, 'invalid_client']);
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="ravi"');
  }
});

test('a resource server that is not recognised is told why, where that can be seen', async () => {
  const why = async (headers: Readonly<Record<string, string>>) => {
    const answer = await send(`${there()}/oauth/introspect`, { form: { token: 'x' }, headers });
    return answer.body['error_description'];
  };
  const plain = (id: string, password: string) => ({
    authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`,
  });
  expect(await why({})).toMatch(/^Send Authorization: Basic/);
  expect(await why({ authorization: 'Bearer x' })).toMatch(/must be Basic/);
  expect(await why(plain('notes', 'a0b1'))).toBe('No resource server has this id and secret.');
  expect(await why(plain('notes', 'a+b/c='))).toMatch(/Form-encode both .*or use a secret in hex/);
});

test('a key that a resource server asks about counts as used', async () => {
  const login = await logIn(here(), person);
  await introspect(login.management_key);
  const lastUsed = await eventually('the use is noted', async () => {
    const keys = await call<{ prefix: string; last_used_dt: string | null }[]>(
      'GET',
      `${here()}/api/auth/keys/management/`,
      login.access,
    );
    return keys.body.find(({ prefix }) => login.management_key.startsWith(prefix))?.last_used_dt;
  });
  expect(lastUsed).toMatch(/^\d{4}-/);
});

/** Counts the round trips of an api to Redis, on the connection on which it looks things up. */
async function countRoundTrips(redisUrl: string) {
  const senders = new Map<Socket, 'client' | 'server'>();
  let trips = 0;
  const watcher: Watcher = (connection, sender, bytes) => {
    if (sender === 'client' && bytes.includes('-commands\r\n')) senders.set(connection, 'client');
    if (!senders.has(connection)) return;
    if (sender === 'client' && senders.get(connection) === 'server') trips++;
    senders.set(connection, sender);
  };
  const door = await openDoor({ watcher });
  door.leadTo(redisUrl);
  const { port } = new URL(door.url);
  return {
    url: Object.assign(new URL(redisUrl), { port }).href,
    trips: () => trips,
    close: () => door.close(),
  };
}

test('a look-up with a credential costs one round trip to Redis, and what is none of ours costs none', async () => {
  const counted = await countRoundTrips(deployment.redis.url);
  const api = await deployment.stack.startApi({ REDIS_URL: counted.url });
  const login = await logIn(here(), person);
  const user = (credential: string) => call('GET', `${api.url}/api/auth/user/`, credential);
  const ask = (token: string) =>
    send(`${api.url}/oauth/introspect`, { form: { token }, headers: basic('notes', secret) });
  /** The fewest in some attempts: now and then the api has commands of its own. */
  const tripsOf = async (lookUp: () => Promise<Received>, status: number) => {
    const counts: number[] = [];
    for (let time = 0; time < 8; time++) {
      const before = counted.trips();
      expect((await lookUp()).status).toBe(status);
      counts.push(counted.trips() - before);
    }
    return Math.min(...counts);
  };
  try {
    for (const credential of [login.access, login.management_key]) {
      expect(await tripsOf(() => user(credential), 200)).toBe(1);
    }
    for (const token of [login.access, login.management_key, login.refresh]) {
      expect(await tripsOf(() => ask(token), 200)).toBe(1);
      expect((await ask(token)).body['active']).toBe(true);
    }
    const forged = `${login.management_key.slice(0, -1)}${login.management_key.endsWith('a') ? 'b' : 'a'}`;
    expect(await tripsOf(() => user(forged), 401)).toBe(0);
    expect(await tripsOf(() => user(`${login.access.slice(0, -8)}AAAAAAAA`), 401)).toBe(0);
  } finally {
    await api.end('SIGTERM');
    await counted.close();
  }
});
