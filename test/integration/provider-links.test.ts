import { randomUUID } from 'node:crypto';
import { AccountStore, LinkedAccounts, maxProviderLinks, type ProviderLink } from '@ravi/accounts';
import { NewerFormat } from '@ravi/runtime';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis } = await connectedRedis();
const accounts = new AccountStore(redis);
const linked = new LinkedAccounts(redis, accounts);
const domain = { identityEmailDomain: 'agents.example.com', firstName: '', lastName: '' };

const subject = (provider = 'one') => {
  const sub = randomUUID();
  return {
    issuer: `https://${provider}.example.com`,
    subject: sub,
    provider,
    email: `${sub}@x.org`,
    atMs: 1,
  };
};
const keysOfLinks = async () => new Set(await redis.keys('ravi:external:*'));

async function person(): Promise<number> {
  const email = `${randomUUID()}@example.com`;
  const made = await accounts.create({ email, ...domain, passwordHash: 'hash', emailVerified: true }, 1);
  if (made === null) throw new Error('The address is taken.');
  return made.id;
}

/** Links somebody, and tells the key by which they are found. */
async function link(userId: number, who = subject()) {
  const before = await keysOfLinks();
  expect(await linked.link(who, userId)).toBe('linked');
  const key = [...(await keysOfLinks())].find((each) => !before.has(each)) ?? '';
  return { who, key, id: (await linked.links(userId)).at(-1)?.id ?? '' };
}

const whatever = () => true;
const onlyWithAnother = (left: readonly ProviderLink[]) => left.length > 0;

/** @shows provider takeover */
test('of many accounts that link one subject at once, with first sign-ins of it between them, one has it', async () => {
  const people = await Promise.all(Array.from({ length: 8 }, person));
  const who = subject();
  const newcomer = { ...domain, email: who.email, emailVerified: true };
  const ends = await Promise.all([
    ...people.map((id) => linked.link(who, id)),
    ...people.map(async () => (await linked.create(who, newcomer, 1)).kind),
  ]);
  const owner = await linked.find(who);
  const listing = (await Promise.all(people.map((id) => linked.links(id)))).filter(
    ({ length }) => length > 0,
  );
  const made = owner === null || people.includes(owner.id) ? 0 : 1;
  expect([owner === null, listing.length + made]).toEqual([false, 1]);
  expect(ends.filter((end) => end === 'linked')).toHaveLength(1 - made);
  const other = people.find((id) => id !== owner?.id) ?? 0;
  expect(await linked.link(who, other)).toBe('linkedElsewhere');
  expect((await linked.find(who))?.id).toBe(owner?.id);
});

test('a first sign-in whose address another account has leaves no link behind', async () => {
  const [userId, other] = [await person(), await person()];
  const email = (await accounts.read(userId))?.account.email ?? '';
  const who = { ...subject(), email };
  const before = await keysOfLinks();
  expect((await linked.create(who, { ...domain, email, emailVerified: true }, 1)).kind).toBe('emailTaken');
  expect(await keysOfLinks()).toEqual(before);
  expect(await linked.link(who, other)).toBe('linked');
});

test('linking again changes nothing, and an account has so many links at most', async () => {
  const userId = await person();
  const first = await link(userId);
  expect(await linked.link(first.who, userId)).toBe('already');
  for (let more = 1; more < maxProviderLinks; more++) await link(userId);
  expect(await linked.link(subject(), userId)).toBe('full');
  expect(await linked.links(userId)).toHaveLength(maxProviderLinks);
  expect((await linked.links(userId))[0]).toMatchObject({ provider: 'one', email: first.who.email });
  expect(await redis.ttl(first.key)).toBe(-1);
});

test('two links that are removed at once leave the one without which nobody gets in', async () => {
  const userId = await person();
  const [one, two] = [await link(userId), await link(userId, subject('two'))];
  const ends = await Promise.all([one, two].map(({ id }) => linked.unlink(userId, id, onlyWithAnother)));
  expect(ends.map(({ kind }) => kind).toSorted()).toEqual(['last', 'unlinked']);
  expect(await linked.links(userId)).toHaveLength(1);
  const found = await Promise.all([one, two].map(({ who }) => linked.find(who)));
  expect(found.filter((account) => account?.id === userId)).toHaveLength(1);
});

test('who was unlinked signs in to that account no more, and may be linked elsewhere', async () => {
  const [userId, other] = [await person(), await person()];
  const { who, key, id } = await link(userId);
  expect((await linked.unlink(userId, id, whatever)).kind).toBe('unlinked');
  expect([await linked.find(who), await redis.exists(key)]).toEqual([null, 0]);
  expect((await linked.unlink(userId, id, whatever)).kind).toBe('gone');
  await link(other, who);
  // Unlinking a link that one no longer has takes nothing from its owner.
  expect((await linked.unlink(userId, id, whatever)).kind).toBe('gone');
  expect((await linked.find(who))?.id).toBe(other);
});

test('who is unlinked in the moment of their sign-in gets no session past the end of all others', async () => {
  for (const moment of ['before', 'after'] as const) {
    const userId = await person();
    const { who, id } = await link(userId);
    const unlink = () => linked.unlink(userId, id, whatever);
    const meanwhile: Pick<AccountStore, 'read' | 'keep'> = {
      keep: (account) => accounts.keep(account),
      read: async (ofUser) => {
        if (moment === 'before') await unlink();
        const owner = await accounts.read(ofUser);
        if (moment === 'after') await unlink();
        return owner;
      },
    };
    expect(await new LinkedAccounts(redis, meanwhile as AccountStore).find(who)).toBeNull();
    expect(await linked.links(userId)).toEqual([]);
  }
});

/** @shows provider takeover */
test('a session that has ended meanwhile links nobody and unlinks nobody', async () => {
  const userId = await person();
  const { who, id } = await link(userId);
  const ended = (await accounts.read(userId))?.account.sessionsEpoch;
  await accounts.end(userId, 'sessions');
  const another = subject('two');
  expect(await linked.link(another, userId, ended)).toBe('unknown');
  expect(await linked.find(another)).toBeNull();
  expect((await linked.unlink(userId, id, whatever, ended)).kind).toBe('unknown');
  expect((await linked.find(who))?.id).toBe(userId);
});

/** @shows provider takeover */
test('a session that has ended meanwhile links nobody, also not somebody whom a process that died left with another account', async () => {
  const [former, userId] = [await person(), await person()];
  const { who } = await link(former);
  // As where it died while it unlinked them.
  await redis.hdel(`ravi:account:${former}`, 'providers');
  const ended = (await accounts.read(userId))?.account.sessionsEpoch;
  await accounts.end(userId, 'sessions');
  expect(await linked.link(who, userId, ended)).toBe('unknown');
  expect([await linked.find(who), await linked.links(userId)]).toEqual([null, []]);
});

describe('a process that died half-way', () => {
  test('while it linked: the subject is taken for a minute, then free, and counts as no way in', async () => {
    const [userId, other] = [await person(), await person()];
    const { who, key, id } = await link(userId);
    const second = await link(userId, subject('two'));
    await redis.expire(key, 60);
    // Before the account listed it.
    const list = await redis.hget(`ravi:account:${userId}`, 'providers');
    await redis.hdel(`ravi:account:${userId}`, 'providers');
    expect([await linked.find(who), await linked.link(who, other)]).toEqual([null, 'busy']);
    // After that, and the minute is over.
    await redis.hset(`ravi:account:${userId}`, 'providers', list ?? '');
    await redis.del(key);
    expect((await linked.links(userId)).map((each) => each.id)).toEqual([second.id]);
    expect((await linked.unlink(userId, second.id, onlyWithAnother)).kind).toBe('last');
    expect(await linked.link(who, other)).toBe('linked');
    expect((await linked.unlink(userId, id, whatever)).kind).toBe('unlinked');
    expect((await linked.find(who))?.id).toBe(other);
  });

  test('while it unlinked: nobody gets in by what is left, and it stands in nobody’s way', async () => {
    const [userId, other] = [await person(), await person()];
    for (const takes of ['link', 'sign-up'] as const) {
      const { who } = await link(userId);
      await redis.hdel(`ravi:account:${userId}`, 'providers');
      expect(await linked.find(who)).toBeNull();
      const taken =
        takes === 'link'
          ? await linked.link(who, other)
          : (await linked.create(who, { ...domain, email: who.email }, 1)).kind;
      expect(taken).toMatch(/^(linked|created)$/);
      expect((await linked.find(who))?.id).not.toBe(userId);
    }
  });
});

test('links that a newer release wrote are left alone', async () => {
  const userId = await person();
  const { who, id } = await link(userId);
  await redis.hset(`ravi:account:${userId}`, 'providers', JSON.stringify({ v: 99, links: [] }));
  await expect(linked.links(userId)).rejects.toThrow(NewerFormat);
  await expect(linked.find(who)).rejects.toThrow(NewerFormat);
  await expect(linked.unlink(userId, id, whatever)).rejects.toThrow(NewerFormat);
});
