import { Latencies } from '../../tools/load/measuring/latencies.ts';
import { keptThePromise, Ledger, type Login } from '../../tools/load/measuring/ledger.ts';
import { processesFor, splitShare } from '../../tools/load/processes/shares.ts';
import { openLoop } from '../../tools/load/scenarios/open-loop.ts';
import { pickBehaviour } from '../../tools/load/scenarios/soak-behaviours.ts';

const login = (userCode: string): Login => ({
  deviceCode: 'code',
  userCode,
  approveSentMs: 1,
  approvedMs: 1,
  receivedMs: 0,
  denied: false,
  tornOff: false,
});

test('a login that brings credentials twice is counted and named', () => {
  const ledger = new Ledger();
  const doubled = login('BCDF-GHJK');
  ledger.receive(doubled);
  expect(keptThePromise(ledger.tally())).toBe(true);
  ledger.receive(doubled);
  expect(keptThePromise(ledger.tally())).toBe(false);
  expect(ledger.tally()).toMatchObject({
    counts: { received: 1, duplicated: 1 },
    faults: { duplicated: [{ login: 'BCDF-GHJK' }] },
  });
});

test('credentials that another login got already are a duplicate: a server that mixes logins up is found out', () => {
  const ledger = new Ledger();
  const token = (end: string) => `head.claims.${end.repeat(86)}`;
  ledger.noteToken(login('BBBB-BBBB'), token('a'));
  ledger.noteToken(login('BBBB-BBBB'), token('a'));
  ledger.noteToken(login('CCCC-CCCC'), token('b'));
  expect(keptThePromise(ledger.tally())).toBe(true);
  ledger.noteToken(login('CCCC-CCCC'), token('a'));
  expect(ledger.tally().faults.duplicated).toEqual([
    { login: 'CCCC-CCCC', why: 'got the credentials of BBBB-BBBB' },
  ]);
});

test('credentials without an approval, or after a denial, are failures', () => {
  const ledger = new Ledger();
  ledger.receive({ ...login('BBBB-BBBB'), approveSentMs: 0 });
  ledger.receive({ ...login('CCCC-CCCC'), denied: true });
  expect(ledger.tally().faults.failed.map(({ login: name }) => name)).toEqual(['BBBB-BBBB', 'CCCC-CCCC']);
});

test('the tallies of several processes add up', () => {
  const [all, part] = [new Ledger(), new Ledger()];
  part.count('started', 3);
  part.fault('lost', login('DDDD-DDDD'), 'gone');
  all.merge(part.tally());
  all.merge(part.tally());
  expect(all.tally()).toMatchObject({ counts: { started: 6, lost: 2 } });
});

test('latencies of several processes make one distribution', () => {
  const [all, part] = [new Latencies(), new Latencies()];
  for (let ms = 1; ms <= 100; ms++) (ms <= 50 ? all : part).record('wake', ms);
  all.merge(part.encode());
  const { wake } = all.summaries();
  expect(wake).toMatchObject({ count: 100 });
  expect(wake?.p50).toBeCloseTo(50, 0);
  expect(wake?.p99).toBeCloseTo(99, 0);
  expect(wake?.max).toBeCloseTo(100, 0);
  expect(wake?.distribution.at(-1)?.[1]).toBeCloseTo(100, 0);
});

test('a load is split without losing any of it, over as many processes as the file limit asks for', () => {
  const whole = { clients: 10, connections: 3, rate: 9, seconds: 1, thinkMs: 0 };
  const shares = splitShare(whole, 4);
  expect(shares.map(({ clients }) => clients)).toEqual([3, 3, 2, 2]);
  expect(shares.every(({ connections }) => connections >= 1)).toBe(true);
  expect(shares.reduce((rate, share) => rate + (share.rate ?? 0), 0)).toBe(9);
  expect(processesFor(100_000, 20_000)).toBe(6);
  expect(processesFor(10, Number.POSITIVE_INFINITY)).toBe(1);
});

test('an open loop catches up after a stall and keeps the times at which arrivals were due', async () => {
  const due: number[] = [];
  const startMs = performance.now();
  await openLoop(200, 0.2, new AbortController().signal, (dueMs) => {
    due.push(dueMs - startMs);
    // The first arrival stalls everything for a while.
    if (due.length === 1) while (performance.now() - startMs < 100);
  });
  expect(due).toHaveLength(40);
  due.forEach((dueMs, index) => expect(dueMs).toBeCloseTo(index * 5, -0.5));
});

test('every behaviour of a soak has its share', () => {
  const seen = new Set(Array.from({ length: 100 }, (_, index) => pickBehaviour(index / 100)));
  expect(seen).toEqual(new Set(['patient', 'disconnects', 'tearsOff', 'denied', 'abandons', 'polls']));
});
