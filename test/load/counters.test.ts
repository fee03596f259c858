import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { growthOf, parseCounters } from '../../tools/load/measuring/counters.ts';
import { Latencies } from '../../tools/load/measuring/latencies.ts';
import { writeLatencyLog } from '../../tools/load/measuring/latency-log.ts';
import { mergedText, mergeRuns } from '../../tools/load/report/merged-runs.ts';

const metrics = (logins: number, count: number, sum: number) => `# HELP logins_total Logins
# TYPE logins_total counter
logins_total{outcome="issued",why="a } in it"} ${logins}
logins_total{outcome="denied"} 4
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total ${logins}
# TYPE waiting gauge
waiting ${logins}
# TYPE wait_seconds histogram
wait_seconds_bucket{le="1"} ${count}
wait_seconds_sum ${sum}
wait_seconds_count ${count}
`;

test('what a service counted in a run is what grew: counters, and the mean of what histograms took', () => {
  const before = [parseCounters('api 1', metrics(10, 2, 1))];
  const after = [parseCounters('api 1', metrics(15, 6, 9)), parseCounters('api 2', metrics(1, 1, 1))];
  expect(growthOf(before, after)).toEqual([
    { server: 'api 1', metric: 'logins_total{outcome="issued",why="a } in it"}', by: 5, mean: null },
    { server: 'api 1', metric: 'wait_seconds', by: 4, mean: 2 },
  ]);
});

test('a service that was started again meanwhile counts from zero', () => {
  const growth = growthOf(
    [parseCounters('api 1', metrics(10, 8, 8))],
    [parseCounters('api 1', metrics(3, 2, 3))],
  );
  expect(growth.map(({ by, mean }) => [by, mean])).toEqual([
    [3, null],
    [2, 1.5],
  ]);
});

describe('runs of several machines', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ravi-load-merge-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  function run(name: string, changes: object): string {
    const latencies = new Latencies();
    latencies.record('start', name === 'a' ? 10 : 30);
    writeFileSync(join(folder, `${name}.hlog`), writeLatencyLog(latencies, 0, 1_000));
    const result = {
      scenario: 'login',
      unit: 'logins',
      done: 100,
      perSecond: 50,
      options: {},
      latencies: { start: { count: 1 } },
      kept: true,
      interrupted: false,
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt: '2026-01-01T00:00:10.000Z',
      tally: { counts: { lost: 0, duplicated: 0, givenAgain: 0, failed: 1 } },
    };
    writeFileSync(join(folder, `${name}.json`), JSON.stringify({ ...result, ...changes }));
    return join(folder, `${name}.json`);
  }

  test('add up: logins, paces, faults and latencies', () => {
    const text = mergedText(mergeRuns([run('a', {}), run('b', {})]));
    expect(text).toContain('login from 2 machines\n200 logins, 100 a second together.\n');
    expect(text).toContain('logins lost 0, logins doubled 0, failures 2');
    expect(text).toMatch(/start +10\.0 +30\.0 +30\.0/);
    expect(text).not.toMatch(/SHOULD NOT|WERE LOST|Stopped/);
  });

  test('one that gave credentials twice, or was stopped, is told; a run counts once, and only with its own, whole log', () => {
    const twice = { kept: false, tally: { counts: { lost: 0, duplicated: 0, givenAgain: 2, failed: 0 } } };
    const [a, b] = [run('a', twice), run('b', { interrupted: true })];
    const text = mergedText(mergeRuns([a, b]));
    expect(text).toContain('logins lost 0, logins doubled 0, given again 2, failures 1\n');
    expect(text).toContain('\nLOGINS WERE LOST OR DOUBLED in 1 of them.\n');
    expect(text).toContain('\nStopped before their time: 1 of them.\n');
    expect(() => mergeRuns([a, b, join(folder, '.', 'a.json')])).toThrow('a.json is named twice');
    writeFileSync(join(folder, 'b.hlog'), '');
    expect(() => mergeRuns([a, b])).toThrow(/b\.hlog is not the whole log of .*b\.json/);
  });

  test('that were not made at the same time, or not of one scenario, are told', () => {
    const later = { startedAt: '2026-01-01T00:00:05.000Z', endedAt: '2026-01-01T00:00:15.000Z' };
    const text = mergedText(mergeRuns([run('a', {}), run('b', later)]));
    expect(text).toContain('only 33 % of the time: THEIR PACES SHOULD NOT BE ADDED.');
    expect(() => mergeRuns([run('a', {}), run('b', { scenario: 'soak' })])).toThrow(
      'no runs of one scenario',
    );
    expect(() => mergeRuns([run('a', {})])).toThrow('name the .json of two runs or more');
    expect(() => mergeRuns([run('a', {}), join(folder, 'c.json')])).toThrow('c.json cannot be read: ENOENT');
    const [a, b] = [run('a', {}), run('b', {})];
    writeFileSync(join(folder, 'b.hlog'), 'Tag=start,0.000,1.000,10.000,HISTF');
    expect(() => mergeRuns([a, b])).toThrow('b.hlog is no log of latencies');
    rmSync(join(folder, 'b.hlog'));
    expect(() => mergeRuns([a, b])).toThrow('b.hlog cannot be read: ENOENT');
  });
});
