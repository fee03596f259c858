import type { Context } from 'koa';
import { servedAlone } from '../../../../../test/support/served-alone.ts';
import { focusedIn, wrongIn } from '../../../../../test/support/fields-of-page.ts';
import { Problem } from '../../http/problem.ts';
import type { SignedIn } from '../../people/browser-sessions.ts';
import { type DeletePagesDeps, showDelete, showDeleted, submitDelete } from './delete.ts';

const startedAtMs = Date.parse('2026-06-01T12:00:00Z');
const tenMinutesMs = 600_000;

/** Who is signed in, whether they have a password here, what is wrong with what they gave, and what was done, in order. */
let signedIn: SignedIn | null;
let hasPassword: boolean;
let embeddedAccounts: boolean;
let refusal: Error | null;
let isNeeded: boolean;
let nowMs: number;
let done: unknown[];
/** The token of the form that deleted the account. */
let doneBy: string;
beforeEach(() => {
  [hasPassword, embeddedAccounts, refusal, isNeeded] = [true, true, null, false];
  [nowMs, done, doneBy] = [startedAtMs, [], ''];
  signedIn = { account: { id: 7, email: 'ada@example.com', hasSecondFactor: false } } as SignedIn;
});
const withSecondFactor = () =>
  ({ ...signedIn, account: { ...signedIn?.account, hasSecondFactor: true } }) as SignedIn;

function deps(): DeletePagesDeps {
  return {
    sessions: {
      read: async () => signedIn,
      csrfTokenFor: () => 'a token',
      requireSameOrigin: () => void done.push('same origin'),
      requireCsrfToken: (_ctx: Context, _signedIn: SignedIn, token: string) => void done.push(token),
      idOf: () => 'a session',
      list: async () => [
        { current: false, session: { startedAtMs: startedAtMs + 10 * tenMinutesMs } },
        { current: true, session: { startedAtMs } },
      ],
    },
    browsers: { idFor: () => 'a browser' },
    embeddedAccounts,
    passwordAccounts: {
      hasPassword: async () => hasPassword,
      requirePassword: async (_account: object, password: string, guess: object) => {
        done.push([password, guess]);
        if (refusal) throw refusal;
      },
    },
    deletion: {
      delete: async ({ id }: { id: number }, origin: object, form: string) => {
        done.push(['deleted', id, origin]);
        doneBy = form;
      },
      isDoneBy: async (form: string) => form !== '' && form === doneBy,
    },
    limits: { admitWrite: async (writer: object) => void done.push(writer) },
    clock: { nowMs: () => nowMs },
    reauthentication: {
      isNeededForAccount: (_signedIn: SignedIn, form?: object) => {
        done.push(['proof', form]);
        return isNeeded;
      },
      markForm: (_signedIn: SignedIn, { purpose, mark }: { purpose: string; mark: string }) =>
        mark || `shown for ${purpose}`,
    },
  } as unknown as DeletePagesDeps;
}

const markIn = (page: string) => /name="shown" value="([^"]*)"/u.exec(page)?.[1];
const submit = (body: object = {}) => servedAlone(submitDelete(deps()), { method: 'POST', body });
const show = (query = '') => servedAlone(showDelete(deps()), { url: `/account/delete${query}` });
const form = { csrf_token: 'its token', current_password: 'a password', shown: 'a mark' };
const origin = { address: '192.0.2.9', userAgent: '', language: 'en' };
const deleted = ['deleted', 7, origin];
const writer = { kind: 'person', userId: 7, credential: 'a session' };

test('the first page only says what a deletion means; the second asks for the password beside the red button', async () => {
  const first = await show();
  expect(first.words).toContain('This cannot be undone.');
  expect(first.page).toContain('href="/account/delete?step&#61;last"');
  expect(first.page).not.toMatch(/button danger|type="password"/u);
  expect((await show('?step=first')).page).toBe(first.page);
  const { page, header } = await show('?step=last');
  expect(page).toMatch(/action="\/account\/delete"[^]*name="current_password"[^]*button danger/u);
  expect(markIn(page)).toBe('shown for delete');
  expect([focusedIn(page), wrongIn(page)]).toEqual([['current_password'], []]);
  expect(header('Content-Security-Policy')).toContain('script-src');
  for (const each of [first.page, page]) expect(each).toContain('href="/account/sessions">Keep the account');
});

test('whoever gives their password is deleted, once all was asked, and is led to a page that names nobody', async () => {
  const answer = await submit(form);
  expect([answer.status, answer.location]).toEqual([303, '/account/deleted']);
  const guess = { address: origin.address, browser: 'a browser' };
  expect(done).toEqual(['same origin', 'its token', writer, ['a password', guess], deleted]);
  const { status, words } = await servedAlone(showDeleted);
  expect([status, words]).toEqual([200, expect.stringContaining('Your account is deleted')]);
});

test.each([
  [
    'a wrong password',
    new Problem('wrong_credentials', 'Wrong.'),
    401,
    'This is not your current password.',
    ['current_password'],
    undefined,
  ],
  [
    'one attempt too many',
    new Problem('rate_limited', 'Too often.', { retryAfterSeconds: 90 }),
    429,
    'Please try again in 90 seconds.',
    [],
    '90',
  ],
])(
  '%s deletes nothing and is told on the last page',
  async (_, error, status, sentence, wrong, retryAfter) => {
    refusal = error;
    const answer = await submit(form);
    expect([answer.status, answer.words]).toEqual([status, expect.stringContaining(sentence)]);
    expect(answer.page).toContain('<title>Problem: ');
    expect(answer.page).toContain('button danger');
    // The mark of the form that was sent: whoever mistypes has no less time.
    expect(markIn(answer.page)).toBe('a mark');
    expect(wrongIn(answer.page)).toEqual(wrong);
    expect(answer.header('Retry-After')).toBe(retryAfter);
    expect(done).not.toContainEqual(deleted);
  },
);

test('what has no place on the page is not told there', async () => {
  refusal = new Problem('unavailable', 'Away.', { retryAfterSeconds: 1 });
  await expect(submit(form)).rejects.toBe(refusal);
  expect(done).not.toContainEqual(deleted);
});

test.each([
  ['has no password here', false, true],
  ['has one, where nobody signs in with a password any more,', true, false],
])('whoever %s must have signed in within ten minutes, in this browser', async (_, has, embedded) => {
  [hasPassword, embeddedAccounts] = [has, embedded];
  expect((await show('?step=last')).page).not.toContain('type="password"');
  nowMs = startedAtMs + tenMinutesMs + 1;
  const late = await submit(form);
  expect([late.status, late.words]).toEqual([401, expect.stringContaining('You signed in a while ago.')]);
  expect(done).not.toContainEqual(deleted);
  nowMs = startedAtMs + tenMinutesMs;
  expect((await submit(form)).location).toBe('/account/deleted');
  expect(done.at(-1)).toEqual(deleted);
});

test('whoever has a second factor proves it first, if that was too long ago, and comes back', async () => {
  [signedIn, isNeeded] = [withSecondFactor(), true];
  for (const answer of [await show(), await show('?step=last'), await submit(form)])
    expect([answer.status, answer.location]).toEqual([303, '/signin/once-more?next=delete']);
  const proofs = [undefined, undefined, { purpose: 'delete', mark: 'a mark' }].map((sent) => ['proof', sent]);
  expect(done.filter((each) => Array.isArray(each))).toEqual(proofs);
  isNeeded = false;
  expect((await submit(form)).location).toBe('/account/deleted');
});

test('without a session a form deletes nothing, and either way leads to the sign-in', async () => {
  signedIn = null;
  for (const answer of [await show(), await submit(form)])
    expect([answer.status, answer.location]).toEqual([303, '/signin?next=delete']);
  expect(done).toEqual(['same origin']);
});

test('a form that is sent twice is told to have deleted the account, also once the session or the password is gone; another form is not', async () => {
  expect((await submit(form)).location).toBe('/account/deleted');
  done = [];
  refusal = new Problem('not_found', 'This account has no password.');
  expect((await submit(form)).location).toBe('/account/deleted');
  await expect(submit({ ...form, csrf_token: 'another token' })).rejects.toBe(refusal);
  signedIn = null;
  expect((await submit(form)).location).toBe('/account/deleted');
  for (const csrf_token of ['another token', ''])
    expect((await submit({ ...form, csrf_token })).location).toBe('/signin?next=delete');
  expect(done).not.toContainEqual(deleted);
});

test('a form with fields that are no text counts as one without them', async () => {
  await submit({ csrf_token: ['x'], current_password: { x: 1 }, shown: 7 });
  expect(done).toEqual(['same origin', '', writer, ['', expect.anything()], deleted]);
});
