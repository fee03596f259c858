import { randomUUID } from 'node:crypto';
import { IdentityStore, noFactors, SessionStore } from '@ravi/accounts';
import type { StoredGrant } from '@ravi/credentials';
import { parseConfig } from '../../tools/accounts/config.ts';
import { exportAccount } from '../../tools/accounts/export.ts';
import { createOperator } from '../../tools/accounts/operator.ts';
import { loginData } from '../../tools/accounts/person-data.ts';
import { showAccount } from '../../tools/accounts/show.ts';
import { connectedRedis } from '../support/connected-redis.ts';
import { World } from '../support/credential-world.ts';

const { redis } = await connectedRedis();
const nowMs = Date.now();
const iso = new Date(nowMs).toISOString();
const at = iso.slice(0, 19);

/** A person with all that an account can have, and so many logins, each with two keys. */
async function open(logins: number) {
  const world = new World(redis);
  const config = parseConfig({ REDIS_URL: 'redis://127.0.0.1:1' });
  const operator = createOperator(redis, config, 'grace', { nowMs: () => nowMs }, world.prefix);
  const email = `${randomUUID()}@example.com`;
  const names = { email, firstName: 'Ada', lastName: 'By\u202eron', identityEmailDomain: 'agents.test' };
  const made = await operator.accounts.create(
    { ...names, passwordHash: 'a hash', emailVerified: true },
    nowMs,
  );
  const id = made?.id ?? 0;
  const identities = new IdentityStore(redis, world.prefix);
  const second = { name: 'At sea', email: 'sea@agents.test' };
  const added = await identities.add(id, second, { domain: 'agents.test', nowMs });
  if (added.kind !== 'written') throw new Error(added.kind);
  await identities.remove(id, added.identity.uuid, nowMs);
  const totp = { sealedSecret: '1.sealed', lastStep: 7, addedAtMs: nowMs, lastUsedAtMs: null };
  const passkey = {
    ...totp,
    id: 'key',
    publicKey: 'a public key',
    counter: 0,
    name: 'Phone',
    transports: [],
  };
  const passkeys = [{ ...passkey, lastUsedAtMs: nowMs, backupEligible: true, backedUp: true }];
  const factors = { ...noFactors, totp, passkeys, recoveryCodes: ['a hashed code', 'another hashed code'] };
  await operator.factors.change(id, () => ({ kind: 'change', factors }));
  const provider = { issuer: 'https://id.example.com', subject: 'ada at work', provider: 'corp' };
  await operator.linked.link({ ...provider, email: 'ada@corp.example', atMs: nowMs }, id);
  await operator.accounts.noteLanguage(id, 'de');
  const owner = await operator.accounts.read(id);
  if (owner === null) throw new Error('The account is gone.');
  const sessions = new SessionStore(redis, { idleSeconds: 1000, maxSeconds: 1000 }, world.prefix);
  await sessions.open(owner.account, { address: '192.0.2.1', userAgent: 'Firefox' }, nowMs);
  const [identity] = owner.identities;
  for (let count = 0; count < logins; count++)
    await world.redeem(id, owner.account.epoch, identity?.uuid ?? '', 'account');
  return { operator, owner, id, email, identity };
}

test('an operator sees what there is of an account, the logins that were used last, and nothing that steers a terminal', async () => {
  const { operator, owner, id, email, identity } = await open(11);
  const { text, documents } = await showAccount(operator, owner);
  const lines = text.split('\n');
  expect(lines.slice(0, 9)).toEqual([
    `${id}  ${email}  Ada By\ufffdron`,
    'signs in by password',
    'the e-mail address is confirmed',
    'second factors: an authenticator app, the passkey "Phone"; 2 recovery codes left',
    'identities: 1',
    `  ${identity?.email}  ${identity?.name}`,
    'sessions: 1',
    `  ${at}  192.0.2.1`,
    'logins: 11, the last used 10:',
  ]);
  for (const line of lines.slice(9, -1)) expect(line).toMatch(/^ {2}\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d {4}test$/);
  expect([lines.length, lines.at(-1)]).toEqual([20, 'API keys: 22']);
  expect(documents).toMatchObject([
    {
      id,
      blocked: false,
      signsInBy: 'password',
      secondFactors: {
        authenticatorApp: { addedAt: iso, lastUsedAt: null },
        passkeys: [{ name: 'Phone' }],
        recoveryCodesLeft: 2,
      },
      identities: [{ uuid: identity?.uuid }],
      sessions: [{ address: '192.0.2.1', userAgent: 'Firefox', startedAt: iso }],
      apiKeys: { management: 11, identity: 11 },
      logins: { total: 11 },
    },
  ]);
  const bare = { ...owner, account: { ...owner.account, blocked: true, emailVerified: false } };
  await operator.factors.change(id, () => ({ kind: 'change', factors: noFactors }));
  expect((await showAccount(operator, bare)).text.split('\n').slice(1, 4)).toEqual([
    'blocked: nobody signs in',
    'nobody confirmed the e-mail address',
    'no second factor',
  ]);
});

test('an export has all of it, however much there is, and no secret', async () => {
  const logins = 201;
  const { operator, owner, id, email, identity } = await open(logins);
  // More events than are read at a time, of which half are about somebody else.
  const shown = 260;
  for (let count = 0; count < shown; count++)
    await Promise.all([id, 7].map((user) => operator.note({ event: 'account_shown', user, by: 'grace' })));
  const { text, documents } = await exportAccount(operator, owner);
  const [document] = documents as [Record<string, unknown>];
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(document)));
  expect(document).toMatchObject({
    exportedAt: iso,
    account: {
      id,
      email,
      emailVerified: true,
      firstName: 'Ada',
      lastName: 'By\u202eron',
      blocked: false,
      language: 'de',
      createdAt: iso,
      signsInBy: 'password',
    },
    secondFactors: {
      authenticatorApp: { addedAt: iso, lastUsedAt: null },
      passkeys: [{ name: 'Phone', onSeveralDevices: true, addedAt: iso, lastUsedAt: iso }],
      recoveryCodesLeft: 2,
    },
    providers: [{ provider: 'corp', email: 'ada@corp.example', linkedAt: iso }],
    identities: [{ uuid: identity?.uuid, email: identity?.email }],
    keptBackAddresses: ['sea@agents.test'],
    sessions: [{ address: '192.0.2.1', userAgent: 'Firefox', startedAt: iso }],
  });
  const distinct = (name: string) =>
    new Set((document[name] as { readonly id: string }[]).map((entry) => entry.id)).size;
  expect([distinct('logins'), distinct('apiKeys')]).toEqual([logins, 2 * logins]);
  const events = document['events'] as { readonly event: string; readonly user: number }[];
  expect(new Set(events.map(({ user }) => user))).toEqual(new Set([id]));
  expect(events.map(({ event }) => event)).toEqual([
    ...Array<string>(shown).fill('account_shown'),
    'account_exported',
  ]);
  for (const secret of ['hash', '1.sealed', 'public key', 'ada at work', 'refresh'])
    expect(text.replaceAll('refreshedAt', '')).not.toContain(secret);
});

test('each time of a login is told as what it is', () => {
  const times = { createdAtMs: 1, refreshedAtMs: 2, lastUsedAtMs: 3, expiresAtMs: 4 };
  expect(loginData(times as StoredGrant)).toMatchObject({
    createdAt: '1970-01-01T00:00:00.001Z',
    refreshedAt: '1970-01-01T00:00:00.002Z',
    lastUsedAt: '1970-01-01T00:00:00.003Z',
    expiresAt: '1970-01-01T00:00:00.004Z',
  });
  expect(loginData({ ...times, refreshedAtMs: null } as StoredGrant).refreshedAt).toBeNull();
});

test('the settings of the tool are those of the services; without SECRET it has no keys, without SMTP_URL it tells nobody', () => {
  const REDIS_URL = 'redis://127.0.0.1:6379';
  expect(parseConfig({ REDIS_URL, PORT: '3100' })).toMatchObject({
    publicUrl: 'http://localhost:3100',
    auditEnabled: true,
    programIdleMs: 365 * 86_400_000,
    recordsReplicas: 0,
    keys: null,
    mail: false,
  });
  const config = parseConfig({
    REDIS_URL,
    PUBLIC_URL: 'https://login.example.com',
    SECRET: 'the secret of the service, which is long: 93',
    AUDIT: 'off',
    PROGRAM_IDLE_DAYS: '11',
    RECORDS_REPLICAS: '2',
    SMTP_URL: 'smtp://mail.example.com',
  });
  expect(config).toMatchObject({
    publicUrl: 'https://login.example.com',
    auditEnabled: false,
    programIdleMs: 11 * 86_400_000,
    recordsReplicas: 2,
    mail: true,
  });
  expect(config.keys).not.toBeNull();
  expect(() => parseConfig({ REDIS_URL: 'localhost', RECORDS_REPLICAS: '11', AUDIT: 'maybe' })).toThrow(
    /AUDIT: [^]*RECORDS_REPLICAS: /,
  );
});
