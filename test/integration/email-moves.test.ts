import { randomUUID } from 'node:crypto';
import { AccountLinks, EmailMoves, linkMs } from '@ravi/accounts';
import { connectedRedis } from '../support/connected-redis.ts';
import { freshAddress, movingAccounts } from '../support/moving-accounts.ts';
import { redisWith } from '../support/redis-with.ts';

const { redis } = await connectedRedis();
const its = movingAccounts(redis);
const { prefix, accounts, links, moves, person, linkTo, recordOf, movesOn, dying } = its;

test('a link that is used many times at once moves the account once and tells so each time, and its password signs in at the new address', async () => {
  for (let round = 0; round < 20; round++) {
    const { id, email } = await person();
    const fresh = freshAddress();
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
    const wanted = freshAddress();
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
  await linkTo(id, freshAddress());
  const [, ends] = (await redis.hget(`${prefix}ravi:account:${id}`, 'link:address'))?.split(' ') ?? [];
  expect(Number(ends)).toBeGreaterThanOrEqual(beganMs + linkMs);
  expect(Number(ends)).toBeLessThanOrEqual(Date.now() + linkMs + 1);
});

test('what is no link finds and spends nothing, and an account that is blocked or gone moves nowhere and takes no address', async () => {
  const { id } = await person();
  for (const text of ['', 'x', `${id}.short`, `0.${'x'.repeat(27)}`, `${id}.${'x'.repeat(27)}`])
    expect([await links.find('address', text), await links.spend('address', text)]).toEqual([null, null]);
  const fresh = freshAddress();
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
  const older = await linkTo(id, freshAddress());
  const newer = await linkTo(id, freshAddress());
  expect(await moves.move(older)).toEqual({ kind: 'bad' });
  await moves.drop(id);
  expect(await moves.move(newer)).toEqual({ kind: 'bad' });
  expect((await accounts.read(id))?.account.email).toBe(email);
});

test('a link to an address that is wanted no more moves nothing', async () => {
  const { id, email } = await person();
  const token = await linkTo(id, freshAddress());
  await moves.want(id, freshAddress());
  expect(await moves.move(token)).toEqual({ kind: 'bad' });
  expect((await accounts.read(id))?.account.email).toBe(email);
});

test('a link from before the account was blocked moves nothing once it is unblocked', async () => {
  const { id, email } = await person();
  const token = await linkTo(id, freshAddress());
  await accounts.end(id, 'everything', 'block');
  await accounts.end(id, 'sessions', 'unblock');
  expect([await moves.move(token), await moves.wanted(id)]).toEqual([{ kind: 'bad' }, null]);
  expect((await accounts.read(id))?.account.email).toBe(email);
});

test('an account that is deleted while it moves leaves the address free', async () => {
  const { id } = await person();
  const fresh = freshAddress();
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
  const [fresh, later] = [freshAddress(), freshAddress()];
  await moves.move(await linkTo(id, fresh));
  const account = `${prefix}ravi:account:${id}`;
  expect(await redis.hget(account, 'moved_from')).toBeNull();
  const record = recordOf(email);
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
  await moves.move(await linkTo(other.id, freshAddress()));
  await die();
  expect((await moves.move(await linkTo(id, later))).kind).toBe('moved');
  expect([await accounts.userIdOf(email), await accounts.userIdOf(fresh)]).toEqual([null, null]);
});

test('an address that a move took before its process died is free once the link is over, and not before', async () => {
  const [one, other] = [await person(), await person()];
  const fresh = freshAddress();
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
  const later = freshAddress();
  await expect(dying('before').move(await linkTo(one.id, later))).rejects.toThrow('died');
  await moves.drop(one.id);
  expect((await moves.move(await linkTo(other.id, later))).kind).toBe('moved');
  expect(await accounts.findSignIn(later)).toEqual({ userId: other.id, passwordHash: 'hash' });
});

test('nobody frees the address of an account that moved there, also where the process died behind that, or took it by another link since', async () => {
  const { id } = await person();
  const fresh = freshAddress();
  await expect(dying('behind').move(await linkTo(id, fresh))).rejects.toThrow('died');
  expect([await moves.free(fresh), await accounts.userIdOf(fresh)]).toEqual([false, id]);
  expect(await accounts.findSignIn(fresh)).toEqual({ userId: id, passwordHash: 'hash' });
  // It lasts when the account moves on, until then alone.
  const later = freshAddress();
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

test('a move whose process dies before it gave the former address up has brought the password along, and the address is given up later', async () => {
  const { id, email } = await person();
  const fresh = freshAddress();
  const token = await linkTo(id, fresh);
  let hasMoved = false;
  const dies = redisWith(redis, {
    evalsha: async (args, real) => {
      if (hasMoved) throw new Error('died');
      hasMoved = args[2] === `${prefix}ravi:account:${id}` && args.includes(email);
      return real();
    },
  });
  const dead = movesOn(dies);
  await expect(dead.move(token)).rejects.toThrow('died');
  expect(await accounts.findSignIn(fresh)).toEqual({ userId: id, passwordHash: 'hash' });
  expect([await accounts.userIdOf(email), (await accounts.read(id))?.account.email]).toEqual([id, fresh]);
  expect(await moves.free(freshAddress())).toBe(false);
  expect(await moves.free(email)).toBe(true);
  expect([await accounts.userIdOf(email), await accounts.userIdOf(fresh)]).toEqual([null, id]);
});

/** Does this once, right before an account is moved, or right behind that. */
function movesWith(between: {
  readonly before?: () => Promise<unknown>;
  readonly behind?: () => Promise<unknown>;
}) {
  const evalsha = async (args: readonly unknown[], real: () => Promise<unknown>) => {
    const isMove = args.includes('link:address');
    if (isMove) await between.before?.();
    const reply = await real();
    if (isMove) await between.behind?.();
    return reply;
  };
  return movesOn(redisWith(redis, { evalsha }));
}

test('a password that is changed while the account moves is the one that signs in at the new address', async () => {
  for (const when of ['before', 'behind'] as const) {
    const { id, email } = await person();
    const fresh = freshAddress();
    const token = await linkTo(id, fresh);
    const change = () => accounts.changePassword(when === 'before' ? email : fresh, 'hash', 'changed');
    expect((await movesWith({ [when]: change }).move(token)).kind).toBe('moved');
    expect(await accounts.findSignIn(fresh)).toEqual({ userId: id, passwordHash: 'changed' });
    expect(await redis.exists(recordOf(email))).toBe(0);
  }
  // Also where the link is opened again after a process died that had taken the new address with the former password.
  const { id, email } = await person();
  const fresh = freshAddress();
  const token = await linkTo(id, fresh);
  await expect(dying('before').move(token)).rejects.toThrow('died');
  await accounts.changePassword(email, 'hash', 'changed');
  expect((await moves.move(token)).kind).toBe('moved');
  expect(await accounts.findSignIn(fresh)).toEqual({ userId: id, passwordHash: 'changed' });
});

test('an account whose former address somebody wants in the moment in which it moved keeps its password', async () => {
  const { id, email } = await person();
  const fresh = freshAddress();
  const token = await linkTo(id, fresh);
  const behind = async () => expect(await moves.free(email)).toBe(true);
  expect((await movesWith({ behind }).move(token)).kind).toBe('moved');
  expect(await accounts.findSignIn(fresh)).toEqual({ userId: id, passwordHash: 'hash' });
  expect(await accounts.userIdOf(email)).toBeNull();
});

test('what was noted first of a spent link stays, for a minute after the last time that it was opened', async () => {
  const noting = `${randomUUID()}:`;
  const notes = new AccountLinks(redis, noting);
  const good = { userId: 7, address: freshAddress() };
  await notes.noteSpent('a link', good, 'the first');
  const [note = ''] = await redis.keys(`${noting}*`);
  const isForAMinute = async () => {
    const leftMs = await redis.pttl(note);
    return leftMs > 30_000 && leftMs <= 60_000;
  };
  expect(await isForAMinute()).toBe(true);
  await redis.pexpire(note, 30_000);
  await notes.noteSpent('a link', good, 'another');
  expect(await isForAMinute()).toBe(true);
  expect(await notes.findSpent('a link', good.address)).toBe('the first');
  expect(await redis.keys(`${noting}*`)).toEqual([note]);
});
