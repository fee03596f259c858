import { createHash, randomUUID } from 'node:crypto';
import {
  AccountLinks,
  AccountStore,
  EmailMoves,
  IdentityStore,
  ResetLinks,
  linkMs,
  SessionStore,
  ToldOnce,
} from '@ravi/accounts';
import { generateApiKey, type Grant, GrantStore, hashApiKey, keyOfGrant } from '@ravi/credentials';
import { connectRedis, type RedisClient, scanKeys, waitUntilReady } from '@ravi/redis';
import { AccountDeletion } from '../../services/api/src/account/account-deletion.ts';
import { atBest } from '../support/at-best.ts';
import { redisWith } from '../support/redis-with.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { deleteAccount } from '../../tools/accounts/delete.ts';
import { blockAccount, unblockAccount } from '../../tools/accounts/end.ts';
import { findAccounts } from '../../tools/accounts/find.ts';
import { createOperator, type Operator } from '../../tools/accounts/operator.ts';

let server: TestRedis;
let redis: RedisClient;
let prefix: string;
let operator: Operator;
beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis({ kind: 'single', url: server.url }, 'tool', 'test');
  await waitUntilReady(redis, 60_000);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(() => {
  prefix = `test:${randomUUID()}:`;
  operator = operatorOn(redis);
});

const clock = { nowMs: () => Date.now() };

function operatorOn(client: RedisClient): Operator {
  const config = {
    publicUrl: 'http://login.localhost:3000',
    auditEnabled: true,
    programIdleMs: 86_400_000,
    recordsReplicas: 0,
    keys: null,
    mail: false,
  };
  return createOperator(client, config, 'grace', clock, prefix);
}

async function person(firstName = 'Ada', passwordHash = 'hash') {
  const account = await operator.accounts.create(
    {
      email: `${randomUUID()}@example.com`,
      firstName,
      lastName: 'B',
      identityEmailDomain: 'agents.test',
      passwordHash,
    },
    Date.now(),
  );
  if (!account) throw new Error('The address was taken.');
  return account;
}

/** A program collects a login of the account, which brings a key. Resolves to whether its approval still stood. */
async function collect(account: { id: number; epoch: string }): Promise<boolean> {
  const grants = new GrantStore(redis, { prefix });
  const place = new AccountStore(redis, prefix).epochPlace(account.id, account.epoch, '');
  const key = { kind: 'management', prefix: 'ravi_mgmt_abcd', expiresAtMs: null } as const;
  const grant: Grant = {
    id: randomUUID(),
    userId: account.id,
    accountEpoch: account.epoch,
    clientId: 'ravi-device',
    clientName: 'agent of Ada',
    address: '192.0.2.1',
    userAgent: 'agent',
    createdAtMs: Date.now(),
    identityUuid: '',
    scope: 'account',
    requestedScope: '',
    resource: '',
    keyThumbprint: '',
    refreshJti: randomUUID(),
    refreshExpiresAtMs: Date.now() + 86_400_000,
    keyIds: [],
    expiresAtMs: null,
  };
  const made = keyOfGrant(grant, { ...key, hash: hashApiKey(generateApiKey('management')) });
  const { stands } = await grants.add({ ...grant, keyIds: [made.record.id] }, [made], place, Date.now());
  if (!stands) await grants.end(grant.id, account.id, 'revoked');
  return stands;
}

/** So many logins of an account. */
async function logIn(account: { id: number; epoch: string }, count: number): Promise<void> {
  for (let done = 0; done < count; done += 500)
    await Promise.all(Array.from({ length: Math.min(500, count - done) }, () => collect(account)));
}

async function everyKey(): Promise<string[]> {
  const all = new Set<string>();
  for await (const keys of scanKeys(redis, `${prefix}*`)) for (const key of keys) all.add(key);
  return [...all];
}

/** All keys but the audit log and the addresses that are kept back. */
const lasting = async () =>
  (await everyKey()).filter((key) => !/:audit$|:identity-email:/.test(key.slice(prefix.length - 1)));

const logins = process.env['RAVI_SLOW_TESTS'] === '1' ? 20_000 : 5_000;

test(`an account with ${logins} logins is deleted in small steps, and Redis serves others meanwhile`, async () => {
  const maxMs = 1_000;
  expect(await atBest(maxMs, slowestAnswerMs)).toBeLessThan(maxMs);
});

/** What the slowest answer of Redis to somebody else took while an account was deleted. */
async function slowestAnswerMs(): Promise<number> {
  prefix = `test:${randomUUID()}:`;
  operator = operatorOn(redis);
  const [account, other] = [await person(), await person()];
  await logIn(account, logins);
  await logIn(other, 1);
  const before = await everyKey();
  expect(before.length).toBeGreaterThan(2 * logins);
  let slowestMs = 0;
  const over = new AbortController();
  const another = connectRedis({ kind: 'single', url: server.url }, 'tool', 'test');
  await waitUntilReady(another, 60_000);
  const asking = (async () => {
    while (!over.signal.aborted) {
      const startedAt = performance.now();
      await another.get('nothing');
      slowestMs = Math.max(slowestMs, performance.now() - startedAt);
    }
  })();
  const result = await deleteAccount(operator, account);
  over.abort();
  await asking;
  another.disconnect();
  expect(result.exitCode).toBe(0);
  const left = await lasting();
  expect(left.filter((key) => key.includes(String(account.id)))).toEqual([]);
  // The account, its way to sign in, one grant, one key, and the two lists of these.
  expect(left).toHaveLength(6);
  return slowestMs;
}

test('programs that collect their logins while the account is removed, and after, get nothing and leave nothing', async () => {
  const account = await person();
  await logIn(account, 200);
  const removeFrom = operator.traces.removeFrom.bind(operator.traces);
  const collected: Promise<boolean>[] = [];
  operator.traces.removeFrom = (...step) => {
    collected.push(collect(account), collect(account));
    return removeFrom(...step);
  };
  await deleteAccount(operator, account);
  collected.push(collect(account));
  expect(new Set(await Promise.all(collected))).toEqual(new Set([false]));
  expect(await lasting()).toEqual([]);
});

test('a deletion that was interrupted is repeated by the same command, and until then nothing of the account works', async () => {
  const account = await person();
  await logIn(account, 20);
  const dying = operatorOn(redis);
  dying.traces.removeFrom = () => Promise.reject(new Error('killed'));
  await expect(deleteAccount(dying, account)).rejects.toThrow('killed');
  expect((await operator.accounts.read(account.id))?.account).toMatchObject({ blocked: true });
  expect((await operator.accounts.standing(account.id))?.account.epoch).not.toBe(account.epoch);
  const again = await operator.directory.named(String(account.id));
  if (again === null) throw new Error('It cannot be named any more.');
  expect((await deleteAccount(operator, again)).exitCode).toBe(0);
  expect(await lasting()).toEqual([]);
  expect((await deleteAccount(operator, again)).exitCode).toBe(3);
});

test('whoever dies when the account itself is removed leaves no address that nobody can sign up with again', async () => {
  const account = await person();
  const unlink = async ([key]: readonly unknown[], real: () => Promise<unknown>) => {
    const removed = await real();
    if (key === `${prefix}ravi:account:${account.id}`) throw new Error('killed');
    return removed;
  };
  const dying = operatorOn(redisWith(redis, { unlink }));
  await expect(deleteAccount(dying, account)).rejects.toThrow('killed');
  expect(await operator.accounts.read(account.id)).toBeNull();
  const { email, firstName, lastName } = account;
  const input = { email, firstName, lastName, identityEmailDomain: 'agents.test', passwordHash: 'hash' };
  expect(await operator.accounts.create(input, Date.now())).toMatchObject({ email });
});

test('whoever dies in a deletion, an operator or an api, leaves it to the next process, which finishes it; one that was taken back stays', async () => {
  const [ada, grace, kept, other] = [
    await person(),
    await person('Grace'),
    await person('Kept'),
    await person(),
  ];
  const dying = operatorOn(redis);
  dying.traces.removeFrom = () => Promise.reject(new Error('killed'));
  for (const account of [ada, kept]) await expect(deleteAccount(dying, account)).rejects.toThrow('killed');
  await operator.accounts.end(kept.id, 'sessions', 'unblock');
  const noted: number[] = [];
  const api = () =>
    new AccountDeletion({
      redis,
      accountStore: operator.accounts,
      resetLinks: operator.resetLinks,
      deletions: operator.deletions,
      toldOnce: new ToldOnce(redis, prefix),
      audit: { note: (event) => void noted.push('user' in event ? (event.user ?? 0) : 0) },
      mails: { tellAt: () => undefined },
      logger: { info: () => undefined, warn: () => undefined },
      prefix,
    });
  const killed = api();
  operator.resetLinks.drop = () => Promise.reject(new Error('killed'));
  await expect(killed.delete(grace, { address: '', userAgent: '', language: '' }, 'a form')).rejects.toThrow(
    'killed',
  );
  Reflect.deleteProperty(operator.resetLinks, 'drop');
  // While the process that deletes may still be at work, no other one takes the deletion.
  await api().finishInterrupted();
  expect(await operator.accounts.read(ada.id)).not.toBeNull();
  const letPass = ({ id }: { readonly id: number }) =>
    redis.zadd(`${prefix}ravi:deletions`, 'XX', 'INCR', -301_000, String(id));
  for (const account of [ada, grace, kept]) await letPass(account);
  // A sign of life lets them wait again.
  await operator.deletions.note(ada.id);
  await api().finishInterrupted();
  expect(await operator.accounts.read(ada.id)).not.toBeNull();
  expect(await operator.accounts.read(grace.id)).toBeNull();
  await letPass(ada);
  // Before its first step: it has not begun.
  await operator.deletions.note(other.id);
  await letPass(other);
  await Promise.all([api().finishInterrupted(), api().finishInterrupted()]);
  expect(await redis.exists(`${prefix}ravi:deletions`)).toBe(0);
  // Of the other one it was noted before.
  expect(noted).toEqual([grace.id]);
  for (const { id, email } of [ada, grace])
    expect([await operator.accounts.read(id), await operator.accounts.userIdOf(email)]).toEqual([null, null]);
  for (const { id } of [kept, other])
    expect((await operator.accounts.read(id))?.account).toMatchObject({ blocked: false });
});

test('the operator is told how many records went with the account', async () => {
  const account = await person();
  await logIn(account, 3);
  const sessions = new SessionStore(redis, { idleSeconds: 100, maxSeconds: 100 }, prefix);
  const opened = async (of: typeof account) => sessions.open(of, { address: '', userAgent: '' }, Date.now());
  await opened(account);
  const other = await person();
  // A form that changes the token of a session leaves a note for a minute.
  const rotated = async (of: typeof account) => sessions.rotate(await opened(of), Date.now(), 'a form');
  await rotated(account);
  const stays = (await rotated(other)) ?? '';
  const atProvider = (subject: string) => {
    return { issuer: 'https://one.example.com', subject, provider: 'one', email: '', atMs: 1 };
  };
  await operator.linked.link(atProvider('ada'), account.id);
  await operator.linked.link(atProvider('grace'), other.id);
  const { documents, text } = await deleteAccount(operator, account);
  // Three logins, their keys, two sessions, a list of each kind, and a link to a provider.
  expect(documents).toEqual([expect.objectContaining({ id: account.id, removed: 3 + 3 + 2 + 3 + 1 })]);
  expect(text).toContain('with 12 records');
  // What others have stays.
  expect((await sessions.read(stays, Date.now()))?.account.id).toBe(other.id);
  expect((await operator.linked.find(atProvider('grace')))?.id).toBe(other.id);
});

test('a deletion is told once replicas know that nothing leads to the account any more', async () => {
  const account = await person();
  const known: unknown[] = [];
  operator.accounts.replicated = async (id, beside) =>
    void known.push([id, beside, await operator.accounts.userIdOf(account.email)]);
  expect((await deleteAccount(operator, account)).exitCode).toBe(0);
  expect(known).toEqual([[account.id, { email: account.email }, null]]);
});

test('an address to which the account was just moving becomes free with it, and a change that comes late leaves nothing', async () => {
  const account = await person();
  const wanted = `${randomUUID()}@example.com`;
  const links = new AccountLinks(redis, prefix);
  const look = await operator.accounts.read(account.id);
  const moves = new EmailMoves(redis, { read: () => Promise.resolve(look) }, links, prefix);
  await moves.want(account.id, wanted);
  const token = (await links.make('address', account.id, wanted)) ?? '';
  // A move that dies between taking the address and moving there leaves this.
  const hash = createHash('sha256').update(wanted).digest('base64url');
  await redis.hset(`${prefix}ravi:sign-in:${hash}`, 'user_id', account.id, 'password_hash', 'hash');
  expect(await operator.accounts.userIdOf(wanted)).toBe(account.id);
  const { documents } = await deleteAccount(operator, account);
  expect(documents).toEqual([expect.objectContaining({ removed: 1 })]);
  expect(await operator.accounts.userIdOf(wanted)).toBeNull();
  expect(await moves.want(account.id, wanted)).toBe(false);
  expect((await moves.move(token)).kind).toBe('bad');
  expect(await lasting()).toEqual([]);
});

test('what somebody else got meanwhile stays: an address that is theirs now, and a way to sign in', async () => {
  const account = await person();
  const email = account.email;
  await redis.del(...(await everyKey()).filter((key) => key.includes(':sign-in:')));
  const input = { email, firstName: 'New', lastName: 'Owner', identityEmailDomain: 'agents.test' };
  const newcomer = await operator.accounts.create({ ...input, passwordHash: 'theirs' }, Date.now());
  await deleteAccount(operator, account);
  expect((await operator.accounts.findSignIn(email))?.userId).toBe(newcomer?.id);
  expect((await operator.accounts.read(newcomer?.id ?? 0))?.identities).toHaveLength(1);
});

test('addresses that were given up before are kept back no longer than they were', async () => {
  const account = await person();
  const [identity] = (await operator.accounts.read(account.id))?.identities ?? [];
  const address = `${prefix}ravi:identity-email:${identity?.email}`;
  const earlier = `${prefix}ravi:identity-email:earlier@agents.test`;
  await redis.set(earlier, account.id, 'PX', 5_000);
  await deleteAccount(operator, account);
  expect(await redis.pttl(earlier)).toBeLessThanOrEqual(5_000);
  expect(await redis.pttl(address)).toBeGreaterThan(29 * 86_400_000);
});

test('the addresses that an account gave up leave with it: what is kept back names them one by one, and no list of them stays', async () => {
  const account = await person();
  const identities = new IdentityStore(redis, prefix);
  const [identity] = (await operator.accounts.read(account.id))?.identities ?? [];
  await identities.change(account.id, identity?.uuid ?? '', { email: 'next@agents.test' }, Date.now());
  expect((await lasting()).filter((key) => key.includes('given-up'))).toHaveLength(1);
  await deleteAccount(operator, account);
  expect(await lasting()).toEqual([]);
  expect(await redis.exists(`${prefix}ravi:identity-email:${identity?.email}`)).toBe(1);
});

test('a search looks at every account, tells each once, and says where there are more', async () => {
  const names = await Promise.all(Array.from({ length: 30 }, () => person('Grace Hopper')));
  await person('Ada');
  const all = await findAccounts(operator, 'hopper', 50);
  expect(all.documents).toHaveLength(names.length);
  const some = await findAccounts(operator, 'HOPPER', 10);
  expect(some.documents).toHaveLength(11);
  expect(some.documents.at(-1)).toEqual({ more: true });
  // Their identities' addresses all have it.
  expect((await findAccounts(operator, 'agents.test', 50)).documents).toHaveLength(31);
});

describe('a reset link', () => {
  test('sets one password at most, however often it is used at once', async () => {
    const account = await person();
    const links = new ResetLinks(redis, operator.accounts, prefix);
    const made = await links.make(account, 'mail');
    if (made.kind !== 'made') throw new Error(made.kind);
    const uses = await Promise.all(
      Array.from({ length: 10 }, (_, at) => links.spend(made.token, `hash-${at}`)),
    );
    expect(uses.filter((use) => use !== null)).toEqual([expect.objectContaining({ by: 'mail' })]);
    const won = uses.findIndex((use) => use !== null);
    expect((await operator.accounts.findSignIn(account.email))?.passwordHash).toBe(`hash-${won}`);
  });

  test('is over after an hour, and is none for another account', async () => {
    const [account, other] = [await person(), await person()];
    const made = await operator.resetLinks.make(account, 'operator');
    if (made.kind !== 'made') throw new Error(made.kind);
    expect(Math.abs(made.expiresAtMs - Date.now() - linkMs)).toBeLessThan(60_000);
    const [, secret = ''] = made.token.split('.');
    expect(await operator.resetLinks.find(`${other.id}.${secret}`)).toBeNull();
    expect(await operator.resetLinks.find(`${account.id}.${secret}x`)).toBeNull();
    expect((await operator.resetLinks.find(made.token))?.account.id).toBe(account.id);
    const [record = ''] = await Promise.all(
      (await everyKey())
        .filter((key) => key.includes(':sign-in:'))
        .map(async (key) => ((await redis.hget(key, 'user_id')) === String(account.id) ? key : '')),
    ).then((keys) => keys.filter(Boolean));
    await redis.hset(record, 'link_until', Date.now() - 1);
    expect(await operator.resetLinks.spend(made.token, 'hash')).toBeNull();
  });

  test('ends for good when its account is blocked, and does not come back when that ends', async () => {
    const account = await person();
    const made = await operator.resetLinks.make(account, 'mail');
    if (made.kind !== 'made') throw new Error(made.kind);
    expect(await operator.resetLinks.find(made.token)).not.toBeNull();
    expect((await blockAccount(operator, account)).exitCode).toBe(0);
    expect((await unblockAccount(operator, { ...account, blocked: true })).text).toContain('sign in again');
    expect(await operator.resetLinks.find(made.token)).toBeNull();
    expect(await operator.resetLinks.spend(made.token, 'hash')).toBeNull();
  });

  test('is not made for who signs in through a provider, nor for an account that is gone', async () => {
    const account = await person('Ada', '');
    expect(await operator.resetLinks.make(account, 'operator')).toEqual({ kind: 'noPassword' });
    expect(await operator.resetLinks.make({ ...account, id: 7 }, 'operator')).toEqual({ kind: 'unknown' });
  });
});
