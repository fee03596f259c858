import type { Account, EmailMoves } from '@ravi/accounts';
import { connectedRedis } from '../support/connected-redis.ts';
import { freshAddress, movingAccounts } from '../support/moving-accounts.ts';
import { redisWith } from '../support/redis-with.ts';

const { redis } = await connectedRedis();
const { accounts, moves, movesOn, person, linkTo, recordOf, dying } = movingAccounts(redis);

/** Changes the password where the account is, or where it moved meanwhile. */
async function changed({ id, email }: Account, from: string, to: string): Promise<boolean> {
  if (await accounts.changePassword(email, from, to)) return true;
  return accounts.changePassword((await accounts.read(id))?.account.email ?? '', from, to);
}

/** A move that does this right before its command of that number. */
function atCommand(number: number, meanwhile: () => Promise<unknown>): EmailMoves {
  let sent = 0;
  const counted = async (_args: readonly unknown[], real: () => Promise<unknown>) => {
    if (sent++ === number) await meanwhile();
    return real();
  };
  const slow = redisWith(redis, { evalsha: counted, hget: counted, hmget: counted, hdel: counted });
  return movesOn(slow);
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
  'a password that is changed in whichever moment of a move is the one that signs in at the new address, and no other: %s',
  async (_, comer) => {
    let moments = 0;
    for (let number = 0, isOver = false; !isOver; number++) {
      const account = await comer();
      const fresh = freshAddress();
      const token = await linkTo(account.id, fresh);
      isOver = true;
      const late = atCommand(number, async () => {
        isOver = false;
        moments++;
        expect([number, await changed(account, 'hash', 'changed')]).toEqual([number, true]);
      });
      expect((await late.move(token)).kind).toBe('moved');
      const found = await accounts.findSignIn(fresh);
      expect([number, found]).toEqual([
        number,
        { userId: account.id, passwordHash: isOver ? 'hash' : 'changed' },
      ]);
      expect(await redis.exists(recordOf(account.email))).toBe(0);
    }
    expect(moments).toBeGreaterThan(8);
  },
);

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
      await redis.hset(recordOf(account.email), 'password_hash', 'changed');
      const isNewer = newer && (await changed({ ...account, email: fresh }, 'hash', 'newer'));
      expect(isNewer).toBe(newer);
      await finish(token, account.email, account.id);
      const now = (await accounts.read(account.id))?.account.email ?? '';
      const passwordHash = newer ? 'newer' : 'changed';
      expect(await accounts.findSignIn(now)).toEqual({ userId: account.id, passwordHash });
      expect(await redis.exists(recordOf(account.email))).toBe(0);
    }
  }
});
