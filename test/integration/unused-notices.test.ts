import type { Delivery } from '../../services/issuer/src/deliveries/delivery-queue.ts';
import type { UnusedNotice } from '../../services/issuer/src/deliveries/mail/unused-notice.ts';
import { UnusedLogins } from '../../services/issuer/src/deliveries/unused-logins.ts';
import { connectedRedis } from '../support/connected-redis.ts';
import { World } from '../support/credential-world.ts';
import { eventually } from '../support/eventually.ts';

const { redis } = await connectedRedis();
const hour = 3_600_000;
const nowMs = Date.now();

/** A person whose logins end by themselves in so many milliseconds, and issuers that look for such logins, which stay for `idleMs` without a use. */
async function open(idleMs = 100 * hour) {
  const world = new World(redis);
  const { prefix } = world;
  const { id, identity } = await world.person();
  const epoch = (await world.accounts.standing(id))?.account.epoch ?? '';
  const logIn = async (endsInMs: number, scope: 'account' | 'identity' = 'account') => {
    const { grant } = await world.redeem(id, epoch, identity, scope);
    await redis.pexpire(`${prefix}ravi:grant:{${grant.id}}`, endsInMs);
    await redis.zadd(`${prefix}ravi:account-grants:${id}:${epoch}`, nowMs + endsInMs - idleMs, grant.id);
    return grant;
  };
  const turn = `${prefix}ravi:unused-look`;
  const told: Delivery<UnusedNotice>[] = [];
  const said: string[] = [];
  const issuer = (tell = async (notices: readonly Delivery<UnusedNotice>[]) => void told.push(...notices)) =>
    new UnusedLogins({
      redis,
      prefix,
      clock: { nowMs: () => nowMs },
      logger: { debug: (_: unknown, sentence: string) => void said.push(sentence) } as never,
      idleMs,
      tell,
    });
  return { prefix, id, identity, epoch, logIn, issuer, turn, told, said };
}

test('of all issuers one looks, twice a day: each login that ends within 36 hours is told once, for after its end', async () => {
  const { id, identity, epoch, logIn, issuer, turn, told } = await open();
  const [whole, part] = [await logIn(2 * hour), await logIn(35 * hour, 'identity')];
  await logIn(37 * hour);
  const issuers = [issuer(), issuer(), issuer()];
  await eventually('both are told', () => told.length >= 2);
  for (const each of issuers) await each.stop();
  const about = { about: 'unused', userId: id, accountEpoch: epoch, clientName: 'test', lastUsedAtMs: null };
  const notices = told.map(({ id: job, data }) => ({ job, data }));
  expect(notices).toHaveLength(2);
  for (const [grant, neededIdentity] of [
    [whole, ''],
    [part, identity],
  ] as const)
    expect(notices).toContainEqual({
      job: `unused.${grant.id}`,
      data: { ...about, grantId: grant.id, neededIdentity, createdAtMs: grant.createdAtMs },
    });
  for (const [grant, endsInMs] of [
    [whole, 2 * hour],
    [part, 35 * hour],
  ] as const) {
    const { delayMs = 0 } = told.find(({ data }) => data.grantId === grant.id) ?? {};
    expect(delayMs).toBeLessThanOrEqual(endsInMs + 30_000);
    expect(delayMs).toBeGreaterThan(endsInMs);
  }
  const ttlMs = await redis.pttl(turn);
  expect(ttlMs).toBeGreaterThan(11 * hour);
  expect(ttlMs).toBeLessThanOrEqual(12 * hour);
});

test('a person is told when a login that ends was used last, not when its tokens were refreshed last', async () => {
  const { prefix, logIn, issuer, told } = await open();
  const { id } = await logIn(hour);
  const times = { last_used_at: nowMs - 99 * hour, refreshed_at: nowMs - 150 * hour };
  await redis.hset(`${prefix}ravi:grant:{${id}}`, times);
  const one = issuer();
  await eventually('it is told', () => told.length > 0);
  await one.stop();
  expect(told.map(({ data }) => data.lastUsedAtMs)).toEqual([times.last_used_at]);
});

test('a person is told of a login that ends though two hundred others in their list have gone before it', async () => {
  const { prefix, id, epoch, logIn, issuer, told } = await open();
  const gone = Array.from({ length: 200 }, (_, at) => [String(at), `gone ${at}`]).flat();
  await redis.zadd(`${prefix}ravi:account-grants:${id}:${epoch}`, ...gone);
  const { id: ends } = await logIn(hour);
  const one = issuer();
  await eventually('it is told', () => told.length > 0);
  await one.stop();
  expect(told.map(({ data }) => data.grantId)).toEqual([ends]);
});

test.each([
  [1, 12, 6],
  [2, 24, 12],
  [3, 36, 12],
])(
  'where a login stays for %d days, it is told within %d hours of its end, and one looks each %d hours',
  async (days, within, every) => {
    const { logIn, issuer, turn, told } = await open(days * 24 * hour);
    const { id } = await logIn((within - 1) * hour);
    await logIn((within + 1) * hour);
    const one = issuer();
    await eventually('the look is over', () => told.length > 0);
    await one.stop();
    expect(told.map(({ data }) => data.grantId)).toEqual([id]);
    expect(await redis.pttl(turn)).toBeLessThanOrEqual(every * hour);
    expect(await redis.pttl(turn)).toBeGreaterThan((every - 1) * hour);
  },
);

test('where a look fails, or its issuer stops in it, another one looks', async () => {
  const { logIn, issuer, turn, told, said } = await open();
  await logIn(hour);
  const failing = issuer(() => Promise.reject(new Error('Redis is away.')));
  await eventually('it has failed', () => said.length > 0);
  expect([said, await redis.exists(turn)]).toEqual([['unused logins could not be looked for'], 0]);
  await failing.stop();

  // So many keys that the look pauses before its end.
  const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`filler:${at}`, '']));
  await redis.mset(many);
  await issuer().stop();
  await redis.del(...Object.keys(many));
  expect(await redis.exists(turn)).toBe(0);

  const last = issuer();
  await eventually('it is told', () => told.some(({ data }) => data.about === 'unused'));
  await last.stop();
  expect(await redis.exists(turn)).toBe(1);
});
