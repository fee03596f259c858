import { createHash, randomUUID } from 'node:crypto';
import { AccountLinks, AccountStore, EmailMoves, linkMs } from '@ravi/accounts';
import { unconfirmedWrites } from '@ravi/redis';
import { connectedRedis } from '../support/connected-redis.ts';
import { redisWith } from '../support/redis-with.ts';

const { redis } = await connectedRedis();
const prefix = `${randomUUID()}:`;
const accounts = new AccountStore(redis, prefix);
const links = new AccountLinks(redis, prefix);
const moves = new EmailMoves(redis, accounts, links, prefix);
const address = () => `${randomUUID()}@example.com`;

async function person(email = address()) {
  const account = await accounts.create(
    { email, firstName: '', lastName: '', passwordHash: 'hash', identityEmailDomain: 'agents.example.com' },
    Date.now(),
  );
  if (account === null) throw new Error('The address is taken.');
  return account;
}

async function linkTo(userId: number, email: string): Promise<string> {
  await moves.want(userId, email);
  const token = await links.make('address', userId, email);
  if (token === null) throw new Error('There is no such account.');
  return token;
}

test('a link that is used many times at once moves the account once and tells so each time, and its password signs in at the new address', async () => {
  for (let round = 0; round < 20; round++) {
    const { id, email } = await person();
    const fresh = address();
    const token = await linkTo(id, fresh);
    const results = await Promise.all(Array.from({ length: 8 }, () => moves.move(token)));
    expect(results.map(({ kind }) => kind).toSorted()).toEqual([...Array(7).fill('again'), 'moved']);
    expect(await accounts.findSignIn(fresh)).toEqual({ userId: id, passwordHash: 'hash' });
    expect([await accounts.userIdOf(email), (await accounts.read(id))?.account.email]).toEqual([null, fresh]);
    expect((await accounts.read(id))?.account.emailVerified).toBe(true);
  }
});

test('of two accounts that want the same address at once one gets it, and the other stays as it was', async () => {
  for (let round = 0; round < 20; round++) {
    const [one, two] = [await person(), await person()];
    const wanted = address();
    const tokens = [await linkTo(one.id, wanted), await linkTo(two.id, wanted)];
    const results = await Promise.all(tokens.map((token) => moves.move(token)));
    expect(results.map(({ kind }) => kind).toSorted()).toEqual(['moved', 'taken']);
    const [winner, loser] = results[0]?.kind === 'moved' ? [one, two] : [two, one];
    expect(await accounts.userIdOf(wanted)).toBe(winner.id);
    expect(await accounts.findSignIn(loser.email)).toEqual({ userId: loser.id, passwordHash: 'hash' });
  }
});

test('another spelling of the same address keeps the sign-in', async () => {
  const { id, email } = await person();
  expect((await moves.move(await linkTo(id, email.toUpperCase()))).kind).toBe('moved');
  expect((await accounts.read(id))?.account).toMatchObject({
    email: email.toUpperCase(),
    emailVerified: true,
  });
  expect(await accounts.findSignIn(email)).toEqual({ userId: id, passwordHash: 'hash' });
});

test('a link is good for an hour', async () => {
  const { id } = await person();
  const beganMs = Date.now();
  await linkTo(id, address());
  const [, ends] = (await redis.hget(`${prefix}ravi:account:${id}`, 'link:address'))?.split(' ') ?? [];
  expect(Number(ends)).toBeGreaterThanOrEqual(beganMs + linkMs);
  expect(Number(ends)).toBeLessThanOrEqual(Date.now() + linkMs + 1);
});

test('what is no link finds and spends nothing, and an account that is blocked or gone moves nowhere and takes no address', async () => {
  const { id } = await person();
  for (const text of ['', 'x', `${id}.short`, `0.${'x'.repeat(27)}`, `${id}.${'x'.repeat(27)}`])
    expect([await links.find('address', text), await links.spend('address', text)]).toEqual([null, null]);
  const fresh = address();
  const token = await linkTo(id, fresh);
  const found = await accounts.read(id);
  const blocked = found && { ...found, account: { ...found.account, blocked: true } };
  for (const owner of [null, blocked]) {
    const late = new EmailMoves(redis, { read: async () => owner }, links, prefix);
    expect(await late.move(token)).toEqual({ kind: 'bad' });
    expect(await accounts.userIdOf(fresh)).toBeNull();
  }
  expect((await moves.move(token)).kind).toBe('moved');
});

test('a link that was dropped, or replaced by a newer one, moves nothing', async () => {
  const { id, email } = await person();
  const older = await linkTo(id, address());
  const newer = await linkTo(id, address());
  expect(await moves.move(older)).toEqual({ kind: 'bad' });
  await moves.drop(id);
  expect(await moves.move(newer)).toEqual({ kind: 'bad' });
  expect((await accounts.read(id))?.account.email).toBe(email);
});

test('a link to an address that is wanted no more moves nothing', async () => {
  const { id, email } = await person();
  const token = await linkTo(id, address());
  await moves.want(id, address());
  expect(await moves.move(token)).toEqual({ kind: 'bad' });
  expect((await accounts.read(id))?.account.email).toBe(email);
});

test('a link from before the account was blocked moves nothing once it is unblocked', async () => {
  const { id, email } = await person();
  const token = await linkTo(id, address());
  await accounts.end(id, 'everything', 'block');
  await accounts.end(id, 'sessions', 'unblock');
  expect([await moves.move(token), await moves.wanted(id)]).toEqual([{ kind: 'bad' }, null]);
  expect((await accounts.read(id))?.account.email).toBe(email);
});

test('an account that is deleted while it moves leaves the address free', async () => {
  const { id } = await person();
  const fresh = address();
  const token = await linkTo(id, fresh);
  const gone = async (userId: number) => {
    const owner = await accounts.read(userId);
    await redis.del(`${prefix}ravi:account:${userId}`);
    return owner;
  };
  const late = new EmailMoves(redis, { read: gone }, links, prefix);
  expect(await late.move(token)).toEqual({ kind: 'bad' });
  expect(await accounts.userIdOf(fresh)).toBeNull();
});

test('an address whose account moved away is free, also where the process that moved it died before it gave it up', async () => {
  const { id, email } = await person();
  const [fresh, later] = [address(), address()];
  await moves.move(await linkTo(id, fresh));
  const account = `${prefix}ravi:account:${id}`;
  expect(await redis.hget(account, 'moved_from')).toBeNull();
  const record = `${prefix}ravi:sign-in:${createHash('sha256').update(email).digest('base64url')}`;
  const die = async () => {
    await redis.hset(account, 'moved_from', email);
    await redis.hset(record, { user_id: String(id), password_hash: 'hash' });
  };
  await die();
  expect(await moves.free(fresh)).toBe(false);
  const other = await person();
  expect((await moves.move(await linkTo(other.id, email))).kind).toBe('moved');
  expect([await accounts.userIdOf(email), await redis.hget(account, 'moved_from')]).toEqual([other.id, null]);
  expect(await accounts.findSignIn(fresh)).toEqual({ userId: id, passwordHash: 'hash' });
  // Nor does the next move of the account forget it.
  await moves.move(await linkTo(other.id, address()));
  await die();
  expect((await moves.move(await linkTo(id, later))).kind).toBe('moved');
  expect([await accounts.userIdOf(email), await accounts.userIdOf(fresh)]).toEqual([null, null]);
});

/** A move that dies right before the account is moved, or right behind that. */
function dying(when: 'before' | 'behind'): EmailMoves {
  const dead = new Proxy(redis, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        const isMove = String(name).startsWith('eval') && args.includes('link:address');
        if (isMove && when === 'before') throw new Error('The process died.');
        const reply: unknown = await (member as (...all: unknown[]) => unknown).apply(target, args);
        if (isMove) throw new Error('The process died.');
        return reply;
      };
    },
  });
  return new EmailMoves(dead, accounts, links, prefix);
}

test('an address that a move took before its process died is free once the link is over, and not before', async () => {
  const [one, other] = [await person(), await person()];
  const fresh = address();
  const token = await linkTo(one.id, fresh);
  await expect(dying('before').move(token)).rejects.toThrow('died');
  expect(await moves.free(fresh)).toBe(false);
  const others = await linkTo(other.id, fresh);
  expect(await moves.move(others)).toEqual({ kind: 'taken' });
  // Wanted no more, or over: the script asks the clock of Redis either way.
  await moves.drop(one.id);
  expect(await moves.free(fresh)).toBe(true);
  expect(await accounts.userIdOf(fresh)).toBeNull();
  // The next who wants it frees it, too: another person, or the same one by another link.
  await expect(dying('before').move(await linkTo(one.id, fresh))).rejects.toThrow('died');
  expect((await moves.move(await linkTo(one.id, fresh))).kind).toBe('moved');
  const later = address();
  await expect(dying('before').move(await linkTo(one.id, later))).rejects.toThrow('died');
  await moves.drop(one.id);
  expect((await moves.move(await linkTo(other.id, later))).kind).toBe('moved');
  expect(await accounts.findSignIn(later)).toEqual({ userId: other.id, passwordHash: 'hash' });
});

test('nobody frees the address of an account that moved there, also where the process died behind that, or took it by another link since', async () => {
  const { id } = await person();
  const fresh = address();
  await expect(dying('behind').move(await linkTo(id, fresh))).rejects.toThrow('died');
  expect([await moves.free(fresh), await accounts.userIdOf(fresh)]).toEqual([false, id]);
  expect(await accounts.findSignIn(fresh)).toEqual({ userId: id, passwordHash: 'hash' });
  // It lasts when the account moves on, until then alone.
  const later = address();
  await expect(dying('before').move(await linkTo(id, later))).rejects.toThrow('died');
  await moves.drop(id);
  const another = await linkTo(id, later);
  let looks = 0;
  const read = async (userId: number) => {
    const owner = await accounts.read(userId);
    // It takes the address by the newer link, and dies.
    if (looks++ === 0)
      await dying('before')
        .move(another)
        .catch(() => undefined);
    return owner;
  };
  expect(await new EmailMoves(redis, { read }, links, prefix).free(later)).toBe(false);
  expect([(await moves.move(another)).kind, await accounts.userIdOf(fresh)]).toEqual(['moved', null]);
});

const recordOf = (email: string) =>
  `${prefix}ravi:sign-in:${createHash('sha256').update(email).digest('base64url')}`;

test('a move whose process dies before it gave the former address up has brought the password along, and the address is given up later', async () => {
  const { id, email } = await person();
  const fresh = address();
  const token = await linkTo(id, fresh);
  let hasMoved = false;
  const dies = redisWith(redis, {
    evalsha: async (args, real) => {
      if (hasMoved) throw new Error('died');
      hasMoved = args[2] === `${prefix}ravi:account:${id}` && args.includes(email);
      return real();
    },
  });
  const dead = new EmailMoves(redis, accounts, links, prefix, unconfirmedWrites(dies));
  await expect(dead.move(token)).rejects.toThrow('died');
  expect(await accounts.findSignIn(fresh)).toEqual({ userId: id, passwordHash: 'hash' });
  expect([await accounts.userIdOf(email), (await accounts.read(id))?.account.email]).toEqual([id, fresh]);
  expect(await moves.free(address())).toBe(false);
  expect(await moves.free(email)).toBe(true);
  expect([await accounts.userIdOf(email), await accounts.userIdOf(fresh)]).toEqual([null, id]);
});

test('a password that is changed while the account moves is the one that signs in at the new address', async () => {
  const { id, email } = await person();
  const fresh = address();
  const token = await linkTo(id, fresh);
  const slow = redisWith(redis, {
    evalsha: async (args, real) => {
      const isMove = args[2] === `${prefix}ravi:account:${id}` && args.includes(email);
      if (isMove) await accounts.changePassword(email, 'hash', 'changed');
      return real();
    },
  });
  const late = new EmailMoves(redis, accounts, links, prefix, unconfirmedWrites(slow));
  expect((await late.move(token)).kind).toBe('moved');
  expect(await accounts.findSignIn(fresh)).toEqual({ userId: id, passwordHash: 'changed' });
  expect(await redis.exists(recordOf(email))).toBe(0);
});

/** A request that has read the account, and goes on only when something else has been done. */
function afterReading(between: () => Promise<unknown>): EmailMoves {
  let isFirst = true;
  const read = async (userId: number) => {
    const owner = await accounts.read(userId);
    if (isFirst) {
      isFirst = false;
      await between();
    }
    return owner;
  };
  return new EmailMoves(redis, { read }, links, prefix);
}

test('a request whose twin moved the account meanwhile leaves the new address to it', async () => {
  const { id, email } = await person();
  const fresh = address();
  const token = await linkTo(id, fresh);
  const twin = () => moves.move(token);
  expect(await afterReading(twin).move(token)).toEqual({
    kind: 'again',
    userId: id,
    former: email,
    formerVerified: false,
    email: fresh,
  });
  expect(await accounts.findSignIn(fresh)).toEqual({ userId: id, passwordHash: 'hash' });
  // Not once the account has another address.
  await moves.move(await linkTo(id, address()));
  expect(await moves.move(token)).toEqual({ kind: 'bad' });
});

test('a request whose link is over meanwhile leaves the new address free, and the account as it was', async () => {
  const { id, email } = await person();
  const fresh = address();
  const token = await linkTo(id, fresh);
  expect(await afterReading(() => moves.drop(id)).move(token)).toEqual({ kind: 'bad' });
  expect(await accounts.userIdOf(fresh)).toBeNull();
  expect(await accounts.findSignIn(email)).toEqual({ userId: id, passwordHash: 'hash' });
});

/** Does this once, right behind the first look at the address that an account left. */
function behindLook(between: () => Promise<unknown>): EmailMoves {
  let isFirst = true;
  const slow = redisWith(redis, {
    hget: async (args, real) => {
      const found = await real();
      if (isFirst && args[1] === 'moved_from') {
        isFirst = false;
        await between();
      }
      return found;
    },
  });
  return new EmailMoves(redis, accounts, links, prefix, unconfirmedWrites(slow));
}

test('an account that comes back to an address keeps it, whichever request that was to give it up is still on its way', async () => {
  const { id, email } = await person();
  const isThere = async () => {
    expect((await accounts.read(id))?.account.email).toBe(email);
    expect(await accounts.findSignIn(email)).toEqual({ userId: id, passwordHash: 'hash' });
  };
  const comeBack = async () => {
    expect((await moves.move(await linkTo(id, email))).kind).toBe('moved');
  };
  // The move itself: first from where the account signed up, then from where a move brought it.
  for (const fresh of [address(), address()]) {
    let isBack = false;
    const slow = redisWith(redis, {
      evalsha: async (args, real) => {
        if (args[2] === recordOf(email) && !isBack) {
          isBack = true;
          await comeBack();
        }
        return real();
      },
    });
    const late = new EmailMoves(redis, accounts, links, prefix, unconfirmedWrites(slow));
    expect((await late.move(await linkTo(id, fresh))).kind).toBe('moved');
    expect(isBack).toBe(true);
    await isThere();
    expect(await accounts.userIdOf(fresh)).toBeNull();
  }
  // Somebody else who wants the address that a process that died left there.
  const away = async () => expect(dying('behind').move(await linkTo(id, address()))).rejects.toThrow('died');
  await away();
  expect(await behindLook(comeBack).free(email)).toBe(false);
  await isThere();
  // A twin of the request that brings it back.
  await away();
  const token = await linkTo(id, email);
  expect((await behindLook(() => moves.move(token)).move(token)).kind).toBe('again');
  await isThere();
});
