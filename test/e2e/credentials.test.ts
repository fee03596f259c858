import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { Redis } from 'ioredis';
import { issuanceQueueName, issuanceQueuePrefix, mintJobId, type TokenRefreshSuccess } from '@ravi/contract';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { call, logIn } from '../support/logged-in.ts';
import { Person } from '../support/person.ts';
import { post, sendAtOnce } from '../support/raw-connection.ts';
import { type Deployment, deploy } from '../support/stack.ts';

let deployment: Deployment;
let person: Person;
let redis: Redis;
beforeAll(async () => {
  deployment = await deploy();
  redis = new Redis(deployment.redis.url);
  person = await Person.signUp(deployment.urls[0]);
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
});

const here = () => deployment.urls[0];
const there = () => deployment.urls[1];
const refresh = (token: unknown, url = here()) =>
  send<TokenRefreshSuccess & { detail?: string }>(`${url}/api/auth/token/refresh/`, {
    json: { refresh: token },
  });
const user = (credential: string, url = there()) => call('GET', `${url}/api/auth/user/`, credential);

/** Lets the time pass in which a repeated refresh token gets the same pair. */
async function forgetAnswers(): Promise<void> {
  const kept = await redis.keys('ravi:mint:*');
  if (kept.length > 0) await redis.del(kept);
}

/** The jobs of refreshes and new keys that the issuer has not finished. */
const mintJobs = () => redis.keys(`${issuanceQueuePrefix}:${issuanceQueueName}:${mintJobId('*')}`);

/** The requests for credentials that wait in the queue, by job. */
async function waitingMints(): Promise<readonly string[][]> {
  const queue = `${issuanceQueuePrefix}:${issuanceQueueName}`;
  const ids = await redis.lrange(`${queue}:wait`, '0', '-1');
  const data = await Promise.all(ids.map((id) => redis.hget(`${queue}:${id}`, 'data')));
  return data
    .map((text) => (JSON.parse(text ?? '{}') as { mintIds?: string[] }).mintIds ?? [])
    .filter((mintIds) => mintIds.length > 0);
}

test('an access token and a management key read the account, at any api; an identity key does not', async () => {
  const { access, management_key: managementKey, ...rest } = await logIn(here(), person);
  for (const path of ['/api/auth/user/', '/api/auth/user', '/api/master/']) {
    expect((await call('GET', there() + path, access)).body).toEqual(person.user);
    expect((await call('GET', there() + path, managementKey)).body).toEqual(person.user);
  }
  const identityKey = 'identity_key' in rest ? rest.identity_key : '';
  const refused = await user(identityKey);
  expect(refused.status).toBe(403);
  expect(refused.headers.get('www-authenticate')).toContain('insufficient_scope');
});

test('a refresh gives a new pair that works, and the new refresh token gives the next', async () => {
  const login = await logIn(here(), person);
  await forgetAnswers();
  const askedMs = performance.now();
  const first = await refresh(login.refresh);
  expect(first.status).toBe(200);
  expect(first.headers.get('cache-control')).toBe('no-store');
  expect((await user(first.body.access)).status).toBe(200);
  const kept = await Promise.all((await redis.keys('ravi:mint:*')).map((name) => redis.pttl(name)));
  // REFRESH_GRACE_SECONDS, by default, of which some has passed on a busy machine.
  expect(Math.max(...kept) + performance.now() - askedMs).toBeGreaterThan(29_000);
  const second = await refresh(first.body.refresh, there());
  expect(second.status).toBe(200);
  expect(new Set([login.refresh, first.body.refresh, second.body.refresh]).size).toBe(3);
});

test('a retry after a lost answer, at either api, gets the same pair', async () => {
  const login = await logIn(here(), person);
  const first = await refresh(login.refresh);
  expect((await refresh(login.refresh, there())).body).toEqual(first.body);
  expect((await refresh(first.body.refresh)).status).toBe(200);
});

test('many refreshes in flight at once get the same pair', async () => {
  const login = await logIn(here(), person);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => refresh(login.refresh, index % 2 === 0 ? here() : there())),
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(new Set(answers.map(({ body }) => body.refresh)).size).toBe(1);
  expect((await refresh(answers[0]?.body.refresh)).status).toBe(200);
});

/** @shows RFC 8628 §5.6, RFC 10027 §6.1.6, RFC 10027 §6.1.12, ASVS V10.4.5, RFC 9700 §2.2.2, RFC 9700 §4.14.2(3) */
test('a refresh token that was used before ends its login, and leaves other logins alone', async () => {
  const [login, other] = [await logIn(here(), person), await logIn(here(), person)];
  const next = await refresh(login.refresh);
  await forgetAnswers();
  const reused = await refresh(login.refresh);
  expect(reused.status).toBe(401);
  expect(reused.body.detail).toContain('used before');
  for (const credential of [login.access, next.body.access, login.management_key])
    expect((await user(credential)).status).toBe(401);
  expect((await refresh(next.body.refresh)).status).toBe(401);
  expect((await user(other.access)).status).toBe(200);
});

test('logging out with a token ends the login at every api at once: its tokens, and its keys', async () => {
  const login = await logIn(here(), person);
  expect((await call('POST', `${here()}/api/auth/logout/`, login.access)).status).toBe(204);
  expect((await user(login.access)).status).toBe(401);
  expect((await refresh(login.refresh)).status).toBe(401);
  expect((await user(login.management_key)).status).toBe(401);
});

test('what ends is refused by three apis as soon as the answer is there', async () => {
  const third = await deployment.stack.startApi();
  const login = await logIn(here(), person);
  await call('POST', `${third.url}/api/auth/logout/`, login.management_key);
  expect((await user(login.management_key, here())).status).toBe(401);
  await call('POST', `${there()}/api/auth/logout/`, login.access);
  for (const url of [here(), there(), third.url]) {
    expect((await user(login.access, url)).status).toBe(401);
    expect((await user(login.management_key, url)).status).toBe(401);
    expect((await refresh(login.refresh, url)).status).toBe(401);
  }
});

test('logging out with a key ends that key alone', async () => {
  const login = await logIn(here(), person);
  expect((await call('POST', `${here()}/api/auth/logout/`, login.management_key)).status).toBe(204);
  expect((await user(login.management_key)).status).toBe(401);
  expect((await user(login.access)).status).toBe(200);
});

test('with no issuer a refresh answers 503, and the token is still good afterwards', async () => {
  const login = await logIn(here(), person);
  deployment.issuer.freeze();
  const refused = await refresh(login.refresh);
  deployment.issuer.thaw();
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('5');
  // The same token makes the same job: while that one is being put aside, a further one would be taken for it.
  await eventually('the job that nobody waits for is gone', async () => (await mintJobs()).length === 0);
  await forgetAnswers();
  expect((await refresh(login.refresh)).status).toBe(200);
});

test('refreshes that are asked for together share jobs, and each gets the pair of its own login', async () => {
  const logins = await Promise.all(Array.from({ length: 12 }, () => logIn(here(), person)));
  const grantOf = (token: string) => (jwt.decode(token) as { grant_id: string }).grant_id;
  const grants = logins.map((login) => grantOf(login.refresh));
  let tokens = logins.map((login) => login.refresh);
  // How many come while a job is added is chance.
  await eventually('they share jobs', async () => {
    await eventually('nothing is left of the last time', async () => (await mintJobs()).length === 0);
    deployment.issuer.freeze();
    await forgetAnswers();
    const requests = tokens.map((token) =>
      post('/api/auth/token/refresh/', JSON.stringify({ refresh: token })),
    );
    const connections = await sendAtOnce(deployment.apis[0], requests);
    const answers = connections.map((connection) => connection.next());
    const jobs = await eventually('all are in the queue', async () => {
      const shares = await waitingMints();
      return shares.flat().length === logins.length ? shares : null;
    });
    deployment.issuer.thaw();
    const refreshed = await Promise.all(answers);
    for (const connection of connections) connection.destroy();
    // Where the machine stood still, some were told that no issuer is there: their tokens are still good.
    const isServed = refreshed.map(({ status }) => status === 200);
    tokens = refreshed.map(({ body }, at) =>
      isServed[at] ? (JSON.parse(body) as { refresh: string }).refresh : (tokens[at] ?? ''),
    );
    expect(tokens.map(grantOf)).toEqual(grants);
    return isServed.every(Boolean) && jobs.length < logins.length / 2;
  });
});

test('a refresh that a log-out overtakes is refused at once, not told that nobody is there', async () => {
  // A request waits for an issuer for five seconds: where the machine stood still for so long, it is tried again.
  const status = await eventually('the log-out comes in time', async () => {
    const login = await logIn(here(), person);
    deployment.issuer.freeze();
    await forgetAnswers();
    const beganMs = performance.now();
    const overtaken = refresh(login.refresh);
    await eventually('the refresh is under way', async () => (await redis.keys('ravi:mint:*')).length > 0);
    await call('POST', `${there()}/api/auth/logout/`, login.access);
    deployment.issuer.thaw();
    const answer = await overtaken;
    return (answer.status === 401 || performance.now() - beganMs < 4_000) && answer.status;
  });
  expect(status).toBe(401);
});

test('a refresh whose api dies in the middle can be repeated at another', async () => {
  const login = await logIn(here(), person);
  await eventually('an api dies before its answer', async () => {
    const dying = await deployment.stack.startApi();
    await forgetAnswers();
    deployment.issuer.freeze();
    const lost = refresh(login.refresh, dying.url).catch(() => 'lost');
    await eventually('the refresh is under way', async () => (await redis.keys('ravi:mint:*')).length > 0);
    await dying.end('SIGKILL');
    deployment.issuer.thaw();
    return (await lost) === 'lost';
  });
  expect((await refresh(login.refresh, there())).status).toBe(200);
});

describe('what is no credential', () => {
  const foreignKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const forge = (token: string, header: object, key: KeyObject | string, claims: object = {}) => {
    const payload = { ...(jwt.decode(token) as object), ...claims };
    return jwt.sign(payload, key, {
      header: header as jwt.JwtHeader,
      noTimestamp: true,
      algorithm: (header as { alg: jwt.Algorithm }).alg,
    });
  };

  test('is refused as such, with a hint how to ask', async () => {
    const login = await logIn(here(), person);
    const { kid } = jwt.decode(login.access, { complete: true })?.header ?? {};
    const refused = [
      login.refresh,
      forge(login.access, { alg: 'none', typ: 'at+jwt', kid }, ''),
      forge(login.access, { alg: 'HS256', typ: 'at+jwt', kid }, 'public key as a secret, long enough'),
      forge(login.access, { alg: 'ES256', typ: 'at+jwt', kid }, foreignKey),
      forge(login.access, { alg: 'ES256', typ: 'at+jwt', kid: 'unknown' }, foreignKey),
      `${login.access.slice(0, -4)}AAAA`,
      login.management_key.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      `${login.management_key}0`,
      'ravi_mgmt_',
      'x'.repeat(5000),
    ];
    for (const credential of refused) {
      const answer = await user(credential);
      expect([credential, answer.status]).toEqual([credential, 401]);
      expect(answer.headers.get('www-authenticate')).toContain('invalid_token');
    }
    for (const credential of ['', 'Basic abc']) {
      const answer = await send(`${here()}/api/auth/user/`, {
        method: 'GET',
        headers: { authorization: credential },
      });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="ravi"');
    }
  });

  test('refreshes nothing: access tokens, keys, garbage', async () => {
    const login = await logIn(here(), person);
    for (const token of [login.access, login.management_key, 'garbage']) {
      expect((await refresh(token)).status).toBe(401);
    }
    for (const token of [undefined, '', 7, 'x'.repeat(5000)]) expect((await refresh(token)).status).toBe(400);
    expect((await refresh(login.refresh)).status).toBe(200);
  });

  test('opens no approval: a program with credentials cannot approve another', async () => {
    const { access, management_key: managementKey } = await logIn(here(), person);
    for (const credential of [access, managementKey]) {
      const answer = await call('POST', `${here()}/api/auth/device/approve/`, credential, {
        user_code: 'BCDF-GHJK',
      });
      expect(answer.status).toBe(401);
    }
  });
});
