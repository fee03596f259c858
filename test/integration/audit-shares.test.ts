import { loadScript, replyWords, runScript } from '@ravi/redis';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis } = await connectedRedis();
const append = loadScript(new URL('../../packages/audit/src/lua/append.lua', import.meta.url));
const [log, shares] = ['test:{audit-shares}', 'test:{audit-shares}:shares'];
const eraMs = 60_000;
afterEach(() => redis.del(log, shares));

/** An event of this kind, of a share of so many; perhaps by a network, which has a part of it. */
interface Adding {
  readonly of: string;
  readonly share: number;
  readonly network?: string;
  readonly part?: number;
}

/** Adds events, and tells how many were left out, then which of them were the first of their kind. */
async function add(eraEvents: number, ...events: readonly Adding[]): Promise<readonly number[]> {
  const told = events.flatMap(({ of, share, network = '', part = share }) => [
    of,
    share,
    network,
    part,
    '{}',
  ]);
  const reply = replyWords(await runScript(redis, append, [log, shares], 1_000, eraEvents, eraMs, ...told));
  return reply.slice(1).map(Number);
}

test('a share that is used up begins anew once more events came in than an era has, and not before; it ends by itself', async () => {
  const mine = { of: '7 signed_in', share: 2 };
  const other = { of: '8 signed_in', share: 100 };
  const eraEvents = 3;
  expect(await add(eraEvents, mine, mine, mine, mine)).toEqual([2, 2]);
  expect(await add(eraEvents, other)).toEqual([0]);
  // Three came in. That this account has no share left was told.
  expect(await add(eraEvents, mine)).toEqual([1]);
  expect(await add(eraEvents, other)).toEqual([0]);
  expect(await add(eraEvents, mine, mine, mine)).toEqual([1, 2]);
  expect(await redis.xlen(log)).toBe(6);

  const ttlMs = await redis.pttl(shares);
  expect(ttlMs).toBeGreaterThan(0);
  expect(ttlMs).toBeLessThanOrEqual(eraMs);
  // However often something is added: who goes on does not put off that it begins anew.
  await redis.pexpire(shares, 30_000);
  await add(eraEvents, mine);
  expect(await redis.pttl(shares)).toBeLessThanOrEqual(30_000);
});

test('what networks add within their parts is counted together, and that it was too much is told once of each network and once of all', async () => {
  const by = (network: string): Adding => ({ of: 'nobody started', share: 4, network, part: 2 });
  expect(await add(1_000, by('a'), by('a'), by('a'), by('a'))).toEqual([2, 2]);
  expect(await add(1_000, by('b'), by('b'))).toEqual([0]);
  expect(await add(1_000, by('a'))).toEqual([1, 0]);
  expect(await add(1_000, by('c'), by('a'))).toEqual([2]);
  expect(await redis.xlen(log)).toBe(4);
});
