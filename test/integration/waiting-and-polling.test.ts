import { Redis } from 'ioredis';
import { eventually } from '../support/eventually.ts';
import { LoginBench, type StoredLogin } from '../support/logins.ts';
import { lease, owner, statesOn } from '../support/login-states.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let redis: TestRedis;
let bench: LoginBench;

beforeAll(async () => {
  redis = await startRedis();
  bench = await LoginBench.open(redis.url);
});
afterAll(async () => {
  bench.close();
  await redis.stop();
});

const states = statesOn(() => bench);
const stranger = 8;

describe('pace of polling (RFC 8628 §3.5)', () => {
  /** Lets the poll before lie back in time, by the clock of Redis, and that it was asked for, by the clock of the api. */
  const lieBack = `
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    redis.call('HSET', KEYS[1], 'polled_at', string.format('%.0f', now - ARGV[1]), 'asked_at', ARGV[2])`;

  /** Polls so long after the poll before: both go to Redis together, so that no time passes in between, however busy the machine. */
  const pollAfter = async (login: StoredLogin, seconds: number, askedSecondsAgo = seconds) => {
    const askedAtMs = Date.now() - askedSecondsAgo * 1000;
    const [poll] = await Promise.all([
      bench.redeem(login),
      bench.redis.eval(lieBack, 1, bench.keyOf(login), seconds * 1000, askedAtMs),
    ]);
    return poll;
  };
  const kindsOf = (polls: readonly { readonly kind: string }[]) => polls.map(({ kind }) => kind);

  test('the first poll is never too fast, one of the next seconds is, and two within a second count as one', async () => {
    const login = await bench.start();
    const together = () => bench.redeem(login);
    expect(kindsOf(await Promise.all([1, 2, 3].map(together)))).toEqual(Array(3).fill('pending'));
    const [second, behind] = await Promise.all([pollAfter(login, 2), bench.redeem(login)]);
    expect([second, behind.kind]).toEqual([{ kind: 'slowDown', intervalSeconds: 10 }, 'pending']);
  });

  test('a program that polls too fast by a clock heals: it is judged by the announced interval, and adds 5 s itself', async () => {
    const login = await bench.start();
    await bench.redeem(login);
    // Its clock is fast: each 5 s that it waits are 3.85 s here.
    for (const [seconds, kind] of [
      [3.85, 'slowDown'],
      [7.7, 'pending'],
      [7.7, 'pending'],
    ] as const)
      expect((await pollAfter(login, seconds)).kind).toBe(kind);
  });

  test('a poll that a frozen Redis ran late is not held against the next one, which came in time', async () => {
    const login = await bench.start();
    await bench.redeem(login);
    // The poll before was run 4 s ago: it had come a second before that, or at that moment.
    for (const [askedSecondsAgo, kind] of [
      [5, 'pending'],
      [4, 'slowDown'],
    ] as const)
      expect((await pollAfter(login, 4, askedSecondsAgo)).kind).toBe(kind);
  });

  test('a client that waits is never told to slow down, however often it asks', async () => {
    const login = await bench.start();
    for (let i = 0; i < 5; i++) {
      expect((await bench.redeem(login, { kind: 'wait', instance: 'i' })).kind).toBe('pending');
    }
  });

  test('a settled login is told at once, however fast it is polled', async () => {
    const login = await bench.start();
    await bench.redeem(login);
    await states.issued(login);
    expect((await bench.redeem(login)).kind).toBe('issued');
  });
});

describe('who waits', () => {
  const onI1 = { kind: 'wait', instance: 'i1' } as const;
  const onI2 = { kind: 'wait', instance: 'i2' } as const;

  test('the settlement names the api instance whose request waits', async () => {
    const login = await bench.start();
    await bench.redeem(login, onI1);
    await states.approved(login);
    expect(await bench.store.settle(login.deviceCode.loginId, 's')).toMatchObject({ waiter: 'i1' });
  });

  test('where the script can, the settlement wakes that instance itself, once, and names nobody who has nobody waiting', async () => {
    const [login, unheard] = [await bench.start(), await bench.start()];
    const subscriber = new Redis(redis.url);
    const heard: string[] = [];
    subscriber.on('message', (channel: string, id: string) => heard.push(`${channel} ${id}`));
    const channel = `${bench.prefix}%s`;
    await subscriber.subscribe(channel.replace('%s', 'i1'), channel.replace('%s', ''));
    await bench.redeem(login, onI1);
    await states.approved(login);
    await states.approved(unheard);
    expect(await bench.store.settle(unheard.deviceCode.loginId, 's', channel)).toMatchObject({
      waiter: null,
    });
    expect(await bench.store.settle(login.deviceCode.loginId, 's', channel)).toMatchObject({ waiter: null });
    await eventually('the instance is woken', () => heard.length > 0);
    subscriber.disconnect();
    expect(heard).toEqual([`${channel.replace('%s', 'i1')} ${login.deviceCode.loginId}`]);
  });

  test('a newer wait elsewhere learns of the older one, and the older one, looking again, of the newer', async () => {
    const login = await bench.start();
    await bench.redeem(login, onI1);
    expect(await bench.redeem(login, onI2)).toMatchObject({ otherWaiter: 'i1' });
    expect(await bench.redeem(login, { kind: 'check', instance: 'i1' })).toMatchObject({ otherWaiter: 'i2' });
    expect(await bench.redeem(login, { kind: 'check', instance: 'i2' })).toMatchObject({ otherWaiter: null });
  });

  test('whoever checks again behind an answered request is named, too, where nobody else is noted', async () => {
    const login = await bench.start();
    await bench.redeem(login, onI1);
    await states.issued(login);
    expect((await bench.redeem(login, { kind: 'check', instance: 'i1' }, lease)).kind).toBe('issued');
    for (const instance of ['i2', 'i3']) await bench.redeem(login, { kind: 'check', instance });
    expect(await bench.store.release(login.deviceCode.loginId, lease)).toBe('i2');
  });

  test('whoever waits in vain behind an answered request is named when that request ends, either way', async () => {
    for (const end of ['complete', 'release'] as const) {
      const login = await bench.start();
      await states.leased(login);
      await bench.redeem(login, onI1);
      expect([await bench.store[end](login.deviceCode.loginId, lease)].flat()).toEqual(['i1']);
    }
  });
});

describe('who follows', () => {
  const watch = ({ deviceCode }: StoredLogin, instance = 'i1', who = owner) =>
    bench.store.watch(deviceCode.loginId, who, instance);

  test.each([
    ['pending', 'unknown'],
    ['approved', 'waiting'],
    ['issued', 'waiting'],
    ['leased', 'waiting'],
    ['redeemed', 'collected'],
    ['denied', 'denied'],
    ['aborted', 'aborted'],
    ['gone', 'unknown'],
  ] as const)(
    'of a login that is %s its approver learns "%s", and a stranger nothing',
    async (from, told) => {
      const login = await bench.start();
      await states[from](login);
      expect(await watch(login, 'i1', stranger)).toBe('unknown');
      expect(await bench.redis.hexists(bench.keyOf(login), 'watchers')).toBe(0);
      expect(await watch(login)).toBe(told);
      expect(await bench.redis.pttl(bench.keyOf(login))).not.toBe(-1);
    },
  );

  test('all instances with such pages are named, each once, when the result was handed over', async () => {
    const login = await bench.start();
    await states.leased(login);
    for (const instance of ['i1', 'i2', 'i1', '']) await watch(login, instance);
    await bench.redeem(login, { kind: 'wait', instance: 'i2' });
    const named = await bench.store.complete(login.deviceCode.loginId, lease);
    expect(named.toSorted()).toEqual(['i1', 'i2']);
    expect(await bench.redis.hexists(bench.keyOf(login), 'watchers')).toBe(0);
  });

  test('a page that is opened over and over notes no more than the four newest instances', async () => {
    const login = await bench.start();
    await states.leased(login);
    for (let i = 0; i < 10; i++) await watch(login, `instance-${i}`);
    const named = await bench.store.complete(login.deviceCode.loginId, lease);
    expect(named.toSorted()).toEqual(['instance-6', 'instance-7', 'instance-8', 'instance-9']);
  });
});
