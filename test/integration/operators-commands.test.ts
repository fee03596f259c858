import { randomUUID } from 'node:crypto';
import { type Account, noFactors, SessionStore, totpOwner } from '@ravi/accounts';
import { generateApiKey, hashApiKey, keyOfGrant, keyPrefix } from '@ravi/credentials';
import { NotReplicated } from '@ravi/redis';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { sealKeptSecret } from '@ravi/sealing';
import { blockAccount, endAll, unblockAccount } from '../../tools/accounts/end.ts';
import { exportAccount } from '../../tools/accounts/export.ts';
import { findAccounts } from '../../tools/accounts/find.ts';
import { findKeys } from '../../tools/accounts/keys.ts';
import { createOperator } from '../../tools/accounts/operator.ts';
import { resealSecrets } from '../../tools/accounts/reseal.ts';
import { resetFactors } from '../../tools/accounts/reset-factors.ts';
import { makeResetLink } from '../../tools/accounts/reset-link.ts';
import { showAccount } from '../../tools/accounts/show.ts';
import { connectedRedis } from '../support/connected-redis.ts';
import { World } from '../support/credential-world.ts';
import { storesThatWait } from '../support/stores-that-wait.ts';

const { redis } = await connectedRedis();
const nowMs = Date.now();

/** An operator, and what there is of people. `mail`: the issuers send mails. */
function open({ mail = true, audit = true, recordsReplicas = 0 } = {}) {
  const world = new World(redis);
  const config = {
    publicUrl: 'https://login.example.com',
    auditEnabled: audit,
    programIdleMs: 86_400_000,
    recordsReplicas,
    keys: null,
    mail,
  };
  const operator = createOperator(redis, config, 'grace', { nowMs: () => nowMs }, world.prefix);
  const person = async (more = {}): Promise<Account> => {
    const input = {
      email: `${randomUUID()}@example.com`,
      firstName: 'Ada',
      lastName: 'Byron',
      passwordHash: 'hash',
      identityEmailDomain: 'agents.test',
      emailVerified: true,
      ...more,
    };
    const account = await operator.accounts.create(input, nowMs);
    if (account === null) throw new Error('The address is taken.');
    return account;
  };
  const ownerOf = async ({ id }: Account) => {
    const owner = await operator.accounts.read(id);
    if (owner === null) throw new Error('The account is gone.');
    return owner;
  };
  const again = async (account: Account) => (await ownerOf(account)).account;
  const events = async () => (await operator.auditReader.after('0')).map(({ record }) => record.event);
  const sessions = new SessionStore(redis, { idleSeconds: 1000, maxSeconds: 1000 }, world.prefix);
  const session = async (account: Account) => {
    const token = await sessions.open(account, { address: '192.0.2.1', userAgent: '' }, nowMs);
    return async () => (await sessions.read(token, nowMs)) !== null;
  };
  return { world, operator, person, ownerOf, again, events, session };
}

/** The jobs of the mails that wait for a person: what is told, and how often it is tried. */
async function mailJobsTo({ email }: Account) {
  const jobs = await Promise.all(
    (await redis.keys('{ravi}:mail:*')).map((key) => redis.hgetall(key).catch(() => null)),
  );
  return jobs.flatMap((job) => {
    const { to, kind } = JSON.parse(job?.['data'] ?? '{}') as Record<string, unknown>;
    return to === email ? [{ kind: String(kind), options: JSON.parse(job?.['opts'] ?? '{}') as object }] : [];
  });
}

/** What waits to be told to a person by mail. */
const mailsTo = async (account: Account) => (await mailJobsTo(account)).map(({ kind }) => kind);

/** Until it is called, no replica has anything. */
function withoutReplicas(...stores: { replicated: (...args: never[]) => Promise<void> }[]) {
  for (const store of stores) store.replicated = () => Promise.reject(new NotReplicated());
  return () => {
    for (const store of stores) Reflect.deleteProperty(store, 'replicated');
  };
}

test('whoever is blocked or unblocked is told so once, by one mail, and nothing becomes of an account that is not blocked', async () => {
  const { operator, person, again, events, session } = open();
  const account = await person();
  const name = `${account.id} (${account.email})`;
  const isOpen = await session(account);
  const needless = await unblockAccount(operator, account);
  expect(needless).toMatchObject({ exitCode: 0, text: `${name} is not blocked.` });
  expect(needless.documents).toEqual([{ done: 'unblocked', id: account.id, told: false }]);
  expect([await isOpen(), await events(), await mailsTo(account)]).toEqual([true, [], []]);

  const blocked = await blockAccount(operator, account);
  expect(blocked).toMatchObject({
    exitCode: 0,
    text: `${name} is blocked: nobody signs in. Its sessions, logins and keys have ended. They are told by mail.`,
    documents: [{ done: 'blocked', id: account.id, told: true }],
  });
  expect((await blockAccount(operator, await again(account))).documents).toEqual([
    { done: 'blocked', id: account.id, told: false },
  ]);
  expect([await isOpen(), await mailsTo(account)]).toEqual([false, ['accountBlocked']]);
  expect(await unblockAccount(operator, await again(account))).toMatchObject({
    exitCode: 0,
    text: `${name} may sign in again. What ended stays ended. They are told by mail.`,
    documents: [{ done: 'unblocked', id: account.id, told: true }],
  });
  expect((await mailsTo(account)).toSorted()).toEqual(['accountBlocked', 'accountUnblocked']);
  expect(await events()).toEqual(['account_blocked', 'account_blocked', 'account_unblocked']);
});

test('nobody is told where no mail is sent, or at an address that nobody confirmed, and the operator reads so', async () => {
  const unproven = { emailVerified: false };
  for (const [settings, more] of [
    [{ mail: false }, {}],
    [{}, unproven],
  ] as const) {
    const { operator, person } = open(settings);
    const account = await person(more);
    const { text, documents } = await blockAccount(operator, account);
    expect(text).toContain(
      'Nobody is told by mail: SMTP_URL is not set, the address is not confirmed, or Redis is full.',
    );
    expect(documents).toEqual([{ done: 'blocked', id: account.id, told: false }]);
    expect(await mailsTo(account)).toEqual([]);
  }
});

test('a notice that the mail server does not take is tried again for hours, as any other mail', async () => {
  const { operator, person } = open();
  const account = await person();
  await blockAccount(operator, account);
  expect(await mailJobsTo(account)).toEqual([
    {
      kind: 'accountBlocked',
      options: expect.objectContaining({
        attempts: 15,
        backoff: { type: 'exponential', delay: 1_000, jitter: 0.3 },
      }),
    },
  ]);
});

test('with RECORDS_REPLICAS each store of the tool waits for replicas before a change is told', async () => {
  // Nothing copies this Redis.
  const waiting = storesThatWait(open({ recordsReplicas: 1 }).operator);
  expect(waiting.map(([name]) => name)).toEqual(
    expect.arrayContaining(['accounts', 'factors', 'undos', 'sessions', 'grants', 'apiKeys']),
  );
  const waits = waiting.map(async ([name, wait]) => [name, await wait().catch((error: unknown) => error)]);
  expect(await Promise.all(waits)).toEqual(waiting.map(([name]) => [name, expect.any(NotReplicated)]));
});

test('with too few replicas a command fails, has told what it did, and ends well when it is run again', async () => {
  const { operator, person, again, events, session } = open();
  const account = await person();
  const passkey = { id: 'key', publicKey: 'key', counter: 0, name: 'a "key"', transports: [], addedAtMs: 1 };
  const passkeys = [{ ...passkey, lastUsedAtMs: null, backupEligible: true, backedUp: true }];
  await operator.factors.change(account.id, () => ({ kind: 'change', factors: { ...noFactors, passkeys } }));
  const isOpen = await session(account);
  const replicasBack = withoutReplicas(operator.accounts, operator.factors);
  await expect(resetFactors(operator, account)).rejects.toThrow('Too few replicas');
  expect([await isOpen(), await mailsTo(account)]).toEqual([false, ['factorsReset']]);
  await expect(resetFactors(operator, account)).rejects.toThrow('Too few replicas');
  await expect(blockAccount(operator, account)).rejects.toThrow('Too few replicas');
  await expect(unblockAccount(operator, await again(account))).rejects.toThrow('Too few replicas');
  await expect(unblockAccount(operator, await again(account))).rejects.toThrow('Too few replicas');
  await expect(endAll(operator, account)).rejects.toThrow('Too few replicas');
  await expect(makeResetLink(operator, account)).rejects.toThrow('Too few replicas');
  replicasBack();
  const none = { exitCode: 3, text: `${account.id} (${account.email}) has no second factor.` };
  expect(await resetFactors(operator, account)).toMatchObject(none);
  expect((await unblockAccount(operator, await again(account))).exitCode).toBe(0);
  expect((await mailsTo(account)).toSorted()).toEqual(['accountBlocked', 'accountUnblocked', 'factorsReset']);
  expect(await events()).toEqual([
    'factors_reset',
    'account_blocked',
    'account_unblocked',
    'all_ended',
    'reset_link_made',
  ]);
});

test('a command that dies after it removed the factors has ended the sessions with them', async () => {
  const { operator, person, session } = open();
  const account = await person();
  await operator.factors.change(account.id, () => ({
    kind: 'change',
    factors: {
      ...noFactors,
      totp: { sealedSecret: '1.sealed', lastStep: 7, addedAtMs: 1, lastUsedAtMs: null },
    },
  }));
  const isOpen = await session(account);
  operator.undos.drop = () => Promise.reject(new Error('killed'));
  await expect(resetFactors(operator, account)).rejects.toThrow('killed');
  expect([await operator.factors.read(account.id), await isOpen()]).toEqual([noFactors, false]);
});

test('secrets count as sealed anew once replicas have all of them, also those that were before', async () => {
  const { operator, person } = open();
  const account = await person();
  const keys = deriveServiceKeys(new Secret('the secret of the service now, so long'));
  const sealedSecret = sealKeptSecret('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', totpOwner(account.id), keys);
  const totp = { sealedSecret, lastStep: 7, addedAtMs: 1, lastUsedAtMs: null };
  await operator.factors.change(account.id, () => ({ kind: 'change', factors: { ...noFactors, totp } }));
  const sealing = { ...operator, keys };
  const replicasBack = withoutReplicas(operator.factors);
  await expect(resealSecrets(sealing)).rejects.toThrow('Too few replicas');
  replicasBack();
  expect((await resealSecrets(sealing)).text).toBe('0 secrets of authenticator apps are sealed anew.');
});

test('secrets of more accounts than are asked for at once count as sealed anew once replicas have each of them', async () => {
  const { world, operator } = open();
  const ids = Array.from({ length: 401 }, (_, index) => index + 1);
  const flags = ids.map((id) => ['hset', `${world.prefix}ravi:account:${id}`, 'second_factor', '1']);
  await redis.pipeline(flags).exec();
  const waited: number[] = [];
  const { factors } = operator;
  factors.replicated = async (id) => void waited.push(id);
  const keys = deriveServiceKeys(new Secret('the secret of the service now, so long'));
  expect((await resealSecrets({ ...operator, keys })).exitCode).toBe(0);
  expect(waited.toSorted((one, other) => one - other)).toEqual(ids);
});

test('of an account that went meanwhile each command says so, and exits with 3', async () => {
  const { operator, person, events } = open();
  const gone = { ...(await person()), id: 7 };
  for (const run of [blockAccount, endAll, makeResetLink])
    expect(await run(operator, gone)).toMatchObject({
      exitCode: 3,
      text: 'The account is gone.',
      documents: [],
    });
  expect(await unblockAccount(operator, { ...gone, blocked: true })).toMatchObject({ exitCode: 3 });
  expect(await events()).toEqual([]);
});

test('a one-time link is told with for whom it is and how long it works; none is made for who is blocked', async () => {
  const { operator, person } = open();
  const account = await person();
  const { exitCode, text, documents } = await makeResetLink(operator, account);
  const [{ url, expiresAt }] = documents as [{ url: string; expiresAt: string }];
  expect(url).toMatch(/^https:\/\/login\.example\.com\/reset\?link=\d+\.[\w-]{27}$/);
  expect([exitCode, text]).toEqual([
    0,
    `${url}\nFor ${account.email} alone: whoever opens it sets the password. ` +
      'It works once, for 60 minutes; a link that was made before works no longer.',
  ]);
  expect(Math.abs(Date.parse(expiresAt) - Date.now() - 3_600_000)).toBeLessThan(60_000);
  const refusals = [
    [{ ...account, blocked: true }, `${account.id} is blocked: unblock it first.`],
    [await person({ passwordHash: '' }), 'signs in through a provider: it has no password here.'],
  ] as const;
  for (const [whom, sentence] of refusals)
    expect(await makeResetLink(operator, whom)).toMatchObject({
      exitCode: 1,
      text: expect.stringContaining(sentence) as unknown,
      documents: [],
    });
});

test('accounts are shown a line each, without what would steer a terminal; who is blocked, and that there are more', async () => {
  const { operator, person, events } = open();
  const account = await person({ firstName: 'A\u001b[2Jda', lastName: '' });
  await blockAccount(operator, account);
  const [id, email] = [String(account.id).padEnd(16), account.email];
  const { text } = await findAccounts(operator, email.toUpperCase(), 1);
  expect(text).toBe(`${id}  ${email}  A\ufffd[2Jda  blocked`);
  const other = await person({ firstName: '', lastName: '' });
  expect((await findAccounts(operator, 'agents.test', 1)).text.split('\n')).toEqual([
    expect.any(String),
    'There are more: narrow the text, or take a higher --limit.',
  ]);
  expect((await findAccounts(operator, String(other.id), 1)).text).toBe(
    `${String(other.id).padEnd(16)}  ${other.email}`,
  );
  expect(await findAccounts(operator, 'nobody', 1)).toMatchObject({
    exitCode: 3,
    text: 'No account has this in its name or addresses.',
  });
  expect((await events()).filter((event) => event === 'accounts_searched')).toHaveLength(4);
});

test('AUDIT=off notes nothing', async () => {
  const { operator, person, ownerOf, events } = open({ audit: false });
  const owner = await ownerOf(await person());
  await Promise.all([showAccount(operator, owner), exportAccount(operator, owner)]);
  expect(await events()).toEqual([]);
});

describe('an API key that leaked', () => {
  const one = generateApiKey('management');
  const start = keyPrefix(one);

  /** A person with a login, and keys of it that begin alike. */
  async function withKeys(...keys: string[]) {
    const opened = open();
    const { world, operator } = opened;
    const { id, identity } = await world.person();
    const epoch = (await world.accounts.standing(id))?.account.epoch ?? '';
    const { grant } = world.issued(id, epoch, identity, 'account');
    const made = keys.map((key) =>
      keyOfGrant(grant, { hash: hashApiKey(key), kind: 'management', prefix: start, expiresAtMs: null }),
    );
    const keyIds = made.map(({ record }) => record.id);
    const place = world.accounts.epochPlace(id, epoch, identity);
    await operator.grants.add({ ...grant, keyIds }, made, place, nowMs);
    return { ...opened, id, keyIds };
  }

  test('is found by its kind and four characters, with what a scanner shows behind them, by all of it, and by its id', async () => {
    const { operator, id, keyIds } = await withKeys(one);
    const [keyId = ''] = keyIds;
    for (const text of [start, `${start}****`, `${start}…`, `${start}...`, one, keyId, keyId.toUpperCase()]) {
      const found = await findKeys(operator, text, false);
      expect([text, found.exitCode, found.documents]).toEqual([
        text,
        0,
        [expect.objectContaining({ id: keyId, kind: 'management', prefix: start, userId: id })],
      ]);
      expect(found.text).toMatch(new RegExp(`^${keyId}  ${start}  account ${id}  made \\S{19}  used -`));
      expect(JSON.stringify(found)).not.toContain(hashApiKey(one));
    }
  });

  test('is not looked for by less, or by what is no key; where none works, the operator reads so', async () => {
    const { operator, events } = await withKeys(one);
    const what =
      'This is no key of ours: give what it begins with, such as ravi_mgmt_ and four characters more';
    for (const text of ['', 'ravi_mgmt_', start.slice(0, -1), 'ghp_abcdef', `${start} x`, '7', '*'])
      expect(await findKeys(operator, text, true)).toMatchObject({
        exitCode: 1,
        text: expect.stringContaining(what) as unknown,
      });
    expect(await events()).toEqual([]);
    const none = { exitCode: 3, text: 'No living key begins so.', documents: [] };
    expect(await findKeys(operator, generateApiKey('identity'), true)).toMatchObject(none);
    expect(await findKeys(operator, randomUUID(), false)).toMatchObject(none);
    expect(await events()).toEqual(['keys_searched', 'keys_searched']);
  });

  test('is revoked alone: of several that begin so, only by its id', async () => {
    const { operator, id, keyIds, events } = await withKeys(one, generateApiKey('management'));
    const [keyId = '', other = ''] = keyIds;
    const several = await findKeys(operator, start, true);
    expect(several).toMatchObject({ exitCode: 1, documents: [] });
    expect(several.text).toMatch(/\nThese are several: revoke one by its id\.$/);
    for (const each of keyIds) expect(several.text).toContain(`${each}  ${start}  account ${id}`);
    expect(await findKeys(operator, keyId, true)).toMatchObject({
      exitCode: 0,
      text: `${keyId} of account ${id} is revoked, and with it every key that it made.`,
      documents: [{ done: 'revoked', id: keyId, userId: id }],
    });
    const replicasBack = withoutReplicas(operator.apiKeys);
    await expect(findKeys(operator, keyId, true)).rejects.toThrow('Too few replicas');
    replicasBack();
    expect((await findKeys(operator, one, true)).exitCode).toBe(3);
    expect((await events()).filter((event) => event === 'key_revoked')).toHaveLength(1);
    // The other one still works, and is the only one.
    expect((await findKeys(operator, start, true)).documents).toMatchObject([{ done: 'revoked', id: other }]);
  });
});
