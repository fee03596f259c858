import { enterCodePage } from '../../services/api/src/login/pages/enter-code-page.ts';
import { resultPage } from '../../services/api/src/login/pages/result-page.ts';
import { signInPage } from '../../services/api/src/people/pages/sign-in-page.ts';
import { signUpPage } from '../../services/api/src/people/pages/sign-up-page.ts';
import { textsFor } from '../../services/api/src/pages/texts/texts-for.ts';
import { samplePages } from '../support/sample-pages.ts';

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
  for (const name of ['enterCode', 'confirm', 'sessions', 'password', 'programs'])
    expect([name, pages[name]]).toEqual([name, expect.stringContaining('action="/signout"')]);
});

test('the head offers to sign out only when somebody is signed in', () => {
  expect(enterCodePage({ csrfToken }, texts)).not.toContain('/signout');
  expect(enterCodePage({ csrfToken, account: { email: 'ada@example.com' } }, texts)).toContain('/signout');
});

test('signing in and signing up say which code they serve and keep it, also across the link between them', () => {
  const pending = { csrfToken, userCode: 'BCDF-GHJK' };
  const signIn = signInPage({ ...pending, ...embedded }, texts);
  const signUp = signUpPage({ ...pending, passwordMinLength: 15 }, texts);
  for (const page of [signIn, signUp]) {
    expect(page).toContain('BCDF-GHJK</span>');
    expect(input(page, 'user_code')).toContain('value="BCDF-GHJK"');
  }
  expect(signIn).toContain('href="/signup?user_code&#61;BCDF-GHJK"');
  expect(signUp).toContain('href="/signin?user_code&#61;BCDF-GHJK"');
});

test('signing in without a pending code carries none', () => {
  expect(signInPage({ csrfToken, ...embedded }, texts)).not.toContain('user_code');
});

test('without embedded accounts there is neither a form nor a way to sign up, only the providers', () => {
  const page = signInPage({ csrfToken, providers: [{ id: 'corp', label: 'Corp' }], embedded: false }, texts);
  expect(page).not.toMatch(/signup|<form|password/u);
  expect(page).toContain('Sign in with Corp');
});

test('each provider is a button, and the pending code travels with it', () => {
  const providers = [
    { id: 'one', label: 'One' },
    { id: 'two', label: 'Two' },
  ];
  const page = signInPage({ csrfToken, userCode: 'BCDF-GHJK', providers, embedded: true }, texts);
  for (const id of ['one', 'two']) expect(page).toContain(`href="/signin/${id}?user_code&#61;BCDF-GHJK"`);
  expect(page).toContain('type="password"');
});

/** @shows ASVS V6.2.6, ASVS V6.2.7 */
test('wherever a password is asked for, it is masked and can be pasted or filled in', () => {
  const fields = Object.values(samplePages(texts, 'x')).flatMap(
    (page) => page.match(/<input[^>]*name="[^"]*password"[^>]*>/gu) ?? [],
  );
  expect(fields).toHaveLength(6);
  for (const field of fields) {
    expect(field).toContain('type="password"');
    expect(field).toMatch(/autocomplete="(current|new)-password"/u);
    expect(field).not.toMatch(/onpaste|readonly|disabled|maxlength|pattern/u);
  }
});

/** @shows ASVS V6.4.2 */
test('signing up asks for e-mail address, password and names alone: no hint, no secret question', () => {
  const page = signUpPage({ csrfToken, passwordMinLength: 15 }, texts);
  const names = Array.from(
    page.matchAll(/<(?:input|select|textarea)[^>]*name="([^"]*)"/gu),
    ([, name]) => name,
  );
  expect(names).toEqual(['csrf_token', 'email', 'password', 'first_name', 'last_name']);
});

/** @shows ASVS V6.2.7 */
test('password managers are told what each field is', () => {
  const signIn = signInPage({ csrfToken, ...embedded }, texts);
  const signUp = signUpPage({ csrfToken, passwordMinLength: 15 }, texts);
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

test('whoever approved, or learns that somebody did, is told where to end it', () => {
  for (const kind of ['approved', 'alreadyApproved'] as const)
    expect(resultPage({ kind }, texts)).toContain('<a href="/account/programs">Connected programs</a>');
  expect(resultPage({ kind: 'denied' }, texts)).not.toContain('/account/programs');
});
