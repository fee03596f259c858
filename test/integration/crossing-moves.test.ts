import { EmailMoves } from '@ravi/accounts';
import { connectedRedis } from '../support/connected-redis.ts';
import { freshAddress, movingAccounts } from '../support/moving-accounts.ts';
import { redisWith } from '../support/redis-with.ts';

const { redis } = await connectedRedis();
const its = movingAccounts(redis);
const { prefix, accounts, links, moves, person, linkTo, recordOf, movesOn, dying } = its;

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
  const fresh = freshAddress();
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
  await moves.move(await linkTo(id, freshAddress()));
  expect(await moves.move(token)).toEqual({ kind: 'bad' });
});

test('a request whose link is over meanwhile leaves the new address free, and the account as it was', async () => {
  const { id, email } = await person();
  const fresh = freshAddress();
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
  return movesOn(slow);
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
  for (const fresh of [freshAddress(), freshAddress()]) {
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
    const late = movesOn(slow);
    expect((await late.move(await linkTo(id, fresh))).kind).toBe('moved');
    expect(isBack).toBe(true);
    await isThere();
    expect(await accounts.userIdOf(fresh)).toBeNull();
  }
  // Somebody else who wants the address that a process that died left there.
  const away = async () =>
    expect(dying('behind').move(await linkTo(id, freshAddress()))).rejects.toThrow('died');
  await away();
  expect(await behindLook(comeBack).free(email)).toBe(false);
  await isThere();
  // A twin of the request that brings it back.
  await away();
  const token = await linkTo(id, email);
  expect((await behindLook(() => moves.move(token)).move(token)).kind).toBe('again');
  await isThere();
});

test('an account moves by the newer of two links to one address, also where the older takes the address in between, and can be signed in to', async () => {
  const { id, email } = await person();
  const fresh = freshAddress();
  const gate = () => Promise.withResolvers<void>();
  const [newerWants, olderHas, newerHas, olderEnded] = [gate(), gate(), gate(), gate()];
  const isMove = (args: readonly unknown[]) => args.includes('link:address');
  const newest = movesOn(
    redisWith(redis, {
      evalsha: async (args, real) => {
        if (isMove(args)) {
          newerHas.resolve();
          await olderEnded.promise;
        } else if (args[2] === recordOf(fresh)) {
          newerWants.resolve();
          await olderHas.promise;
        }
        return real();
      },
    }),
  );
  // The older takes the address once the newer found it free, and goes on once the newer took it, too.
  let newer: Promise<unknown> | undefined;
  const oldest = movesOn(
    redisWith(redis, {
      evalsha: async (args, real) => {
        if (isMove(args)) await newerHas.promise;
        if (args[2] !== recordOf(fresh) || newer !== undefined) return real();
        newer = newest.move(await linkTo(id, fresh));
        await newerWants.promise;
        return real().finally(() => olderHas.resolve());
      },
    }),
  );
  expect(await oldest.move(await linkTo(id, fresh))).toEqual({ kind: 'bad' });
  olderEnded.resolve();
  expect(await newer).toMatchObject({ kind: 'moved', userId: id, former: email, email: fresh });
  expect(await accounts.findSignIn(fresh)).toEqual({ userId: id, passwordHash: 'hash' });
  expect(await accounts.userIdOf(email)).toBeNull();
});
