import { Redis } from 'ioredis';
import { IdentityStore, AccountStore } from '@ravi/accounts';
import { PublishedKeys } from '@ravi/credentials';
import { generateSigningKey, readSigningKeys } from '@ravi/credentials/signing';
import { runAccounts } from '../support/accounts-tool.ts';
import { BrowserVisit } from '../support/browser-visit.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { call, logIn } from '../support/logged-in.ts';
import { Person } from '../support/person.ts';
import { poll, startLogin, wait } from '../support/program.ts';
import { startOwnRedis } from '../support/redis.ts';
import { type Deployment, deploy } from '../support/stack.ts';
import { allTold } from '../support/told.ts';

let deployment: Deployment;
let redis: Redis;
beforeAll(async () => {
  deployment = await deploy({ RATE_LIMITS: 'on', OAUTH_CLIENTS: 'any' }, await startOwnRedis());
  redis = new Redis(deployment.redis.url);
});
afterEach(() => redis.config('SET', 'maxmemory', '0'));
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
});

const api = () => deployment.urls[0];
const other = () => deployment.urls[1];

/** From now on Redis refuses every write that may take memory, whatever is freed meanwhile. */
const fillUp = (client = redis) => client.config('SET', 'maxmemory', '1mb');

const works = async (credential: string) =>
  (await call('GET', `${other()}/api/identities/`, credential)).status === 200;

/** A person in a browser, at the page of their programs. */
async function visitOf({ email, password }: Person, next = 'programs') {
  const visit = new BrowserVisit(api());
  await visit.open(`/signin?next=${next}`);
  await visit.submit('/signin', { email, password });
  return visit;
}

/** @shows full Redis */
test('when Redis is full, a login can be denied, and the waiting program learns it', async () => {
  const person = await Person.signUp(api());
  const login = await startLogin(api());
  const waiting = wait(other(), login.device_code);
  await eventually('the program waits', async () => {
    const text = await (await fetch(`${deployment.apis[1].adminUrl}/metrics`)).text();
    return /^ravi_held_waits\S* 1$/m.test(text);
  });
  // Redis answers in order: once a later answer is here, so is that to the first check of the wait.
  await startLogin(other());
  await fillUp();
  expect((await person.deny(api(), login.user_code)).status).toBe(200);
  expect((await waiting).body.error).toBe('access_denied');
  expect((await poll(api(), login.device_code)).body.error).toBe('access_denied');
  expect((await person.deny(api(), 'ZZZZ-ZZZZ')).status).toBe(404);
});

/** @shows full Redis */
test('when Redis is full, programs log out, revoke, delete keys and identities, and a reused refresh token ends its login', async () => {
  const person = await Person.signUp(api());
  const [one, two, three, reused] = [
    await logIn(api(), person),
    await logIn(api(), person),
    await logIn(api(), person),
    await logIn(api(), person),
  ];
  const made = await call<{ id: string; key: string }>(
    'POST',
    `${api()}/api/auth/keys/management/`,
    three.access,
    {},
  );
  const [identity] = (await call<{ uuid: string }[]>('GET', `${api()}/api/identities/`, three.access)).body;
  const refreshed = await send<{ access: string }>(`${api()}/api/auth/token/refresh/`, {
    json: { refresh: reused.refresh },
  });
  expect([made.status, refreshed.status]).toEqual([201, 200]);
  // The grace in which the same answer is given again is over.
  await redis.del(...(await redis.keys('ravi:mint:*')));
  await fillUp();
  expect((await call('POST', `${api()}/api/auth/logout/`, one.access)).status).toBe(204);
  const form = { token: two.refresh, client_id: 'ravi-device' };
  expect((await send(`${api()}/oauth/revoke`, { form })).status).toBe(200);
  const keys = `${api()}/api/auth/keys/management/`;
  expect((await call('DELETE', `${keys}${made.body.id}/`, three.access)).status).toBe(204);
  expect((await call('DELETE', `${api()}/api/identities/${identity?.uuid}/`, three.access)).status).toBe(204);
  const again = await send(`${other()}/api/auth/token/refresh/`, { json: { refresh: reused.refresh } });
  expect([again.status, again.text]).toEqual([401, expect.stringContaining('used before')]);
  for (const ended of [one.access, two.access, made.body.key, refreshed.body.access])
    expect(await works(ended)).toBe(false);
  expect((await call<unknown[]>('GET', `${other()}/api/identities/`, three.access)).body).toEqual([]);
});

/** @shows full Redis */
test('when Redis is full, a person ends programs and sessions and signs out', async () => {
  const person = await Person.signUp(api());
  const [one, two] = [await logIn(api(), person, 'one'), await logIn(api(), person, 'two')];
  const [here, there] = [await visitOf(person), await visitOf(person, 'sessions')];
  await fillUp();
  await here.press('/account/programs/end', 'End: one');
  expect([await works(one.access), await works(two.access)]).toEqual([false, true]);
  await here.press('/account/programs/end', 'End all programs and keys');
  expect([await works(two.access), await works(two.management_key)]).toEqual([false, false]);
  await there.submit('/account/sessions/end-others');
  expect(there.words).toContain('Where you are signed in');
  await here.open('/account/sessions');
  expect(here.page.text).toContain('type="password"');
  await there.submit('/signout');
  await there.open('/account/sessions');
  expect(there.page.text).toContain('type="password"');
});

test('when Redis is full, an operator finds an account, revokes a key of it, ends, blocks and deletes it, and all of it is noted', async () => {
  const person = await Person.signUp(api());
  const [one, two] = [await logIn(api(), person), await logIn(api(), person)];
  await redis.hset(`ravi:account:${person.user.id}`, 'verified_email', person.email);
  await fillUp();
  const env = { SMTP_URL: 'smtp://mail.example.com' };
  const run = async (...args: string[]) => {
    const { code, stdout, stderr } = await runAccounts(deployment.redis.url, [...args, '--by', 'grace'], {
      env,
    });
    expect([args, code, stderr]).toEqual([args, 0, '']);
    return stdout;
  };
  expect(await run('find', person.email)).toContain(String(person.user.id));
  await run('key', one.management_key, '--revoke');
  expect([await works(one.management_key), await works(one.access)]).toEqual([false, true]);
  await run('end', person.email);
  expect([await works(one.access), await works(two.management_key)]).toEqual([false, false]);
  expect(await run('block', person.email)).toContain('Nobody is told by mail: ');
  await run('delete', person.email, '--yes');
  await redis.config('SET', 'maxmemory', '0');
  const acts = (await allTold(redis)).filter((record) => 'by' in record && record.by === 'grace');
  expect(acts.map(({ event }) => event)).toEqual([
    'accounts_searched',
    'keys_searched',
    'key_revoked',
    'all_ended',
    'account_blocked',
    'account_deleted',
  ]);
});

test('when Redis is full, a signing key that leaked is replaced at once', async () => {
  const [leaked, fresh] = readSigningKeys([generateSigningKey(), generateSigningKey()]);
  if (!leaked || !fresh) throw new Error('A key is missing.');
  const published = new PublishedKeys(redis, 'leaked:');
  await published.publish([leaked.publicJwk, fresh.publicJwk], 1);
  await fillUp();
  expect(await published.activate(fresh.kid, 2, true)).toEqual({ kind: 'activated' });
  expect(await published.retire(leaked.kid, 2, true)).toEqual({ kind: 'retired', atMs: 2 });
  expect((await published.list(3)).map(({ kid }) => kid)).toEqual([fresh.kid]);
});

/** @shows full Redis */
test('what cannot be done when Redis is full is refused as a whole: 503, and nothing of it is left', async () => {
  const person = await Person.signUp(api());
  const login = await startLogin(api());
  const { access } = await logIn(api(), person);
  const told = async () => {
    // Keys that expire, and what the services write by themselves, do not come from these calls.
    const passing = /limit:|^\{?bull|^\{ravi\}|audit|jwks|:mark:|:processes$/;
    const held = await Promise.all(
      (await redis.keys('*')).map(
        async (key) => [key, await redis.dump(key), await redis.pttl(key)] as const,
      ),
    );
    const lasts = (ttlMs: number) => ttlMs === -1 || ttlMs > 300_000;
    const lasting = held.filter(([key, , ttlMs]) => lasts(ttlMs) && !passing.test(key));
    return new Map(lasting.map(([key, dump]) => [key, dump]));
  };
  await works(access);
  const claims = JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString()) as {
    grant_id: string;
  };
  await eventually(
    'the use of the token is noted',
    async () => (await redis.hexists(`ravi:grant:{${claims.grant_id}}`, 'last_used_at')) === 1,
  );
  await eventually('each answer with credentials is noted', async () => {
    const logins = await redis.keys('ravi:login:*');
    const leases = await Promise.all(logins.map((key) => redis.hexists(key, 'lease')));
    return leases.every((lease) => lease === 0);
  });
  const before = await told();
  await fillUp();
  const json = { email: 'late@example.com', password: 'long enough password' };
  const refused = [
    await send(`${api()}/api/auth/device/`),
    await send(`${api()}/api/auth/signup/`, { json }),
    await send(`${api()}/api/auth/login/`, { json: { email: person.email, password: person.password } }),
    await person.approveWith(api(), login.user_code, { identity_uuid: 'new', key_scope: 'identity' }),
    await call('POST', `${api()}/api/auth/keys/management/`, access, {}),
    await call('POST', `${api()}/api/identities/`, access, {}),
  ];
  expect(refused.map(({ status }) => status)).toEqual(Array(refused.length).fill(503));
  await redis.config('SET', 'maxmemory', '0');
  expect(await told()).toEqual(before);
  expect((await person.approve(api(), login.user_code)).status).toBe(200);
  expect((await wait(api(), login.device_code)).status).toBe(200);
});

/** A connection that fills Redis up right before its `command`, at the given time that it comes. */
function fillingBefore(command: 'hset' | 'evalsha', time = 1): Redis {
  let times = 0;
  return new Proxy(redis, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        if (name === command && ++times === time) await fillUp(target);
        return (member as (...all: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}

/** @shows full Redis */
test('an address that was taken for an identity is free again where Redis was full when the identity was to be written', async () => {
  const person = {
    email: 'half@example.com',
    firstName: '',
    lastName: '',
    identityEmailDomain: 'half.example',
  };
  const accounts = new AccountStore(redis, 'half:');
  const account = await accounts.create({ ...person, passwordHash: 'x' }, 1);
  const before = await redis.keys('half:ravi:identity-email:*');
  expect(before).toHaveLength(1);
  const failing = new AccountStore(fillingBefore('hset'), 'half:');
  await expect(failing.create({ ...person, email: 'two@example.com', passwordHash: 'x' }, 1)).rejects.toThrow(
    'OOM',
  );
  await redis.config('SET', 'maxmemory', '0');
  // The first script reserves the address, the second writes the identity.
  const identities = new IdentityStore(fillingBefore('evalsha', 2), 'half:');
  const changes = { name: 'Half Made', email: 'half.made@half.example' };
  await expect(
    identities.add(account?.id ?? 0, changes, { domain: 'half.example', nowMs: 1 }),
  ).rejects.toThrow('OOM');
  await redis.config('SET', 'maxmemory', '0');
  await eventually('the address is free', async () => {
    return (await redis.keys('half:ravi:identity-email:*')).length === before.length;
  });
  expect(await redis.keys('half:ravi:identity-email:*')).toEqual(before);
});
