import { type Account, AccountStore } from '@ravi/accounts';
import { type RedisClient, unconfirmedWrites } from '@ravi/redis';
import { PasswordAccounts } from '../../services/api/src/people/password-accounts.ts';
import { aroundPasswordAccounts } from '../support/around-password-accounts.ts';
import { connectedRedis } from '../support/connected-redis.ts';
import { freshAddress, movingAccounts } from '../support/moving-accounts.ts';
import { redisWith } from '../support/redis-with.ts';

const { redis } = await connectedRedis();
const { prefix, accounts, moves, movesOn, person, linkTo, recordOf, dying } = movingAccounts(redis);

const changed = 'a lamp in the harbour';
const evenNewer = 'a stone in the orchard';

/** Changes of passwords by a process with this connection. What is kept of a password is the password itself. */
function peopleOn(connection: RedisClient): PasswordAccounts {
  const hasher = {
    hash: async (password: string) => password,
    verify: async (kept: string | null, password: string) => kept === password,
  };
  return new PasswordAccounts({
    ...aroundPasswordAccounts,
    accountStore: new AccountStore(connection, prefix, unconfirmedWrites(connection)),
    passwords: { inTurn: async (_party, work) => work(hasher) },
    emailMoves: movesOn(connection),
  });
}

/** Changes the password of somebody who signed in before a move. */
async function change(account: Account, from: string, to: string, connection: RedisClient = redis) {
  const input = { current_password: from, new_password: to };
  await peopleOn(connection).changePassword(account, input, { address: '192.0.2.1', browser: null });
}

/** A connection that does `meanwhile` right before its command of that number. */
function redisAtCommand(number: number, meanwhile: () => Promise<unknown>): RedisClient {
  let sent = 0;
  const counted = async (_args: readonly unknown[], real: () => Promise<unknown>) => {
    if (sent++ === number) await meanwhile();
    return real();
  };
  return redisWith(redis, {
    evalsha: counted,
    hget: counted,
    hmget: counted,
    hdel: counted,
    hgetall: counted,
  });
}

/** Whose address is the one that it signed up with, or one to which a link brought it. */
const comers = {
  'signed up there': () => person(),
  'moved there before': async () => {
    const account = await person();
    const email = freshAddress();
    await moves.move(await linkTo(account.id, email));
    return { ...account, email };
  },
};

test.each(Object.entries(comers))(
  'a password that is changed at any moment of a move is the only one that signs in, wherever the account is then: %s',
  async (_, comer) => {
    let moments = 0;
    const outcomes = new Set<string>();
    for (let number = 0, isOver = false; !isOver; number++) {
      const account = await comer();
      const fresh = freshAddress();
      const token = await linkTo(account.id, fresh);
      isOver = true;
      const late = redisAtCommand(number, async () => {
        isOver = false;
        moments++;
        await change(account, 'hash', changed);
      });
      const { kind } = await movesOn(late).move(token);
      // What the former password wanted ends with it: its link, where it was not used yet.
      const allowed = isOver ? ['moved'] : ['moved', 'bad'];
      expect(allowed).toContain(kind);
      outcomes.add(kind);
      const [now, other] = kind === 'moved' ? [fresh, account.email] : [account.email, fresh];
      const passwordHash = isOver ? 'hash' : changed;
      expect([number, await accounts.findSignIn(now)]).toEqual([
        number,
        { userId: account.id, passwordHash },
      ]);
      expect([number, await redis.exists(recordOf(other))]).toEqual([number, 0]);
    }
    expect(moments).toBeGreaterThan(8);
    expect([...outcomes].toSorted()).toEqual(['bad', 'moved']);
  },
);

test('a password is changed whenever the account moves during the change, also where the mover dies right after the move', async () => {
  const movers = {
    moves: (token: string) => moves.move(token),
    dies: (token: string) =>
      dying('behind')
        .move(token)
        .catch(() => undefined),
  };
  for (const [fate, mover] of Object.entries(movers)) {
    let moments = 0;
    for (let number = 0, isOver = false; !isOver; number++) {
      const account = await person();
      const fresh = freshAddress();
      const token = await linkTo(account.id, fresh);
      isOver = true;
      const late = redisAtCommand(number, async () => {
        isOver = false;
        moments++;
        await mover(token);
      });
      await change(account, 'hash', changed, late);
      // Not where the change had already dropped the link.
      const hasMoved = (await accounts.read(account.id))?.account.email === fresh;
      const found = await accounts.findSignIn(hasMoved ? fresh : account.email);
      expect([fate, number, found]).toEqual([fate, number, { userId: account.id, passwordHash: changed }]);
    }
    expect(moments).toBeGreaterThan(3);
  }
});

test('a password that was left at the former address by a mover that died can be changed by its person', async () => {
  const account = await person();
  const fresh = freshAddress();
  await expect(dying('behind').move(await linkTo(account.id, fresh))).rejects.toThrow('died');
  await redis.hset(recordOf(account.email), 'password_hash', changed);
  await change(account, changed, evenNewer);
  expect(await accounts.findSignIn(fresh)).toEqual({ userId: account.id, passwordHash: evenNewer });
  expect(await redis.exists(recordOf(account.email))).toBe(0);
});

test('an account that is deleted right behind its move leaves its former address free', async () => {
  const account = await person();
  const token = await linkTo(account.id, freshAddress());
  const hget = async (args: readonly unknown[], real: () => Promise<unknown>) => {
    if (args[1] === 'email') await redis.del(String(args[0]));
    return real();
  };
  expect((await movesOn(redisWith(redis, { hget })).move(token)).kind).toBe('moved');
  expect(await accounts.userIdOf(account.email)).toBeNull();
});

test('a password that was changed before a process died behind its move goes along with whoever finishes it, and takes no newer one away', async () => {
  const finishes = [
    (token: string) => moves.move(token),
    (_: string, email: string) => moves.free(email),
    async (_: string, __: string, id: number) => moves.move(await linkTo(id, freshAddress())),
  ];
  for (const finish of finishes) {
    for (const newer of [false, true]) {
      const account = await person();
      const fresh = freshAddress();
      const token = await linkTo(account.id, fresh);
      await expect(dying('behind').move(token)).rejects.toThrow('died');
      // As if it had been changed between the two looks of the move.
      await redis.hset(recordOf(account.email), 'password_hash', changed);
      if (newer) await change({ ...account, email: fresh }, 'hash', evenNewer);
      await finish(token, account.email, account.id);
      const now = (await accounts.read(account.id))?.account.email ?? '';
      const passwordHash = newer ? evenNewer : changed;
      expect(await accounts.findSignIn(now)).toEqual({ userId: account.id, passwordHash });
      expect(await redis.exists(recordOf(account.email))).toBe(0);
    }
  }
});
