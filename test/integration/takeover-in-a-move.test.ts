import { randomUUID } from 'node:crypto';
import { LinkedAccounts } from '@ravi/accounts';
import { unconfirmedWrites } from '@ravi/redis';
import { connectedRedis } from '../support/connected-redis.ts';
import { freshAddress, movingAccounts } from '../support/moving-accounts.ts';
import { redisWith } from '../support/redis-with.ts';

const { redis } = await connectedRedis();
const { prefix, accounts, person, linkTo, recordOf, movesOn } = movingAccounts(redis);

/** A connection that stands still before its command of that number, until it may go on. */
function standingStill(number: number) {
  const [reached, goesOn] = [Promise.withResolvers<boolean>(), Promise.withResolvers<void>()];
  let sent = 0;
  const counted = async (_args: readonly unknown[], real: () => Promise<unknown>) => {
    if (sent++ === number) {
      reached.resolve(true);
      await goesOn.promise;
    }
    return real();
  };
  const names = ['evalsha', 'hget', 'hmget', 'hdel', 'hset', 'set', 'get', 'del', 'persist'];
  const connection = redisWith(redis, Object.fromEntries(names.map((name) => [name, counted])));
  /** Begins the work; true once it stands still, false where it ended before. */
  const begin = (work: Promise<unknown>) => {
    work.finally(() => reached.resolve(false)).catch(() => undefined);
    return reached.promise;
  };
  return { connection, begin, goOn: goesOn.resolve };
}

/** An account whose address its owner at a provider proves as it moves away, each standing still at a command, in this order. */
async function meeting(mover: number, taker: number, first: 'mover' | 'taker') {
  const { id, email } = await person();
  const fresh = freshAddress();
  const token = await linkTo(id, fresh);
  const [moving, taking] = [standingStill(mover), standingStill(taker)];
  const who = {
    issuer: 'https://accounts.example.com',
    subject: randomUUID(),
    provider: 'one',
    email,
    atMs: 1,
  };
  const linked = new LinkedAccounts(redis, accounts, prefix, unconfirmedWrites(taking.connection));
  const move = () => movesOn(moving.connection).move(token);
  const takeOver = () => linked.takeOver(who, { email, firstName: '', lastName: '' });
  const moved = move();
  const hasMoverStopped = await moving.begin(moved);
  const taken = takeOver();
  const hasTakerStopped = await taking.begin(taken);
  const [one, other] = first === 'mover' ? [moving, taking] : [taking, moving];
  one.goOn();
  await (first === 'mover' ? moved : taken);
  other.goOn();
  const ended = { move: await moved, account: await taken };
  return { id, email, fresh, ...ended, hasMoverStopped, hasTakerStopped };
}

test('an account that is taken over and moves away in the same moment is one person’s, in whichever moments, with a password that lasts and no address that is nobody’s', async () => {
  const outcomes = new Set<string>();
  for (const first of ['mover', 'taker'] as const) {
    for (let mover = 0, isMoverThrough = false; !isMoverThrough; mover++) {
      for (let taker = 0, isTakerThrough = false; !isTakerThrough; taker++) {
        const met = await meeting(mover, taker, first);
        const { id, email, fresh, move, account } = met;
        [isMoverThrough, isTakerThrough] = [!met.hasMoverStopped, !met.hasTakerStopped];
        outcomes.add(`${move.kind} ${account === null ? 'refused' : 'taken over'}`);
        const left = {
          email: (await accounts.read(id))?.account.email,
          atFormer: [await accounts.userIdOf(email), await accounts.findSignIn(email)],
          atNew: await accounts.findSignIn(fresh),
          records: [await redis.exists(recordOf(email)), await redis.exists(recordOf(fresh))],
        };
        const whole =
          account === null
            ? {
                email: fresh,
                atFormer: [null, null],
                atNew: { userId: id, passwordHash: 'hash' },
                records: [0, 1],
              }
            : { email, atFormer: [id, null], atNew: null, records: [1, 0] };
        const at = { first, mover, taker };
        expect({ ...at, ...left }).toEqual({ ...at, ...whole });
      }
    }
  }
  expect([...outcomes].toSorted()).toEqual(['bad taken over', 'moved refused']);
});
