import { alternate } from './bench/alternating.ts';
import { atLeast, atMost } from './bench/figure.ts';
import { measured, median } from './bench/medians.ts';
import { tableOf, withTable } from './bench/performance-table.ts';

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
  const once = withTable(document, tableOf([figure], 'a test'));
  expect(once).toContain('| start | 7,000 requests/s (1 round) | floor: 10,000 |');
  expect(once).not.toContain('old');
  expect(withTable(once, 'new')).toBe(document.replace('old', 'new'));
  expect(() => withTable('no markers', 'table')).toThrow('bench:begin');
});
