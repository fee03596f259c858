import type { Page, PageRequest } from '@ravi/credentials';
import type { Context } from 'koa';
import { Problem } from '../http/problem.ts';

/** The length of a page. */
const entriesPerPage = 50;

/**
 * Answers with one page of a list: a plain array. `?page=N` names the page, from 1 on; the header `Link` leads to the next page and
 * the one before, if they exist; from behind the last page it leads there. (RFC 8288) Throws 400 if `page` is no such number.
 */
export async function sendListPage(
  ctx: Context,
  read: (request: PageRequest) => Promise<Page<unknown>>,
): Promise<void> {
  const asked = ctx.query['page'] ?? '1';
  if (typeof asked !== 'string' || !/^[1-9]\d{0,5}$/.test(asked)) {
    throw new Problem('invalid_request', 'page: must be a whole number from 1 to 999999.', { field: 'page' });
  }
  const page = Number(asked);
  const { entries, total } = await read({ offset: (page - 1) * entriesPerPage, count: entriesPerPage });
  const pages = Math.max(1, Math.ceil(total / entriesPerPage));
  const links = [
    ...(page < pages ? [`<?page=${page + 1}>; rel="next"`] : []),
    ...(page > 1 ? [`<?page=${Math.min(page - 1, pages)}>; rel="prev"`] : []),
  ];
  if (links.length > 0) ctx.set('Link', links.join(', '));
  ctx.set('Cache-Control', 'no-store');
  ctx.body = entries;
}
