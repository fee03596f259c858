import { createSecretKey, randomUUID } from 'node:crypto';
import { eventually } from '../support/eventually.ts';
import { connectedRedis } from '../support/connected-redis.ts';
import {
  parseNetworks,
  StartAdmission,
  type StartAdmissionDeps,
} from '../../services/api/src/limits/start-admission.ts';

const { redis } = await connectedRedis();

/** Admission with counters of its own, and the reasons of what it refused. */
function open(rules: Partial<StartAdmissionDeps> = {}) {
  const refused: string[] = [];
  const deps: StartAdmissionDeps = {
    redis,
    addressKey: createSecretKey(Buffer.alloc(32, 7)),
    enabled: true,
    deviceLogin: true,
    startNetworks: null,
    maxPendingPerAddress: 5,
    maxPendingLogins: 1_000,
    deviceCodeTtlSeconds: 900,
    onRefused: (reason) => void refused.push(reason),
    prefix: `test:${randomUUID()}:`,
    ...rules,
  };
  const admission = new StartAdmission(deps);
  const start = (address: string) =>
    admission.admit(address).then(
      () => true,
      () => false,
    );
  return { deps, refused, start };
}

test('no window of the code lifetime holds more starts of an address than allowed, wherever it begins', async () => {
  const { deps } = open({ deviceCodeTtlSeconds: 1 });
  const admitted: { readonly beforeMs: number; readonly afterMs: number }[] = [];
  await eventually('16 starts were admitted', async () => {
    // A new admission each time, as in another process: none remembers a refusal.
    const beforeMs = Date.now();
    const ok = await new StartAdmission(deps).admit('192.0.2.1').then(
      () => true,
      () => false,
    );
    if (ok) admitted.push({ beforeMs, afterMs: Date.now() });
    return admitted.length >= 16;
  });
  // The script of each ran at some time in between.
  const windows = admitted.slice(5).map((sixth, i) => sixth.afterMs - (admitted[i]?.beforeMs ?? 0));
  expect(Math.min(...windows)).toBeGreaterThanOrEqual(999);
});

test('all addresses together have a limit too, and a refused start does not count', async () => {
  const { start, refused } = open({ maxPendingLogins: 12 });
  const answers: boolean[] = [];
  for (let i = 0; i < 12; i++) answers.push(await start('192.0.2.1'));
  for (let i = 0; i < 9; i++) answers.push(await start(`198.51.${i}.100`));
  expect(answers.filter(Boolean)).toHaveLength(12);
  expect(refused).toEqual([...Array<string>(7).fill('address'), 'total', 'total']);
});

/** @shows flooding */
test.each([
  ['an IPv6 /64', 5, (i: number) => `2001:db8:1:2:${i}::1`],
  ['an IPv6 /56', 20, (i: number) => `2001:db8:1:${(0x200 + (i % 256)).toString(16)}::1`],
  ['an IPv6 /48', 80, (i: number) => `2001:db8:1:${i.toString(16)}00::1`],
  ['an IPv4 /24', 80, (i: number) => `192.0.2.${i % 256}`],
])(
  '%s may start %d logins, wherever in it they start, and its neighbours go on',
  async (_, max, addressOf) => {
    const { start } = open();
    let admitted = 0;
    for (let i = 0; i < 3 * max; i++) if (await start(addressOf(i % 200))) admitted++;
    expect(admitted).toBe(max);
    expect(await start('2001:db8:2::1')).toBe(true);
    expect(await start('192.0.3.1')).toBe(true);
  },
);

/** @shows flooding */
test('one network, however large and whatever one address may, leaves half of all starts to the others', async () => {
  const { start } = open({ maxPendingLogins: 40, maxPendingPerAddress: 1_000 });
  let admitted = 0;
  for (let i = 0; i < 60; i++) if (await start(`2001:db8:1:${i.toString(16)}::1`)) admitted++;
  expect(admitted).toBe(20);
  for (let i = 0; i < 20; i++) expect(await start(`192.0.${i}.1`)).toBe(true);
});

/** @shows flooding */
test('an address that started too many logins gets a sentence and a time; where limits are switched off, none does', async () => {
  const { deps } = open();
  const admission = new StartAdmission(deps);
  for (let i = 0; i < 5; i++) await admission.admit('192.0.2.1');
  const refused = await admission.admit('192.0.2.1').catch((error: unknown) => error);
  expect(refused).toMatchObject({
    code: 'rate_limited',
    message: expect.stringMatching(/^Too many logins were started from this address or network\./),
  });
  const { retryAfterSeconds } = refused as { retryAfterSeconds: number };
  expect(retryAfterSeconds).toBeGreaterThan(450);
  // Starts are counted in slices of an eighth of the window.
  expect(retryAfterSeconds).toBeLessThanOrEqual(900 * 1.125 + 1);
  await new StartAdmission({ ...deps, enabled: false }).admit('192.0.2.1');
});

test('starts are admitted in one round trip, and none is made for who was refused', async () => {
  const { start } = open();
  const calls = async () =>
    Number(/cmdstat_evalsha:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1] ?? 0);
  await start('192.0.2.1');
  const before = await calls();
  await start('192.0.2.2');
  expect((await calls()) - before).toBe(1);
  for (let i = 0; i < 10; i++) await start('192.0.2.2');
  expect((await calls()) - before).toBe(6);
});

test('where logins are switched off none starts, and a program is told when to ask again; one of a foreign network is told that it is', async () => {
  const off = open({ deviceLogin: false });
  await expect(new StartAdmission(off.deps).admit('192.0.2.1')).rejects.toMatchObject({
    code: 'unavailable',
    retryAfterSeconds: 300,
  });
  const foreign = open({ startNetworks: parseNetworks(['10.0.0.0/8']) });
  await expect(new StartAdmission(foreign.deps).admit('192.0.2.1')).rejects.toMatchObject({
    code: 'not_allowed_here',
  });
  expect([off.refused, foreign.refused]).toEqual([['off'], ['network']]);
});

test('where half of all logins is less than one, a network may still start one', async () => {
  const { start } = open({ maxPendingLogins: 1 });
  expect([await start('192.0.2.1'), await start('192.0.2.1')]).toEqual([true, false]);
});

test('only the networks on the list may start, in both families', async () => {
  const startNetworks = parseNetworks(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32']);
  const { start, refused } = open({ startNetworks });
  for (const inside of ['10.255.0.1', '192.0.2.7', '2001:db8:1::1']) expect(await start(inside)).toBe(true);
  for (const outside of ['11.0.0.1', '192.0.2.8', '2001:db9::1', ''])
    expect(await start(outside)).toBe(false);
  expect(refused).toEqual(Array<string>(4).fill('network'));
  // All of one family.
  const inIpv4 = open({ startNetworks: parseNetworks(['0.0.0.0/0']) });
  expect([await inIpv4.start('203.0.113.9'), await inIpv4.start('2001:db8::1')]).toEqual([true, false]);
});

test.each(['10.0.0.0/33', '2001:db8::/129', 'localhost', '10.0.0.0/8/8', '10.0.0.0/', '/8'])(
  '%p is no network',
  (entry) => expect(() => parseNetworks([entry])).toThrow(entry),
);
