import { enterCodePage } from '../../services/api/src/login/pages/enter-code-page.ts';
import { resultPage } from '../../services/api/src/login/pages/result-page.ts';
import { signInPage } from '../../services/api/src/people/pages/sign-in-page.ts';
import { signUpPage } from '../../services/api/src/people/pages/sign-up-page.ts';
import { textsFor } from '../../services/api/src/pages/texts/texts-for.ts';
import { samplePages } from '../support/sample-pages.ts';
import { sampleMark } from '../support/sample-factor-pages.ts';

const texts = textsFor(['en']);
const csrfToken = 'token';
const embedded = { providers: [], embedded: true };

function input(page: string, name: string): string {
  return page.match(new RegExp(`<input[^>]*name="${name}"[^>]*>`, 'u'))?.[0] ?? '';
}

test('a wrong code is shown again, marked and tied to the reason', () => {
  const page = enterCodePage({ csrfToken, userCode: 'BCDF-GHJ', problem: 'malformed' }, texts);
  const field = input(page, 'user_code');
  expect(field).toContain('value="BCDF-GHJ"');
  expect(field).toContain('aria-invalid="true"');
  expect(field).toContain('aria-describedby="problem user_code-hint"');
  expect(page).toContain('<title>Problem: Enter the code');
});

test('an untouched form has no problem', () => {
  const page = enterCodePage({ csrfToken }, texts);
  expect(page).not.toMatch(/role="alert"|aria-invalid="|value="undefined"|Problem:/u);
});

/** @shows ASVS V7.4.4 */
test('each page of a session offers to sign out', () => {
  const pages = samplePages(texts, 'x');
  for (const name of ['enterCode', 'confirm', 'result late', 'noResult', 'sessions', 'password', 'programs'])
    expect([name, pages[name]]).toEqual([name, expect.stringContaining('action="/signout"')]);
});

test('the head offers to sign out only when somebody is signed in', () => {
  expect(enterCodePage({ csrfToken }, texts)).not.toContain('/signout');
  expect(enterCodePage({ csrfToken, account: { email: 'ada@example.com' } }, texts)).toContain('/signout');
});

test('signing in and signing up say which code they serve and keep it, also across the link between them', () => {
  const pending = { csrfToken, userCode: 'BCDF-GHJK' };
  const signIn = signInPage({ ...pending, ...embedded }, texts);
  const signUp = signUpPage({ ...pending, passwordMinLength: 15, sendsLink: true }, texts);
  for (const page of [signIn, signUp]) {
    expect(page).toContain('BCDF-GHJK</span>');
    expect(input(page, 'user_code')).toContain('value="BCDF-GHJK"');
  }
  expect(signIn).toContain('href="/signup?user_code&#61;BCDF-GHJK"');
  expect(signUp).toContain('href="/signin?user_code&#61;BCDF-GHJK"');
});

test('each form that changes a factor keeps the code for which somebody came, and each page of them leads back to it', () => {
  const pages = samplePages(texts, 'BCDF-GHJK');
  const sent = (name: string) =>
    (pages[name] ?? '')
      .split('<form')
      .filter((form) => /action="\/account\/security\/(?!link|unlink)/u.test(form))
      .map((form) => input(form, 'user_code'));
  expect(['security', 'removeFactor', 'authenticatorApp'].map((name) => sent(name).length)).toEqual([
    5, 1, 1,
  ]);
  for (const field of ['security', 'removeFactor', 'authenticatorApp'].flatMap(sent))
    expect(field).toContain('value="BCDF-GHJK"');
  for (const [name, path] of [
    ['security', '/device'],
    ['securityAtProvider', '/device'],
    ['removeFactor', '/account/security'],
    ['recoveryCodes', '/account/security'],
  ] as const)
    expect([name, pages[name]]).toEqual([
      name,
      expect.stringContaining(`href="${path}?user_code&#61;BCDF-GHJK`),
    ]);
});

test('on a page that answers a form, the languages keep the code for which somebody came, and the page that they wanted', () => {
  const pages = samplePages(texts, 'BCDF-GHJK');
  for (const [name, next] of [
    ['enterCode', ''],
    ['confirm', ''],
    ['signIn', ''],
    ['securityAtProvider', ''],
    ['secondStep', '&#38;next&#61;security'],
    ['onceMore', '&#38;next&#61;security'],
    ['security', '&#38;next&#61;security'],
    ['removeFactor', '&#38;next&#61;security'],
    ['authenticatorApp', '&#38;next&#61;security'],
    ['recoveryCodes', '&#38;next&#61;security'],
  ] as const)
    expect([name, pages[name]]).toEqual([
      name,
      expect.stringContaining(`href="/language/de?user_code&#61;BCDF-GHJK${next}"`),
    ]);
});

test('on the page of a one-time link, which browsers tell nobody, the languages lead back to it', () => {
  const pages = samplePages(texts, '7.a-B_c');
  for (const [name, page] of [
    ['reset', 'reset'],
    ['verify', 'verify'],
    ['undo', 'undo'],
    ['confirmAddress', 'address'],
  ] as const)
    expect([name, pages[name]]).toEqual([
      name,
      expect.stringContaining(`href="/language/de?page&#61;${page}&#38;link&#61;7.a-B_c"`),
    ]);
  expect(pages['spentLink']).toContain('href="/language/de"');
});

test('the page of a link that sets no password any more leads to where another one is asked for', () => {
  expect(samplePages(texts, 'x')['spentLink']).toContain('href="/forgot">Forgot your password?');
});

test('signing in without a pending code carries none', () => {
  expect(signInPage({ csrfToken, ...embedded }, texts)).not.toContain('user_code');
});

test('without embedded accounts there is neither a form nor a way to sign up, only the providers', () => {
  const page = signInPage(
    { csrfToken, providers: [{ id: 'corp', label: 'Corp', mark: null }], embedded: false },
    texts,
  );
  expect(page).not.toMatch(/signup|<form|password/u);
  expect(page).toContain('Sign in with Corp');
});

test('each provider is a button with its mark, and the pending code travels with it', () => {
  const providers = [
    { id: 'one', label: 'One', mark: { ...sampleMark, aspectRatio: 9 } },
    { id: 'two', label: 'Two', mark: null },
  ];
  const page = signInPage({ csrfToken, userCode: 'BCDF-GHJK', providers, embedded: true }, texts);
  expect(page.match(/<img class="mark"[^>]*>/g)).toEqual([
    '<img class="mark" src="/brand/provider-one.svg" width="60" height="20" alt="" />',
  ]);
  for (const id of ['one', 'two']) expect(page).toContain(`href="/signin/${id}?user_code&#61;BCDF-GHJK"`);
  expect(page).toContain('type="password"');
});

/** @shows ASVS V6.2.6, ASVS V6.2.7 */
test('wherever a password is asked for, it is masked and can be pasted or filled in', () => {
  const fields = Object.values(samplePages(texts, 'x')).flatMap(
    (page) => page.match(/<input[^>]*name="[^"]*password"[^>]*>/gu) ?? [],
  );
  expect(fields).toHaveLength(14);
  for (const field of fields) {
    expect(field).toContain('type="password"');
    expect(field).toMatch(/autocomplete="(current|new)-password"/u);
    expect(field).not.toMatch(/onpaste|readonly|disabled|maxlength|pattern/u);
  }
});

/** @shows ASVS V6.4.2 */
test('signing up asks for e-mail address, password and names alone: no hint, no secret question', () => {
  const page = signUpPage({ csrfToken, passwordMinLength: 15, sendsLink: true }, texts);
  const names = Array.from(
    page.matchAll(/<(?:input|select|textarea)[^>]*name="([^"]*)"/gu),
    ([, name]) => name,
  );
  expect(names).toEqual(['csrf_token', 'email', 'password', 'first_name', 'last_name']);
});

/** @shows ASVS V6.2.7 */
test('password managers are told what each field is', () => {
  const signIn = signInPage({ csrfToken, ...embedded }, texts);
  const signUp = signUpPage({ csrfToken, passwordMinLength: 15, sendsLink: true }, texts);
  expect(input(signIn, 'email')).toContain('autocomplete="username"');
  expect(input(signIn, 'password')).toContain('autocomplete="current-password"');
  expect(input(signUp, 'password')).toContain('autocomplete="new-password"');
  expect(input(signUp, 'password')).toContain('aria-describedby="password-hint"');
});

test('a refused sign-up keeps what was typed, and names are optional', () => {
  const page = signUpPage(
    {
      csrfToken,
      passwordMinLength: 15,
      sendsLink: true,
      email: 'ada@example.com',
      firstName: 'Ada',
      lastName: 'Lovelace',
      problem: 'emailTaken',
    },
    texts,
  );
  expect(input(page, 'email')).toMatch(/value="ada@example.com"[\s\S]*aria-invalid="true"/u);
  expect(input(page, 'first_name')).toContain('value="Ada"');
  expect(input(page, 'last_name')).not.toContain('required');
});

const decided = {
  decidedSecondsAgo: 120,
  userCode: 'BCDF-GHJK',
  signedIn: { email: 'ada@example.com', csrfToken },
  program: 'Moon agent',
  owner: 'Ada (ada@example.com)',
  terms: 'only the identity Ada, for 30 days',
  elsewhere: false,
};

test('an approval says who decided, when, for which program and what it gets, and where to end it', () => {
  const page = resultPage({ ...decided, state: 'collected' }, texts);
  for (const words of ['Approved by you', '2 minutes ago', 'Moon agent', decided.owner, decided.terms])
    expect(page).toContain(words);
  expect(page).toContain('Your program has signed in.');
  expect(page).toContain('<a href="/account/programs">Connected programs</a>');
});

test.each([
  [0, 'waiting', '30000'],
  [12, 'waiting', '18000'],
  [31, 'late', ''],
] as const)(
  'a page that was opened %d s after the approval tells in time that the program is late',
  (decidedSecondsAgo, state, inMs) => {
    const page = resultPage({ ...decided, decidedSecondsAgo, state }, texts);
    expect(page).toContain(`data-late-in-ms="${inMs}"`);
  },
);

test('after an approval for another network ending it is a red button, with the reason', () => {
  const page = resultPage({ ...decided, state: 'collected', elsewhere: true }, texts);
  expect(page).toMatch(/on another network than you[\s\S]*class="button danger" href="\/account\/programs"/u);
  expect(resultPage({ ...decided, state: 'collected' }, texts)).not.toContain('button danger');
});

test('a sign-up says that a link comes by mail, where one does', () => {
  const shown = { csrfToken, passwordMinLength: 15 };
  const hint = 'We send a link there';
  expect(signUpPage({ ...shown, sendsLink: true }, texts)).toContain(hint);
  expect(signUpPage({ ...shown, sendsLink: false }, texts)).not.toContain(hint);
});

test('a denial says what to do where it was a mistake, and speaks of no access to end', () => {
  for (const state of ['denied', 'wrongNumber'] as const) {
    const page = resultPage({ ...decided, terms: '', state }, texts);
    expect(page).toContain(texts.result.mistake);
    expect(page).not.toContain(`${texts.result.endLater} <a`);
  }
});

test('a mistyped code is told by its impossible letters, or by how many there are', () => {
  const problemWith = (typed: string) =>
    /role="alert">([^<]*)/u.exec(enterCodePage({ csrfToken, typed, problem: 'malformed' }, texts))?.[1] ?? '';
  expect(problemWith('BCDF-GHJA')).toMatch(/^No code has A:/u);
  expect(problemWith('BC0F-1HJE')).toMatch(/^No code has 0, 1, or E:/u);
  expect(problemWith('BCDF GHJ')).toMatch(/has eight letters; this has 7\./u);
  expect(problemWith('…')).toBe(texts.enterCode.problems.malformed);
});

test('too many wrong codes are told with the exact wait, and the code stays in its field', () => {
  const shown = { csrfToken, typed: 'BCDF-GHJK', problem: 'tooManyGuesses', retryAfterSeconds: 240 } as const;
  const page = enterCodePage(shown, texts);
  expect(page).toContain('Please try again in 4 minutes.');
  expect(input(page, 'user_code')).toContain('value="BCDF-GHJK"');
});

test('of what was typed for a code twenty characters are shown again', () => {
  const page = enterCodePage({ csrfToken, typed: 'B'.repeat(21), problem: 'malformed' }, texts);
  expect(input(page, 'user_code')).toContain(`value="${'B'.repeat(20)}"`);
});

test.each([
  ['confirm', 'identity_name', 64],
  ['programs', 'name', 80],
  ['security', 'name', 60],
  ['authenticatorApp', 'code', 16],
  ['secondStep', 'code', 40],
])('on the page %s the field %s takes as many characters as are read, %d', (name, field, most) => {
  expect(input(samplePages(texts, 'x')[name] ?? '', field)).toContain(`maxlength="${most}"`);
});

test('an address that has an account leads to signing in with that address and code', () => {
  const shown = { csrfToken, passwordMinLength: 15, sendsLink: false };
  const typed = { ...shown, email: 'ada+x@example.com', userCode: 'BCDF-GHJK' };
  const page = signUpPage({ ...typed, problem: 'emailTaken' }, texts);
  const href = /role="alert">[\s\S]*?<a href="([^"]*)">Sign in instead/u.exec(page)?.[1] ?? '';
  const url = new URL(
    href.replaceAll('&#38;', '&').replaceAll('&amp;', '&').replaceAll('&#61;', '='),
    'http://here',
  );
  expect(Object.fromEntries(url.searchParams)).toEqual({
    user_code: 'BCDF-GHJK',
    email: 'ada+x@example.com',
  });
});
