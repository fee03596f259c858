import type { PageRequest } from '@ravi/credentials';
import type { Context } from 'koa';
import { servedAlone } from '../../../../test/support/served-alone.ts';
import { sendListPage } from './paged-list.ts';

const all = Array.from({ length: 101 }, (_, at) => at + 1);
const open = (query: string, entries: readonly number[] = all) =>
  servedAlone(
    (ctx: Context) =>
      sendListPage(ctx, async ({ offset, count }: PageRequest) => ({
        entries: entries.slice(offset, offset + count),
        total: entries.length,
      })),
    { url: `/api/auth/keys/management/${query}` },
  );

test.each([
  ['', all.slice(0, 50), '<?page=2>; rel="next"'],
  ['?page=1', all.slice(0, 50), '<?page=2>; rel="next"'],
  ['?page=2', all.slice(50, 100), '<?page=3>; rel="next", <?page=1>; rel="prev"'],
  ['?page=3', [101], '<?page=2>; rel="prev"'],
  // Behind the last page: back to it.
  ['?page=4', [], '<?page=3>; rel="prev"'],
  ['?page=999999', [], '<?page=3>; rel="prev"'],
])(
  'the list %s is a plain array of at most 50, with links to the pages beside it',
  async (query, entries, link) => {
    const { status, body, header } = await open(query);
    expect([status, body, header('Link')]).toEqual([200, entries, link]);
    expect(header('Cache-Control')).toBe('no-store');
  },
);

test('a list that fits on one page has no links', async () => {
  for (const entries of [[], all.slice(0, 50)])
    expect((await open('', entries)).header('Link')).toBeUndefined();
  expect((await open('?page=2', [])).header('Link')).toBe('<?page=1>; rel="prev"');
});

test.each(['0', '-1', '1.5', '01', '1e3', ' 1', 'x', '', '1000000', '1&page=2'])(
  'the page %j is none, and the answer says what one is',
  async (page) => {
    await expect(open(`?page=${page}`)).rejects.toMatchObject({
      status: 400,
      field: 'page',
      message: 'page: must be a whole number from 1 to 999999.',
    });
  },
);
