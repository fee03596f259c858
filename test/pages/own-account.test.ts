import { addressPage, addressResultPage } from '../../services/api/src/people/pages/address-page.ts';
import { authenticatorAppPage } from '../../services/api/src/people/pages/authenticator-app-page.ts';
import { forgotPage } from '../../services/api/src/people/pages/forgot-page.ts';
import { linkedProvidersSection } from '../../services/api/src/people/pages/linked-providers-section.ts';
import { onceMorePage } from '../../services/api/src/people/pages/once-more-page.ts';
import { passwordPage } from '../../services/api/src/people/pages/password-page.ts';
import { signInPage } from '../../services/api/src/people/pages/sign-in-page.ts';
import { textsFor } from '../../services/api/src/pages/texts/texts-for.ts';
import { wordsOf } from '../support/browser-visit.ts';
import { focusedIn, wrongIn } from '../support/fields-of-page.ts';

const texts = textsFor(['en']);
const csrfToken = 'token';
const account = { email: 'ada@example.com' };

type Changes<Page extends (input: never, texts: never) => string> = Partial<Parameters<Page>[0]>;

const address = (changes: Changes<typeof addressPage> = {}) =>
  addressPage({ csrfToken, account, enabled: true, ...changes }, texts);
const app = (changes: Changes<typeof authenticatorAppPage> = {}) =>
  authenticatorAppPage(
    {
      csrfToken,
      account,
      secret: 'ABCDEFGHIJ',
      uri: 'otpauth://totp/example',
      replaces: false,
      asksPassword: true,
      ...changes,
    },
    texts,
  );
const forgot = (changes: Changes<typeof forgotPage> = {}) => forgotPage({ csrfToken, ...changes }, texts);
const onceMore = (changes: Changes<typeof onceMorePage> = {}) =>
  onceMorePage(
    { csrfToken, account, hasPassword: true, passkeyOptions: null, providers: [], ...changes },
    texts,
  );
const password = (changes: Changes<typeof passwordPage> = {}) =>
  passwordPage({ csrfToken, account, passwordMinLength: 15, ...changes }, texts);

test.each<[string, string, readonly string[], readonly string[]]>([
  ['a new address', address(), ['email'], []],
  ['what is no address', address({ problem: 'invalidEmail' }), ['email'], ['email']],
  [
    'a new address with a wrong password',
    address({ problem: 'wrongPassword' }),
    ['current_password'],
    ['current_password'],
  ],
  ['a new address, too often', address({ problem: 'tooManyAttempts' }), ['email'], []],
  ['an app', app(), [], []],
  ['an app with a wrong code', app({ problem: 'wrongCode' }), ['code'], ['code']],
  [
    'an app with a wrong password',
    app({ problem: 'wrongPassword' }),
    ['current_password'],
    ['current_password'],
  ],
  ['a forgotten password', forgot(), ['email'], []],
  ['a forgotten password of no address', forgot({ problem: 'invalidEmail' }), ['email'], ['email']],
  ['forgotten passwords, too often', forgot({ problem: 'tooManyAttempts' }), ['email'], []],
  ['a proof by a password', onceMore(), ['password'], []],
  ['one by a wrong password', onceMore({ problem: 'wrongPassword' }), ['password'], ['password']],
  ['one by a password or a passkey', onceMore({ passkeyOptions: {} }), [], []],
  ['a new password', password(), ['current_password'], []],
  [
    'a new password beside a wrong one',
    password({ problem: 'wrongPassword' }),
    ['current_password'],
    ['current_password'],
  ],
  ['a bad new password', password({ problem: 'common' }), ['new_password'], ['new_password']],
  ['new passwords, too often', password({ problem: 'tooManyAttempts' }), ['current_password'], []],
])(
  '%s: the cursor is in the field to begin with, and a field that is wrong is marked',
  (_, page, focused, wrong) => {
    expect(focusedIn(page)).toEqual(focused);
    expect(wrongIn(page)).toEqual(wrong);
  },
);

test('a proof tells what was wrong with the password or the passkey, each in the title, too', () => {
  const problems = [
    onceMore({ problem: 'wrongPassword' }),
    onceMore({ passkeyOptions: {}, passkeyProblem: 'unknown' }),
  ];
  const told = problems.map((page) => /role="alert">([^<]+)/u.exec(page)?.[1]);
  expect(told).toEqual(['The password is wrong.', texts.passkey.refused.unknown]);
  for (const page of problems) expect(page).toContain('<title>Problem: Is it still you?');
  expect(onceMore({ passkeyOptions: {} })).not.toMatch(/id="problem"|<title>Problem:/u);
});

test('of a passkey and a password, only the first choice is a filled button', () => {
  expect(onceMore()).toContain('<button class="button ">Continue');
  expect(onceMore({ passkeyOptions: {} })).toContain('<button class="button outline">Continue');
  const signIn = signInPage({ csrfToken, providers: [], embedded: true, passkeyOptions: {} }, texts);
  expect(signIn).toContain('<button class="button outline">Sign in with a passkey');
});

test('the key of an app comes in groups of four, as people type it', () => {
  expect(wordsOf(app())).toContain('Enter this key in the app: ABCD EFGH IJ');
});

test('the sun rises over an address that has changed, and over no other', () => {
  const sunOf = (result: Parameters<typeof addressResultPage>[0]) =>
    /class="sun (\w+)"/u.exec(addressResultPage(result, texts))?.[1];
  expect([sunOf('moved'), sunOf('bad'), sunOf('taken')]).toEqual(['rising', 'set', 'set']);
});

test('where there is no provider, nothing is said of them', () => {
  const nothing = { links: [], offered: [], mayLink: true, asksPassword: true };
  expect(linkedProvidersSection(nothing, { csrf_token: csrfToken }, texts)).toBe('');
});
