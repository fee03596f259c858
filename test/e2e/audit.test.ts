import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AuditRecord } from '@ravi/audit';
import { Redis } from 'ioredis';
import { runAccounts } from '../support/accounts-tool.ts';
import { BrowserVisit } from '../support/browser-visit.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { call, logIn } from '../support/logged-in.ts';
import { Person } from '../support/person.ts';
import { loginIdIn, startLogin } from '../support/program.ts';
import { type Deployment, deploy } from '../support/stack.ts';
import { allTold, toldAbout as toldOfAccount } from '../support/told.ts';

let deployment: Deployment;
let redis: Redis;
beforeAll(async () => {
  deployment = await deploy({ TRUSTED_PROXY_HOPS: '1' });
  redis = new Redis(deployment.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
});

const here = () => deployment.urls[0];

const toldAbout = (user: number, ...awaited: readonly string[]) => toldOfAccount(redis, user, ...awaited);

/** @shows RFC 10027 §6.1.6 */
test('a login is told from sign-up to log-out, with who, when, from where and ids that lead on, and no secret', async () => {
  const person = await Person.signUp(here());
  const login = await startLogin(here(), 'audited program');
  await person.deny(here(), login.user_code);
  await person.approveWith(here(), 'BCDF-GHJK', {});
  const credentials = await logIn(here(), person, 'audited program');
  await call('GET', `${here()}/api/auth/user/`, credentials.management_key);
  const refreshed = await send<{ access: string }>(`${here()}/api/auth/token/refresh/`, {
    json: { refresh: credentials.refresh },
  });
  await send(`${here()}/api/auth/login/`, { json: { email: person.email, password: 'not the password' } });
  await send(`${here()}/api/auth/login/`, { json: { email: person.email, password: person.password } });
  await call('POST', `${here()}/api/auth/logout/`, credentials.management_key);
  await call('POST', `${here()}/api/auth/logout/`, refreshed.body.access);

  const { id: user } = person.user;
  const told = await toldAbout(user, 'issued', 'key_created', 'key_used_first', 'grant_ended');
  const fieldOf = (name: string, field: string) =>
    Object.entries(told.find(({ event }) => event === name) ?? {}).find(([its]) => its === field)?.[1];
  const [grant, key] = [fieldOf('redeemed', 'grant'), fieldOf('key_revoked', 'key')];
  const from = { user, address: '127.0.0.1' };
  const client = 'audited program';
  const [denied, approved] = [loginIdIn(login.device_code), fieldOf('approved', 'login')];
  // In the order of their names: several processes wrote them. A login has two keys.
  expect(told.toSorted((one, other) => one.event.localeCompare(other.event))).toEqual([
    expect.objectContaining({ event: 'approved', login: approved, ...from }),
    expect.objectContaining({ event: 'denied', login: denied, client, ...from }),
    expect.objectContaining({ event: 'grant_ended', grant, reason: 'logged_out', ...from }),
    expect.objectContaining({ event: 'issued', login: approved, user }),
    expect.objectContaining({ event: 'key_created', grant, ...from }),
    expect.objectContaining({ event: 'key_created', grant, ...from }),
    expect.objectContaining({ event: 'key_revoked', key, reason: 'logged_out', ...from }),
    expect.objectContaining({ event: 'key_used_first', key, ...from }),
    expect.objectContaining({ event: 'redeemed', login: approved, grant, client, ...from }),
    expect.objectContaining({ event: 'refreshed', grant, ...from }),
    expect.objectContaining({ event: 'sign_in_failed', reason: 'wrong_credentials', ...from }),
    expect.objectContaining({ event: 'signed_in', ...from }),
    expect.objectContaining({ event: 'signed_up', ...from }),
    expect.objectContaining({ event: 'wrong_code', ...from }),
  ]);
  const { address } = from;
  expect(await allTold(redis)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ event: 'started', login: denied, client, address }),
      expect.objectContaining({ event: 'started', login: approved, client, address }),
    ]),
  );

  const all = JSON.stringify(await redis.xrange('ravi:audit', '-', '+'));
  expect(all).toContain('"started');
  const secrets = [
    login.device_code,
    login.user_code,
    'not the password',
    person.password,
    person.email,
    credentials.access,
    credentials.refresh,
    credentials.management_key,
    'BCDF-GHJK',
  ];
  for (const secret of secrets) expect(all).not.toContain(secret);
});

test('what a person changes at identities, and signing out, are told with the identity and the address', async () => {
  const person = await Person.signUp(here());
  const { access } = await logIn(here(), person);
  const created = await call<{ uuid: string }>('POST', `${here()}/api/identities/`, access, {
    name: 'Night',
  });
  const identity = `${here()}/api/identities/${created.body.uuid}/`;
  // The second one changes nothing, and is not told.
  for (const name of ['Day', 'Day'])
    expect((await call('PATCH', identity, access, { name })).status).toBe(200);
  expect((await call('DELETE', identity, access)).status).toBe(204);
  const visit = new BrowserVisit(here());
  await visit.open('/signin');
  await visit.submit('/signin', { email: person.email, password: person.password });
  await visit.submit('/signout');
  const told = await toldAbout(person.user.id, 'identity_deleted', 'signed_out');
  const which = { identity: created.body.uuid, address: '127.0.0.1' };
  expect(told.filter(({ event }) => event.startsWith('identity_'))).toEqual([
    expect.objectContaining({ event: 'identity_created', ...which }),
    expect.objectContaining({ event: 'identity_changed', ...which }),
    expect.objectContaining({ event: 'identity_deleted', ...which }),
  ]);
  expect(told).toContainEqual(expect.objectContaining({ event: 'signed_out', address: '127.0.0.1' }));
});

test('each look and act of an administrator is told, with who it was', async () => {
  const { user, email } = await Person.signUp(here());
  const run = (...args: string[]) => runAccounts(deployment.redis.url, [...args, '--by', 'grace', '--json']);
  const runs = await Promise.all([
    run('find', email),
    run('show', String(user.id)),
    run('export', String(user.id)),
    run('key', 'ravi_mgmt_none'),
  ]);
  expect(runs.map(({ stderr }) => stderr)).toEqual(['', '', '', expect.any(String)]);
  expect((await run('block', String(user.id))).code).toBe(0);
  expect((await run('unblock', String(user.id))).code).toBe(0);
  // The tool ends once it has noted what it did.
  const told = await allTold(redis);
  const [by, of] = ['grace', { user: user.id, by: 'grace' }];
  expect(told).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ event: 'account_shown', ...of }),
      expect.objectContaining({ event: 'account_exported', ...of }),
      expect.objectContaining({ event: 'account_blocked', ...of }),
      expect.objectContaining({ event: 'account_unblocked', ...of }),
      expect.objectContaining({ event: 'accounts_searched', by }),
      expect.objectContaining({ event: 'keys_searched', by }),
    ]),
  );
});

test('a pick-up tells from where it was, and an approval what it created', async () => {
  const person = await Person.signUp(here());
  const login = await startLogin(here());
  await person.approveWith(here(), login.user_code, { identity_uuid: 'new' });
  const collected = await eventually('the credentials are there', async () => {
    const answer = await send(`${here()}/api/auth/device/token/`, {
      json: { device_code: login.device_code, wait: true },
      headers: { 'x-forwarded-for': '198.51.100.7' },
    });
    return answer.status === 200 ? answer.body : null;
  });
  const told = await toldAbout(person.user.id, 'identity_created', 'redeemed', 'key_created');
  const approved = told.find(({ event }) => event === 'approved');
  expect(told).toContainEqual(
    expect.objectContaining({
      event: 'identity_created',
      identity: (collected['identity'] as { uuid: string }).uuid,
      login: approved && 'login' in approved ? approved.login : '',
      address: '127.0.0.1',
    }),
  );
  for (const event of ['redeemed', 'key_created']) {
    expect(told).toContainEqual(expect.objectContaining({ event, address: '198.51.100.7' }));
  }
});

test('a denial by a wrong number is told apart from one by a word', async () => {
  const strict = await deployment.stack.startApi({
    NUMBER_MATCHING: 'always',
    SETTINGS_MAY_DIFFER: 'NUMBER_MATCHING',
  });
  const person = await Person.signUp(strict.url);
  const login = await startLogin(strict.url);
  await person.deny(strict.url, (await startLogin(strict.url)).user_code);
  const wrong = login.verification === '42' ? '43' : '42';
  const denied = await person.approveWith(strict.url, login.user_code, { verification: wrong });
  expect(denied.status).toBe(409);
  const denials = await eventually('both are told', async () => {
    const about = (await toldAbout(person.user.id, 'denied')).filter(({ event }) => event === 'denied');
    return about.length === 2 ? about : null;
  });
  expect(denials.map((record) => ('reason' in record ? record.reason : 'none'))).toEqual([
    'none',
    'wrong_number',
  ]);
});

test('a reused refresh token is told', async () => {
  const person = await Person.signUp(here());
  const { refresh } = await logIn(here(), person);
  const present = () => send(`${here()}/api/auth/token/refresh/`, { json: { refresh } });
  expect((await present()).status).toBe(200);
  const kept = await redis.keys('ravi:mint:*');
  if (kept.length > 0) await redis.del(kept);
  expect((await present()).status).toBe(401);
  await toldAbout(person.user.id, 'reuse_detected');
});

test('a process that is told to stop writes what it noted last', async () => {
  const api = await deployment.stack.startApi();
  const { user } = await Person.signUp(api.url);
  expect(await api.end('SIGTERM')).toBe(0);
  const all = JSON.stringify(await redis.xrange('ravi:audit', '-', '+'));
  expect(all).toContain(`\\"event\\":\\"signed_up\\",\\"user\\":${user.id},`);
});

test('the log keeps what happened long before, whichever process writes: about AUDIT_MAX_EVENTS events', async () => {
  const before = 3_000;
  const adding = redis.pipeline();
  for (let entry = 0; entry < before; entry++) adding.xadd('ravi:audit', '*', 'by', 'hand');
  await adding.exec();
  const person = await Person.signUp(here());
  await logIn(here(), person);
  // By an api, and by the issuer.
  await toldAbout(person.user.id, 'approved', 'issued');
  expect(await redis.xlen('ravi:audit')).toBeGreaterThan(before);
});

const tool = (...args: string[]) =>
  spawn(process.execPath, ['tools/audit/main.ts', ...args], {
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      REDIS_URL: deployment.redis.url,
    },
  });

/** The lines that the tool prints, when it complains of nothing. */
async function printed(...args: string[]): Promise<string[]> {
  const child = tool(...args);
  let [text, complaint] = ['', ''];
  child.stdout.on('data', (chunk) => (text += String(chunk)));
  child.stderr.on('data', (chunk) => (complaint += String(chunk)));
  await once(child, 'close');
  expect(complaint).toBe('');
  return text.trim().split('\n');
}

test('npm run audit takes an id that begins with a dash for an id, and an option for an option', async () => {
  await expect(printed('--login', '-Ab', '--json')).rejects.toThrow('No such event.');
  await expect(printed('--grant', '--b', '--json')).rejects.toThrow('No such event.');
  await expect(printed('--user', 'ada@example.com')).rejects.toThrow('is not the number of an account');
  await expect(printed('--login', '--json')).rejects.toThrow('argument is ambiguous');
});

test('npm run audit shows a login and what came of it, readable or as JSON, and goes on when it follows', async () => {
  const person = await Person.signUp(here());
  await logIn(here(), person, 'evil\u202e name');
  await logIn(here(), person);
  // A sign-up, and two logins: approved, issued, redeemed, with two keys.
  const told = await eventually('all is told', async () => {
    const about = await toldAbout(person.user.id, 'issued', 'redeemed', 'key_created');
    return about.length >= 11 ? about : null;
  });
  const first = told.find(({ event }) => event === 'redeemed');
  const login = first && 'login' in first ? first.login : '';
  const json = (await printed('--login', login, '--json')).map((line) => JSON.parse(line) as AuditRecord);
  expect(json.map(({ event }) => event)).toEqual([
    'started',
    'approved',
    'issued',
    'redeemed',
    'key_created',
    'key_created',
  ]);
  const lines = await printed('--login', login);
  expect(lines).toHaveLength(6);
  expect(lines.join()).toMatch(/Z {2}approved +login=\S+ {2}user=\d+ {2}address=127\.0\.0\.1/);
  expect(await printed('--user', String(person.user.id), '--since', '1h')).toHaveLength(11);

  const following = tool('--follow', '--user', String(person.user.id));
  let text = '';
  following.stdout.on('data', (chunk) => (text += String(chunk)));
  await eventually('it shows what is there', () => text.includes('signed_up'));
  await send(`${here()}/api/auth/login/`, { json: { email: person.email, password: 'no' } });
  await eventually('it shows what happens', () => text.includes('sign_in_failed'));
  following.kill();
});
