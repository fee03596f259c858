import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alternate } from '../../tools/bench/alternating.ts';
import { clusterFigures, evenFigures } from '../../tools/bench/cluster-product.ts';
import { atLeast, atMost } from '../../tools/bench/figure.ts';
import type { LoginCost } from '../../tools/bench/login-cost.ts';
import { scalingTables } from '../../tools/bench/scaling-table.ts';
import { measured, median } from '../../tools/bench/medians.ts';
import { checkRounds, writeRounds } from '../../tools/bench/raw-rounds.ts';
import { refreshing } from '../../tools/bench/refreshing.ts';
import { post } from '../../tools/load/client/request.ts';
import {
  checkTable,
  measuredOn,
  mergeRows,
  rowOf,
  rowsOf,
  tableOf,
  withTable,
} from '../../tools/bench/performance-table.ts';

test('the median is the middle, whatever the order', () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNaN();
});

test('contenders alternate, another one first in every round, and the round that warms up does not count', async () => {
  const order: string[] = [];
  const contender = (name: string) => ({ name, measure: async () => order.push(name) });
  const results = await alternate([contender('a'), contender('b')], 2);
  expect(order.join('')).toBe('ababba');
  expect(results.map(({ values }) => values)).toEqual([
    [3, 6],
    [4, 5],
  ]);
});

test('a target is a ratio, met or not', () => {
  const [ours, floor] = [measured('ours', [70]), measured('floor', [100])];
  expect(atLeast(ours, floor, 0.7)).toMatchObject({ reached: 0.7, met: true });
  expect(atMost(ours, floor, 0.5)).toMatchObject({ reached: 0.7, met: false });
});

test('the table takes the place of the last one and leaves the rest of the document alone', () => {
  const document = 'before\n<!-- bench:begin -->\nold\n<!-- bench:end -->\nafter\n';
  const figure = {
    title: 'start',
    unit: 'requests/s',
    ours: measured('ours', [7_000]),
    others: [measured('floor', [10_000])],
    targets: [],
  };
  const once = withTable(document, tableOf([rowOf(figure)], 'a test'));
  expect(once).toContain('| start | 7,000 requests/s (1 round) | floor: 10,000 |');
  expect(once).not.toContain('old');
  expect(withTable(once, 'new')).toBe(document.replace('old', 'new'));
  expect(() => withTable('no markers', 'table')).toThrow('bench:begin');
});

test('figures that are measured alone take the place of their rows, and the others stay', () => {
  const rows = ['| a | 1 |', '| b | 2 |'];
  const document = `<!-- bench:begin -->\n${tableOf(rows, 'a test')}\n<!-- bench:end -->`;
  expect(mergeRows(rowsOf(document), ['| b | 3 |', '| c | 4 |'])).toEqual([
    '| a | 1 |',
    '| b | 3 |',
    '| c | 4 |',
  ]);
  expect(measuredOn(rows, ['| b | 3 |'], 'today')).toMatch(/^today; rows that were not measured then keep/);
  expect(measuredOn(rows, rows, 'today')).toBe('today');
});

test('every round is kept, beside what it was compared with; figures that were not measured again keep theirs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ravi-bench-'));
  const file = join(folder, 'benchmark/rounds.json');
  const figure = (title: string, value: number) => ({
    title,
    unit: 'requests/s',
    ours: measured('ours', [value, value + 1]),
    others: [measured('floor', [2])],
    targets: [],
  });
  writeRounds([figure('a', 1), figure('b', 10)], file);
  writeRounds([figure('a', 5)], file);
  const written: unknown = JSON.parse(readFileSync(file, 'utf8'));
  expect(written).toMatchObject({
    a: { unit: 'requests/s', rounds: { ours: [5, 6], floor: [2] } },
    b: { rounds: { ours: [10, 11], floor: [2] } },
  });
  expect(written).toHaveProperty('a.commit');
  expect(written).toHaveProperty('a.measured', expect.stringContaining(`Node ${process.versions.node}`));
  checkRounds(file);
  writeFileSync(file, 'no rounds');
  expect(() => writeRounds([figure('a', 1)], file)).toThrow(SyntaxError);
  // Before the measurement, too.
  expect(() => checkRounds(file)).toThrow(SyntaxError);
  expect(checkTable).not.toThrow();
  rmSync(folder, { recursive: true });
});

test('the arithmetic of scaling follows from the costs of one login', () => {
  const queueCost = { cpuUs: 70, commands: 30, scriptRuns: 3, bytes: 4_000 };
  const shard = (cpuUs: number, commands: number) => ({ cpuUs, commands, scriptRuns: 2, bytes: 3_000 });
  const text = scalingTables({
    single: {
      apiUs: 350,
      issuerUs: 280,
      jobs: 0.1,
      clientBytes: 5_000,
      shards: [{ cpuUs: 210, commands: 60, scriptRuns: 2, bytes: 9_000 }],
    },
    sharded: {
      apiUs: 350,
      issuerUs: 280,
      jobs: 0.2,
      clientBytes: 5_000,
      shards: [shard(117, 40), shard(47, 10), shard(46, 10)],
    },
    spread: {
      apiUs: 350,
      issuerUs: 280,
      jobs: 0,
      clientBytes: 5_000,
      shards: [shard(71, 21), shard(69, 19), shard(70, 20)],
    },
    predicted: [40, 10, 10],
    queueCost,
    poll: { apiUs: 70, redisUs: 14, bytes: 600 },
    check: { apiUs: 6, redisUs: 3 },
    bytesPerWait: 20_000,
    redisBytesPerLogin: 500,
    redisBytesAfterwards: 900,
  });
  expect(text).toContain('| api | 350 µs | 2,000 logins/s |');
  expect(text).toContain('| other 1 | 10.0 | 10.0 | 47.0 µs | 3.00 KB |');
  expect(text).toContain('| 2 | 19.0 | 69.0 µs | 3.00 KB |');
  // A tenth of a job in the burst that was measured, a whole one where logins do not meet.
  expect(text).toContain('0.100 of a job that costs 70.0 µs');
  expect(text).toContain('10,000 × 266 µs, each in a job of its own');
  expect(text).toContain('| issuer processes | 10,000 × 280 µs ÷ 0.7 | 4 |');
  expect(text).toContain('8,334 asked anew × 70.0 µs + 33,334 checks × 6.00 µs) ÷ 0.7 | 7 |');
  expect(text).toContain('10,000 × 5.00 KB + 8,334 × 0.600 KB | 0.440 Gbit/s |');
});

test('each shard of a Cluster has a number for each round, in what is told of it and in what is kept', () => {
  const round = (...commands: readonly number[]): LoginCost => ({
    apiUs: 1,
    issuerUs: 1,
    jobs: 1,
    clientBytes: 1,
    shards: commands.map((count) => ({ commands: count, cpuUs: 10 * count, scriptRuns: 1, bytes: 1 })),
  });
  const costs = [round(30, 20, 10), round(33, 18, 9), round(31, 19, 11)];
  const [first, , last] = clusterFigures(costs, [31, 19, 10]);
  expect(first?.ours).toMatchObject({ values: [30, 33, 31], median: 31 });
  expect(last).toMatchObject({ ours: { values: [10, 9, 11], median: 10 }, targets: [{ met: true }] });
  const even = evenFigures(costs);
  expect(even.map(({ ours }) => ours.median)).toEqual([31, 19, 10, 310, 190, 100]);
  expect(even[0]?.others[0]).toMatchObject({ values: [20, 20, 61 / 3], median: 20 });
});

test('programs that refresh use each token once, the latest one, and after a 503 the same one again', async () => {
  const tokens = Array.from({ length: 32 }, (_, program) => `${program}.0`);
  const valid = new Set(tokens);
  let refused = 0;
  const server = createServer((request, response) => {
    let token = '';
    request.setEncoding('utf8').on('data', (text: string) => (token += text));
    request.on('end', () => {
      const [program = '', count = ''] = token.split('.');
      if (Math.random() < 0.1) {
        response.writeHead(503).end();
      } else if (valid.delete(token)) {
        const refresh = `${program}.${Number(count) + 1}`;
        valid.add(refresh);
        response.end(JSON.stringify({ refresh }));
      } else {
        refused++;
        response.writeHead(401).end();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const refresh = (token: string) => post('/', 'Host: here\r\n', token);
  const { measure } = refreshing({ name: '', url, tokens, refresh, member: 'refresh', seconds: 0.3 });
  // Twice, as rounds follow one another.
  expect(await measure()).toBeGreaterThan(0);
  expect(await measure()).toBeGreaterThan(0);
  server.close();
  expect(refused).toBe(0);
  expect(valid.size).toBe(32);
});
