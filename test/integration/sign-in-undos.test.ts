import { randomUUID } from 'node:crypto';
import {
  type Account,
  AccountLinks,
  AccountStore,
  EmailMoves,
  FactorStore,
  LinkedAccounts,
  noFactors,
  SignInUndos,
  ToldOnce,
  undoMs,
} from '@ravi/accounts';
import { NotReplicated, type RedisClient } from '@ravi/redis';
import { NewerFormat } from '@ravi/runtime';
import { SignInUndo } from '../../services/api/src/people/sign-in-undo.ts';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis } = await connectedRedis();
const accounts = new AccountStore(redis);
const linked = new LinkedAccounts(redis, accounts);
const factorStore = new FactorStore(redis);
const undos = new SignInUndos(redis);
const nowMs = Date.now();
const totp = { sealedSecret: '1.sealed', lastStep: 7, addedAtMs: 1, lastUsedAtMs: null };
const anybody = () => true;

async function read(id: number): Promise<Account> {
  const found = await accounts.read(id);
  if (found === null) throw new Error('There is no such account.');
  return found.account;
}

async function person(): Promise<Account> {
  const input = { email: `${randomUUID()}@example.com`, firstName: '', lastName: '', emailVerified: true };
  const made = await accounts.create(
    { ...input, identityEmailDomain: 'agents.example.com', passwordHash: 'hash' },
    nowMs,
  );
  if (made === null) throw new Error('The address is taken.');
  return made;
}

const subject = (provider: string) => ({
  issuer: `https://${provider}.example.com`,
  subject: randomUUID(),
  provider,
  email: '',
  atMs: nowMs,
});
const namesOf = async (id: number) => (await linked.links(id)).map(({ provider }) => provider);
const setFactors = (id: number, factors: object) =>
  factorStore.change(id, () => ({ kind: 'change', factors: { ...noFactors, ...factors } }));

/** A link that puts back how the account signs in now. */
async function linkTo(account: Account, atMs = nowMs): Promise<string> {
  const id = await undos.note(await read(account.id), atMs);
  return (id && (await undos.makeLink(account.id, id, atMs))) ?? '';
}

const putBack = async (link: string, atMs: number) => (await undos.putBack(link, atMs, 'sessions')).kind;

/** A connection on which something else happens before a script, or on which the process dies once the script has run. */
function interrupted({
  before = async () => {},
  dies = false,
}: {
  before?: () => Promise<unknown>;
  dies?: boolean;
}) {
  return new Proxy(redis, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        const isScript = name === 'evalsha' || name === 'eval';
        if (isScript) await before();
        const reply: unknown = await (member as (...all: unknown[]) => unknown).apply(target, args);
        if (isScript && dies) throw new Error('The process died.');
        return reply;
      };
    },
  });
}
const undosOn = (connection: RedisClient) => new SignInUndos(connection);

/** @shows ASVS V7.4.3 */
test('a link puts back factors and providers as they were before the change, ends all sessions and every other such link', async () => {
  const account = await person();
  const [own, thiefs] = [subject('own'), subject('thiefs')];
  await linked.link(own, account.id);
  await setFactors(account.id, { totp, recoveryCodes: ['a hash'] });
  const [ownLink] = await linked.links(account.id);
  const first = await linkTo(account);
  await linked.link(thiefs, account.id);
  const second = await linkTo(account);
  await linked.unlink(account.id, ownLink?.id ?? '', anybody);
  await setFactors(account.id, { totp: { ...totp, sealedSecret: '1.thiefs' }, recoveryCodes: ['another'] });
  const { sessionsEpoch, epoch } = await read(account.id);
  expect(await undos.find(first, nowMs)).toEqual({
    userId: account.id,
    changedAtMs: nowMs,
    changes: {
      passkeysAdded: 0,
      passkeysRemoved: 0,
      app: null,
      recoveryCodes: 'made',
      recoveryCodesUsed: 0,
      linked: ['thiefs'],
      unlinked: ['own'],
    },
  });
  expect(JSON.stringify(await redis.hgetall(`ravi:account:${account.id}`))).not.toContain(first);

  const twins = await Promise.all([putBack(first, nowMs), putBack(first, nowMs)]);
  expect(twins.toSorted()).toEqual(['putBack', 'sentAgain']);
  expect(await namesOf(account.id)).toEqual(['own']);
  expect((await linked.find(own))?.id).toBe(account.id);
  expect(await linked.find(thiefs)).toBeNull();
  expect(await factorStore.read(account.id)).toMatchObject({ totp, recoveryCodes: ['a hash'] });
  const now = await read(account.id);
  expect(Number(now.sessionsEpoch)).toBeGreaterThan(Number(sessionsEpoch));
  expect([now.epoch, now.hasSecondFactor]).toEqual([epoch, true]);
  expect([await putBack(first, nowMs), await putBack(second, nowMs)]).toEqual(['sentAgain', 'over']);
  // It lasts, and does not end with a reservation.
  const keys = await redis.keys('ravi:external:*');
  const kept = (await Promise.all(keys.map((key) => redis.get(key)))).indexOf(String(account.id));
  expect(await redis.ttl(keys[kept] ?? '')).toBe(-1);
});

test('putting back ends the change of address that a thief wanted, and the link that they have to it', async () => {
  const account = await person();
  const links = new AccountLinks(redis);
  const moves = new EmailMoves(redis, accounts, links);
  const good = await linkTo(account);
  const thiefs = `${randomUUID()}@example.com`;
  await moves.want(account.id, thiefs);
  const address = (await links.make('address', account.id, thiefs)) ?? '';
  expect(await links.find('address', address)).not.toBeNull();
  expect(await putBack(good, nowMs)).toBe('putBack');
  expect([await moves.wanted(account.id), await links.find('address', address)]).toEqual([null, null]);
  expect(await moves.move(address)).toEqual({ kind: 'bad' });
  expect((await read(account.id)).email).toBe(account.email);
});

test('nothing is put back by a link that is over, that another one replaced, of an account that is blocked, or after a reset', async () => {
  const account = await person();
  await setFactors(account.id, { totp });
  const id = (await undos.note(account, nowMs)) ?? '';
  const replaced = (await undos.makeLink(account.id, id, nowMs)) ?? '';
  const good = (await undos.makeLink(account.id, id, nowMs)) ?? '';
  await setFactors(account.id, { totp: { ...totp, lastStep: 8 } });
  const late = nowMs + undoMs;
  expect(await undos.makeLink(account.id, id, late)).toBeNull();
  expect([
    await putBack(replaced, nowMs),
    await putBack(good, late),
    await putBack(`${good}x`, nowMs),
    await putBack('', nowMs),
  ]).toEqual(['over', 'over', 'over', 'over']);
  await accounts.end(account.id, 'everything', 'block');
  expect(await putBack(good, nowMs)).toBe('over');
  await accounts.end(account.id, 'everything', 'unblock');
  expect(await undos.find(good, nowMs)).not.toBeNull();
  await undos.drop(account.id);
  expect([await undos.find(good, nowMs), (await factorStore.read(account.id)).totp?.lastStep]).toEqual([
    null,
    8,
  ]);
});

test('it never takes the second step away, nor somebody at a provider from the account where they are now', async () => {
  const [account, other] = [await person(), await person()];
  const [own, kept] = [subject('own'), subject('kept')];
  await linked.link(own, account.id);
  await linked.link(kept, account.id);
  const link = await linkTo(account);
  const [first] = await linked.links(account.id);
  await linked.unlink(account.id, first?.id ?? '', anybody);
  await linked.link(own, other.id);
  await setFactors(account.id, { totp });
  expect(await putBack(link, nowMs)).toBe('putBack');
  expect((await linked.find(own))?.id).toBe(other.id);
  expect(await namesOf(account.id)).toEqual(['kept']);
  expect(await factorStore.read(account.id)).toMatchObject({ totp });
  expect((await read(account.id)).hasSecondFactor).toBe(true);
});

test('the ten oldest states of a week are kept: many changes push none of them out, and what is as before takes no room', async () => {
  const account = await person();
  await setFactors(account.id, { totp });
  const first = await undos.note(account, nowMs);
  expect(await undos.note(account, nowMs + 1)).toBe(first);
  const ids = new Set([first]);
  for (let change = 1; change < 15; change++) {
    await setFactors(account.id, { totp: { ...totp, lastStep: 100 + change } });
    ids.add(await undos.note(account, nowMs + change));
  }
  expect(ids.size).toBe(10);
  const link = (await undos.makeLink(account.id, first ?? '', nowMs)) ?? '';
  expect(await putBack(link, nowMs)).toBe('putBack');
  expect((await factorStore.read(account.id)).totp?.lastStep).toBe(7);
  // After a week there is room again.
  await undos.note(await read(account.id), nowMs);
  const laterId = await undos.note(await read(account.id), nowMs + undoMs);
  const stored = await redis.hget(`ravi:account:${account.id}`, 'undos');
  expect(stored?.match(/"id":/g)).toHaveLength(1);
  expect(stored).toContain(laterId ?? 'none');
});

test('only who is signed in now has a state kept; of an account that is gone nothing is kept, and a newer format is left alone', async () => {
  const account = await person();
  await accounts.end(account.id, 'sessions');
  expect(await undos.note(account, nowMs)).toBeNull();
  const gone = { ...account, id: account.id + 1 };
  expect(await undos.note(gone, nowMs)).toBeNull();
  expect(await redis.exists(`ravi:account:${gone.id}`)).toBe(0);
  await redis.hset(`ravi:account:${account.id}`, 'undos', JSON.stringify({ v: 99, undos: [] }));
  await expect(undos.note(await read(account.id), nowMs)).rejects.toThrow(NewerFormat);
});

test('with everything ends what the account granted, in the same write; whom a process put back that died then stays inside', async () => {
  const account = await person();
  const own = subject('own');
  await linked.link(own, account.id);
  const link = await linkTo(account);
  const [first] = await linked.links(account.id);
  await linked.unlink(account.id, first?.id ?? '', anybody);
  const dying = undosOn(interrupted({ dies: true }));
  await expect(dying.putBack(link, nowMs, 'everything')).rejects.toThrow('died');
  const now = await read(account.id);
  expect(Number(now.epoch)).toBeGreaterThan(Number(account.epoch));
  expect(now.epoch).toBe(now.sessionsEpoch);
  expect(await redis.ttl(`ravi:external:${first?.id}`)).toBe(-1);
  expect((await linked.find(own))?.id).toBe(account.id);
  expect(await putBack(link, nowMs)).toBe('sentAgain');
});

test('another change that is noted in the same moment ends no link that is good', async () => {
  const account = await person();
  await setFactors(account.id, { totp });
  const link = await linkTo(account);
  await setFactors(account.id, { totp: { ...totp, lastStep: 8 } });
  let notes = 0;
  const before = async () => notes++ === 0 && undos.note(await read(account.id), nowMs);
  expect(await undosOn(interrupted({ before })).putBack(link, nowMs, 'sessions')).toEqual({
    kind: 'putBack',
    userId: account.id,
    endedEpoch: '',
  });
  expect((await factorStore.read(account.id)).totp?.lastStep).toBe(7);
});

test('a link whose states go in the moment in which it is spent put nothing back, and the same form again is not told that it did', async () => {
  const account = await person();
  await setFactors(account.id, { totp });
  const link = await linkTo(account);
  await setFactors(account.id, { totp: { ...totp, lastStep: 8 } });
  // As a reset of the password does.
  const late = undosOn(interrupted({ before: () => undos.drop(account.id) }));
  expect((await late.putBack(link, nowMs, 'everything')).kind).toBe('over');
  expect([await putBack(link, nowMs), await undos.putBackBefore(link, nowMs)]).toEqual(['over', null]);
  const { totp: now } = await factorStore.read(account.id);
  expect([now?.lastStep, (await read(account.id)).epoch]).toEqual([8, account.epoch]);
  // What was put back is told so for a minute, of the link that did it.
  const good = await linkTo(account);
  expect(await putBack(good, nowMs)).toBe('putBack');
  const minuteLater = Date.now() + 60_000;
  expect([await putBack(good, nowMs), await putBack(good, minuteLater), await putBack(link, nowMs)]).toEqual([
    'sentAgain',
    'over',
    'over',
  ]);
});

const origin = { address: '192.0.2.1', userAgent: '', language: '' };

/** The form of the page; `replicated` and `isBlocked` say what replicas and a look at the account tell. */
function undoForm(replicated = async () => {}, isBlocked = () => false) {
  const told: unknown[] = [];
  const form = new SignInUndo({
    signInUndos: new SignInUndos(redis, '', { redis, replicated }),
    toldOnce: new ToldOnce(redis),
    accountStore: {
      read: async (id) => {
        const owner = await accounts.read(id);
        return owner && { ...owner, account: { ...owner.account, blocked: isBlocked() } };
      },
    },
    passwordAccounts: {
      hasPassword: async () => true,
      requirePassword: async (_, password) => {
        if (password !== 'right') throw new Error('The password is wrong.');
      },
    },
    embeddedAccounts: true,
    revocation: { allEnded: ({ userId }, former) => void told.push([userId, former]) },
    mails: { enabled: true, notify: (kind) => void told.push(kind) },
    audit: { note: ({ event }) => void told.push(event) },
    clock: { nowMs: () => nowMs },
  });
  const submit = (link: string, password: string) =>
    form.putBack(link, { password, programs: 'end' }, origin, () => ({
      address: origin.address,
      browser: null,
    }));
  return { told, submit };
}

test('what replicas do not confirm has ended the programs, and is told, once; the same form waits for replicas again', async () => {
  const account = await person();
  const link = await linkTo(account);
  let waits = 0;
  const { told, submit } = undoForm(async () => {
    if (++waits < 3) throw new NotReplicated();
  });
  for (const _ of [1, 2]) await expect(submit(link, 'right')).rejects.toThrow(NotReplicated);
  expect(await submit(link, 'right')).toBe('end');
  expect((await read(account.id)).epoch).not.toBe(account.epoch);
  expect(told).toEqual(['sign_in_put_back', 'signInPutBack', [account.id, account.epoch]]);
});

test('what a process put back that died is noted and told by the same form again, once, with the programs that ended', async () => {
  const account = await person();
  const link = await linkTo(account);
  await expect(undosOn(interrupted({ dies: true })).putBack(link, nowMs, 'everything')).rejects.toThrow(
    'died',
  );
  const { told, submit } = undoForm();
  for (const _ of [1, 2]) expect(await submit(link, 'right')).toBe('end');
  expect(told).toEqual(['sign_in_put_back', 'signInPutBack', [account.id, account.epoch]]);
});

test('programs that were to go on are neither told as ended nor cleared by the form that comes again for a process that died', async () => {
  const account = await person();
  const link = await linkTo(account);
  await expect(undosOn(interrupted({ dies: true })).putBack(link, nowMs, 'sessions')).rejects.toThrow('died');
  const { told, submit } = undoForm();
  expect(await submit(link, 'right')).toBe('keep');
  expect(told).toEqual(['sign_in_put_back', 'signInPutBack']);
  expect((await read(account.id)).epoch).toBe(account.epoch);
});

test('without the password nothing is put back, not even of an account that is unblocked while the form is served', async () => {
  const account = await person();
  await setFactors(account.id, { totp });
  const link = await linkTo(account);
  await setFactors(account.id, { totp: { ...totp, lastStep: 8 } });
  await expect(undoForm().submit(link, 'wrong')).rejects.toThrow('wrong');
  let looks = 0;
  expect(await undoForm(undefined, () => looks++ === 0).submit(link, 'wrong')).toBeNull();
  expect((await factorStore.read(account.id)).totp?.lastStep).toBe(8);
  expect(await undos.find(link, nowMs)).not.toBeNull();
});
