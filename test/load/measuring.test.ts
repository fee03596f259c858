import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Latencies } from '../../tools/load/measuring/latencies.ts';
import { readLatencyLog, writeLatencyLog } from '../../tools/load/measuring/latency-log.ts';
import { keptThePromise, Ledger, type Login } from '../../tools/load/measuring/ledger.ts';
import { checkRequirements, parseRequirement } from '../../tools/load/measuring/requirements.ts';
import { toldCounts } from '../../tools/load/measuring/words.ts';
import { exitCode, type LoadResult } from '../../tools/load/measuring/load-result.ts';
import { differences, otherOptions, readEarlier } from '../../tools/load/report/comparison.ts';
import { processesOfEach } from '../../tools/load/machines/worker-places.ts';
import { processesFor, splitShare } from '../../tools/load/processes/shares.ts';
import { openLoop, ramp } from '../../tools/load/scenarios/open-loop.ts';
import { pickBehaviour } from '../../tools/load/scenarios/soak-behaviours.ts';

const login = (userCode: string): Login => ({
  deviceCode: 'code',
  userCode,
  verification: '',
  approveSentMs: 1,
  approvedMs: 1,
  receivedMs: 0,
  token: '',
  denied: false,
  tornOff: false,
  failed: false,
});

const token = (end: string) => `head.claims.${end.repeat(86)}`;

test('the same credentials again are a breach, but for a run with faults; other credentials always are, and are named', () => {
  const ledger = new Ledger();
  const again = login('BCDF-GHJK');
  const receive = (end: string) => {
    ledger.noteToken(again, token(end));
    ledger.receive(again);
  };
  receive('a');
  expect(keptThePromise(ledger.tally(), 'no faults')).toBe(true);
  receive('a');
  expect(keptThePromise(ledger.tally(), 'no faults')).toBe(false);
  expect(keptThePromise(ledger.tally(), 'faults')).toBe(true);
  receive('b');
  expect(keptThePromise(ledger.tally(), 'faults')).toBe(false);
  expect(ledger.tally()).toMatchObject({
    counts: { received: 1, givenAgain: 2, duplicated: 1 },
    faults: { duplicated: [{ login: 'BCDF-GHJK', why: 'got other credentials than before' }] },
  });
});

test('credentials that another login got already are a duplicate: a server that mixes logins up is found out', () => {
  const ledger = new Ledger();
  ledger.noteToken(login('BBBB-BBBB'), token('a'));
  ledger.noteToken(login('BBBB-BBBB'), token('a'));
  ledger.noteToken(login('CCCC-CCCC'), token('b'));
  expect(keptThePromise(ledger.tally(), 'faults')).toBe(true);
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

test('what was recorded lately is told apart, and stays in the whole', () => {
  const latencies = new Latencies();
  latencies.record('wake', 10);
  expect(Object.keys(latencies.takeRecent())).toEqual(['wake']);
  expect(latencies.takeRecent()).toEqual({});
  latencies.record('wake', 20);
  const recent = new Latencies();
  recent.merge(latencies.takeRecent());
  expect(recent.brief()['wake']).toMatchObject({ count: 1 });
  expect(latencies.summaries()['wake']).toMatchObject({ count: 2 });
});

test('a log of latencies is read again, by others too, and logs of several machines add up', () => {
  const latencies = new Latencies();
  for (let ms = 1; ms <= 100; ms++) latencies.record('approval sent to answer', ms);
  const log = writeLatencyLog(latencies, 1_700_000_000_000, 1_700_000_010_000);
  expect(log).toMatch(/^#\[Histogram log format version 1\.3\]\n/);
  expect(log).toMatch(/\nTag=answer,0\.000,10\.000,100\.\d+,HISTF/);
  const both = readLatencyLog(log);
  both.merge(readLatencyLog(log).encode());
  const summary = both.summaries()['approval sent to answer'];
  expect(summary).toMatchObject({ count: 200 });
  expect(summary?.p99).toBeCloseTo(99, 0);
  expect(readLatencyLog('no log').summaries()).toEqual({});
});

test('a load is split without losing any of it, over as many processes as the file limit asks for', () => {
  const whole = { clients: 10, connections: 3, rate: 9, seconds: 1, rampSeconds: 0, thinkMs: 0 };
  const shares = splitShare(whole, 4);
  expect(shares.map(({ clients }) => clients)).toEqual([3, 3, 2, 2]);
  expect(shares.every(({ connections }) => connections >= 1)).toBe(true);
  expect(shares.reduce((rate, share) => rate + (share.rate ?? 0), 0)).toBe(9);
  expect(processesFor(100_000, 20_000)).toBe(6);
  expect(processesFor(10, Number.POSITIVE_INFINITY)).toBe(1);
});

test('processes that may not open a socket for each of their clients beside their own files are refused before the run', () => {
  const places = (clients: number, processes: number | null) => () =>
    processesOfEach({ clients, connections: 100, processes }, 1, 20_000, 'here');
  expect(places(19_700, 1)()).toBe(1);
  expect(places(19_701, 1)).toThrow('A process may open 20000 files here, some of which it needs itself');
  expect(places(39_500, 2)()).toBe(2);
  expect(places(39_501, 2)).toThrow('--processes');
  expect(places(39_501, null)()).toBe(3);
  const tooFew = { clients: 1, connections: 64, processes: null };
  expect(() => processesOfEach(tooFew, 1, 200, 'here')).toThrow('raise the limit');
});

test('an open loop catches up after a stall and keeps the times at which arrivals were due', async () => {
  const due: number[] = [];
  const startMs = performance.now();
  await openLoop(200, 0.2, new AbortController().signal, (dueMs) => {
    due.push(dueMs);
    // The first arrival stalls everything for a while.
    if (due.length === 1) while (performance.now() - startMs < 100);
  });
  expect(due).toHaveLength(40);
  due.forEach((dueMs, index) => expect(dueMs - (due[0] ?? 0)).toBeCloseTo(index * 5));
});

test('an open loop of so many seconds as its arrivals take leaves none of them out', async () => {
  for (const [arrivals, rate] of [
    [333, 100_000 / 3],
    [14, 10_000 / 7],
  ] as const) {
    let arrived = 0;
    await openLoop(rate, arrivals / rate, new AbortController().signal, () => arrived++);
    expect(arrived).toBe(arrivals);
  }
});

test('a ramp rises evenly: a quarter of its arrivals come in its first half', async () => {
  const due: number[] = [];
  await ramp(400, 0.5, new AbortController().signal, (dueMs) => due.push(dueMs));
  expect(due).toHaveLength(100);
  // The first one is due at once.
  const [startMs = 0] = due;
  expect(due.filter((dueMs) => dueMs - startMs < 249)).toHaveLength(25);
  expect((due.at(-1) ?? 0) - startMs).toBeLessThanOrEqual(500);
});

const result = (changes: object): LoadResult => ({
  ...(JSON.parse(
    '{"scenario":"login","unit":"logins","perSecond":100,"options":{"rate":100},"latencies":{}}',
  ) as LoadResult),
  ...changes,
});

test('two runs are compared figure by figure, and options that differ are named', () => {
  const latencies = new Latencies();
  latencies.record('start', 10);
  const earlier = result({ latencies: latencies.summaries() });
  latencies.record('start', 30);
  const now = result({ perSecond: 80, latencies: latencies.summaries(), options: { rate: 80 } });
  expect(differences(earlier, now)).toEqual([
    { figure: 'logins a second', earlier: '100', now: '80', change: '-20.0 %' },
    { figure: 'start, p50', earlier: '10.0 ms', now: '10.0 ms', change: '+0.0 %' },
    {
      figure: 'start, p99',
      earlier: '10.0 ms',
      now: '30.0 ms',
      change: expect.stringMatching(/^\+199|^\+200/),
    },
  ]);
  expect(otherOptions(earlier, now)).toBe('rate 100, now 80');
});

test('a figure that one of two runs did not measure, or that was nothing before, is told, and has no change', () => {
  const latencies = new Latencies();
  latencies.record('start', 10);
  const [without, having] = [result({ perSecond: 0 }), result({ latencies: latencies.summaries() })];
  const start = (earlier: string, now: string) =>
    ['p50', 'p99'].map((percentile) => ({ figure: `start, ${percentile}`, earlier, now, change: '' }));
  expect(differences(without, having)).toEqual([
    { figure: 'logins a second', earlier: '0', now: '100', change: '' },
    ...start('not measured', '10.0 ms'),
  ]);
  expect(differences(having, without)).toEqual([
    { figure: 'logins a second', earlier: '100', now: '0', change: '-100.0 %' },
    ...start('10.0 ms', 'not measured'),
  ]);
});

test('what is no earlier result of the scenario is told before the run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ravi-load-earlier-'));
  const file = join(folder, 'earlier.json');
  const read = (text: string) => {
    writeFileSync(file, text);
    return () => readEarlier(file, 'login');
  };
  expect(() => readEarlier(join(folder, 'none.json'), 'login')).toThrow(
    /^--against: .*none\.json cannot be read: ENOENT/,
  );
  expect(read('{}')).toThrow('is no result of a run');
  expect(read(JSON.stringify(result({ scenario: 'soak' })))).toThrow('is of "soak", and this run is "login"');
  expect(read(JSON.stringify(result({})))()).toMatchObject({ perSecond: 100 });
  rmSync(folder, { recursive: true });
});

test('every behaviour of a soak has its share', () => {
  const seen = new Set(Array.from({ length: 100 }, (_, index) => pickBehaviour(index / 100)));
  expect(seen).toEqual(new Set(['patient', 'disconnects', 'tearsOff', 'denied', 'abandons', 'polls']));
});

test('a requirement is met, missed, or not measured, which is missed too', () => {
  const latencies = new Latencies();
  for (let ms = 1; ms <= 100; ms++) latencies.record('approval sent to answer', ms);
  const ledger = new Ledger();
  ledger.fault('lost', login('BBBB-BBBB'), 'gone');
  const measured = { perSecond: 500, tally: ledger.tally(), latencies: latencies.summaries() };
  const metOf = (text: string) =>
    checkRequirements(
      [parseRequirement(text, { approves: true, measures: ['answer', 'start'] })],
      measured,
    )[0]?.met;
  expect(
    ['lost=1', 'lost<=1', 'doubled=0', 'pace>=500/s', 'answer.p99<100ms', 'answer.max<=0.11s'].map(metOf),
  ).toEqual(Array(6).fill(true));
  expect(['lost=0', 'pace>500', 'answer.p50<50ms', 'answer.min>1.5ms', 'start.p50<1s'].map(metOf)).toEqual(
    Array(5).fill(false),
  );
});

test('the exit code tells what became of a run; of one that was stopped, no requirement is shown', () => {
  const ran = (changes: object, ...faultFailures: string[]) => {
    const tally = new Ledger().tally();
    const whole = { kept: true, done: 5, tally, requirements: [{ met: true }], interrupted: false };
    return exitCode(result({ ...whole, ...changes }), faultFailures);
  };
  const failing = new Ledger();
  for (let count = 0; count < 6; count++) failing.fault('failed', null, 'no answer');
  expect(ran({})).toBe(0);
  expect(ran({ kept: false, requirements: [{ met: false }] })).toBe(1);
  expect(ran({ tally: failing.tally(), requirements: [{ met: false }] })).toBe(2);
  expect(ran({}, 'no process')).toBe(2);
  expect(ran({ requirements: [{ met: true }, { met: false }] })).toBe(3);
  expect(ran({ interrupted: true })).toBe(2);
  expect(ran({ interrupted: true, requirements: [] })).toBe(0);
});

test('counts are told in words: those of zero only where it is good news', () => {
  const ledger = new Ledger();
  ledger.count('slowedDown', 3);
  expect(toldCounts(ledger.tally().counts)).toEqual([
    ['polls told to slow down', 3],
    ['logins lost', 0],
    ['logins doubled', 0],
  ]);
});
