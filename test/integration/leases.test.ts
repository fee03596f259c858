import { connectedRedis } from '../support/connected-redis.ts';
import { LoginBench } from '../support/logins.ts';

const bench = await LoginBench.open((await connectedRedis()).url);
afterAll(() => bench.close());

const leaseMs = 10_000;

test('who gets the result has it alone for ten seconds, and for ten more where it asks again; others are told what is left of them', async () => {
  const login = await bench.start();
  const { loginId } = login.deviceCode;
  await bench.store.approve(loginId, 1, '');
  await bench.store.settle(loginId, 'sealed');
  const take = (lease: string) => bench.redeem(login, { kind: 'wait', instance: 'i' }, lease);
  const endsMs = async () => Number(await bench.redis.hget(bench.keyOf(login), 'leased_until'));
  for (let time = 1; time <= 2; time++) {
    const beganMs = Date.now();
    expect((await take('one')).kind).toBe('issued');
    expect(await endsMs()).toBeGreaterThanOrEqual(beganMs + leaseMs - 1);
    expect(await endsMs()).toBeLessThanOrEqual(Date.now() + leaseMs + 1);
  }
  const askedMs = Date.now();
  const other = await take('another');
  if (other.kind !== 'leased') throw new Error(`It is ${other.kind}.`);
  expect(other.remainingMs).toBeLessThanOrEqual((await endsMs()) - askedMs + 1);
  expect(other.remainingMs).toBeGreaterThanOrEqual((await endsMs()) - Date.now() - 1);
  // It waits for nothing that is not there: the first one still has its lease.
  expect((await take('one')).kind).toBe('issued');
});
