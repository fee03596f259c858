import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { type AccountsRun, runAccounts, statusesOf } from '../support/accounts-tool.ts';
import { call, logIn } from '../support/logged-in.ts';
import { Person } from '../support/person.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';
import { allTold, toldAbout } from '../support/told.ts';

let deployment: SharedDeployment;
let redis: Redis;
beforeAll(async () => {
  deployment = await shareDeployment();
  redis = new Redis(deployment.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
});

const here = () => deployment.urls[0];
const accounts = (...args: string[]): Promise<AccountsRun> => runAccounts(deployment.redis.url, args);
const idOf = (person: Person) => String(person.user.id);
const opens = (credential: string) => statusesOf(deployment.urls, credential);

/** @shows leaked key */
test('a leaked key is found by its first characters or as a whole, and revoked with what it made', async () => {
  const person = await Person.signUp(here());
  const login = await logIn(here(), person);
  const { body: made } = await call<{ key: string }>(
    'POST',
    `${here()}/api/auth/keys/management/`,
    login.management_key,
    {},
  );
  const found = await accounts('key', `${login.management_key.slice(0, 16)}…`, '--json');
  expect(found.documents).toHaveLength(1);
  expect(found.documents[0]).toMatchObject({ userId: person.user.id, kind: 'management' });
  const whole = await runAccounts(deployment.redis.url, ['key', '-', '--json'], {
    input: `${login.management_key}\n`,
  });
  expect(whole.documents).toEqual(found.documents);

  const revoked = await accounts('key', login.management_key.slice(0, 14), '--revoke', '--by', 'scanner');
  expect([revoked.code, revoked.stderr]).toEqual([0, '']);
  for (const key of [login.management_key, made.key]) expect(await opens(key)).toEqual([401, 401]);
  expect(await opens(login.access)).toEqual([200, 200]);
  expect(await allTold(redis)).toContainEqual(
    expect.objectContaining({ event: 'key_revoked', key: found.documents[0]?.['id'], by: 'scanner' }),
  );
  expect((await accounts('key', login.management_key)).code).toBe(3);
});

test('an export tells all that is stored, and neither a secret nor a hash', async () => {
  const person = await Person.signUp(here());
  const login = await logIn(here(), person, 'Moon agent');
  await toldAbout(redis, person.user.id, 'signed_up');
  const { code, stdout } = await accounts('export', idOf(person));
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    account: {
      id: person.user.id,
      email: person.email,
      firstName: 'Test',
      signsInBy: 'password',
      emailVerified: false,
    },
    identities: [expect.objectContaining({ email: expect.any(String) })],
    sessions: [expect.objectContaining({ address: '127.0.0.1' })],
    logins: [expect.objectContaining({ clientName: 'Moon agent' })],
    apiKeys: expect.arrayContaining([expect.objectContaining({ kind: 'management' })]),
    events: expect.arrayContaining([expect.objectContaining({ event: 'signed_up' })]),
  });
  const stored = await redis.hgetall(`ravi:sign-in:${await signInHash(person.email)}`);
  const keyHashes = (await redis.keys('ravi:key:*')).map((key) => redis.hget(key, 'hash'));
  const session = (await redis.keys('ravi:session:*')).map((key) => key.slice('ravi:session:'.length));
  const secrets = [
    stored['password_hash'] ?? 'missing',
    // A key of another test may end meanwhile.
    ...(await Promise.all(keyHashes)).filter((hash) => hash !== null),
    ...session,
    login.refresh,
    login.management_key,
  ];
  for (const secret of secrets) expect(stdout).not.toContain(secret);
});

const signInHash = async (email: string) =>
  Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(email))).toString('base64url');

test('accounts are found by e-mail in any case, id, identity, and parts of names and addresses', async () => {
  const person = await Person.signUp(here());
  const { identity } = (await logIn(here(), person)) as { identity?: { email: string } };
  const whole = [person.email.toUpperCase(), idOf(person), identity?.email ?? '', person.email.slice(4, 30)];
  for (const text of whole) {
    const { documents } = await accounts('find', text, '--json');
    expect(documents.map(({ id }) => id)).toEqual([person.user.id]);
  }
  expect((await accounts('find', 'est pers', '--json', '--limit', '1')).documents).toHaveLength(2);
  expect((await accounts('find', randomUUID())).code).toBe(3);
});

test('a use that the tool does not know says so and exits with 2; Redis that is away with 1', async () => {
  // It is waited for; meanwhile the others run.
  const runAway = runAccounts('redis://127.0.0.1:1', ['show', '1']);
  for (const args of [
    [],
    ['destroy', '1'],
    ['show'],
    ['show', '1', '2'],
    ['block', '1', '--yes'],
    ['--what'],
  ])
    expect((await accounts(...args)).code).toBe(2);
  const away = await runAway;
  expect([away.code, away.stdout]).toEqual([1, '']);
  expect(away.stderr).toContain('Redis could not be used');
  const help = await accounts('--help');
  expect([help.code, help.stderr]).toEqual([0, '']);
});
