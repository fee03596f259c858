import type { Context } from 'koa';
import { servedAlone } from '../../../../test/support/served-alone.ts';
import { type PassingCode, Problem, type ProblemCode, type ProblemDetails } from '../http/problem.ts';
import { showProblemPage } from './problem-page.ts';

type Asked = NonNullable<Parameters<typeof servedAlone>[1]>;
const show = (problem: Problem | null, asked: Asked = {}) =>
  servedAlone((ctx: Context) => showProblemPage(ctx, problem, 'req-1'), asked);
const refusal = (code: Exclude<ProblemCode, PassingCode>, details: ProblemDetails = {}) =>
  new Problem(code, 'For programs.', details);
const passing = (code: PassingCode) => new Problem(code, 'For programs.', { retryAfterSeconds: 40 });

test.each<[Problem | null, number, string]>([
  [null, 500, 'Something went wrong on our side'],
  [refusal('not_found'), 404, 'There is nothing here'],
  [refusal('cross_site'), 403, 'This came from another website'],
  [refusal('csrf'), 403, 'This page has gone stale'],
  [refusal('csrf', { reason: 'no_cookie' }), 403, 'Your browser sent no cookie'],
  [passing('rate_limited'), 429, 'A little slower, please'],
  [passing('unavailable'), 503, 'We will be right back'],
  [refusal('invalid_request'), 400, 'We could not read that'],
  [refusal('too_large'), 413, 'We could not read that'],
])(
  'a problem (%#) has its status, and a page with its words and the reference to pass on',
  async (problem, status, title) => {
    const answer = await show(problem);
    expect(answer.status).toBe(status);
    expect(answer.words).toContain(title);
    expect(answer.words).toContain(`Status ${status} · Reference req-1`);
    expect(answer.page).toMatch(/class="button" href="\/device"\s*>Enter a code/u);
    expect(answer.words).not.toContain('For programs.');
    expect(answer.header('Retry-After')).toBe(problem?.retryAfterSeconds?.toString());
  },
);

test('when to try again is told to the person and to the browser', async () => {
  const answer = await show(passing('rate_limited'));
  expect(answer.words).toContain('Please try again in 40 seconds.');
  expect(answer.header('Retry-After')).toBe('40');
});

test.each<[Asked, string | null]>([
  [{ url: '/device?user_code=bcdf+ghjk' }, 'BCDF-GHJK'],
  [{ url: '/signin', method: 'POST', body: { user_code: 'BCDFGHJK' } }, 'BCDF-GHJK'],
  [{ url: '/signin?user_code=BCDF-GHJK', method: 'POST', body: { user_code: 'AEIO' } }, null],
  [{ url: '/signin?user_code=BCDF-GHJK', body: 'no form' }, 'BCDF-GHJK'],
  [{ url: '/signin?user_code=BCDF-GHJK&user_code=x', body: null }, null],
  [{ url: '/signin?user_code=//evil.example' }, null],
])('the way on (%#) keeps the code that the request was about, where it is one', async (asked, code) => {
  const { page, words } = await show(refusal('csrf'), asked);
  const [href = ''] = /href="\/device[^"]*"/u.exec(page.slice(page.indexOf('class="button"'))) ?? [];
  expect(href).toBe(code === null ? 'href="/device"' : `href="/device?user_code&#61;${code}"`);
  expect(words).toContain(code === null ? 'Enter a code' : 'Try again');
});

const chosen = {
  csrf_token: 'a token',
  user_code: 'BCDF-GHJK',
  decision: 'approve',
  access: 'identity.new',
  identity_name: '"><b>',
  key_ttl: '3600',
  verification: '42',
  shown: 'a mark',
};
const decided = {
  method: 'POST',
  url: '/device/decision',
  headers: { 'accept-encoding': 'gzip' },
  body: chosen,
};
const hiddenIn = (page: string) =>
  Object.fromEntries(
    Array.from(page.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/gu), ([, name, value]) => [
      name,
      value,
    ]),
  );

test.each([
  ['the service is away', true, passing('unavailable')],
  ['there were too many requests', true, passing('rate_limited')],
  ['the form is stale', false, refusal('csrf')],
  ['it is our fault', false, null],
])('where %s, whether a decision can be sent again as it was chosen: %j', async (_, isOffered, problem) => {
  const { page, header, body } = await show(problem, decided);
  expect(page.includes('method="post" action="/device/decision"')).toBe(isOffered);
  if (!isOffered) return;
  expect(hiddenIn(page)).toEqual({ ...chosen, identity_name: '&#34;&#62;&#60;b&#62;' });
  expect(page).not.toContain('<a class="button"');
  // A stranger could have chosen the words beside the token.
  expect([header('Content-Encoding'), typeof body]).toEqual([undefined, 'string']);
});

test.each<[string, Asked]>([
  ['another form, which may hold a password', { ...decided, url: '/signin', body: { password: 'secret' } }],
  ['a page', { ...decided, method: 'GET' }],
  ['a form with a field of another type', { ...decided, body: { ...chosen, decision: ['approve'] } }],
  ['a form with a field that is too long', { ...decided, body: { ...chosen, access: 'x'.repeat(255) } }],
  ['no form', { ...decided, body: 'x' }],
])('%s is not sent again', async (_, asked) => {
  const { body, header } = await show(passing('unavailable'), { ...asked, headers: {} });
  expect(String(body)).not.toMatch(/<form|secret/u);
  expect(header('Content-Type')).toBe('text/html; charset=utf-8');
});

test('what the form of a decision has no field for is left out, and what it lacks is not made up', async () => {
  const body = { csrf_token: 'a token', user_code: 'BCDF-GHJK', decision: 'deny', password: 'secret' };
  const { password: _, ...sent } = body;
  expect(hiddenIn((await show(passing('unavailable'), { ...decided, body })).page)).toEqual(sent);
});
