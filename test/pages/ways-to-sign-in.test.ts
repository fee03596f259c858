import { removeFactorPage } from '../../services/api/src/people/pages/remove-factor-page.ts';
import { resetPage } from '../../services/api/src/people/pages/reset-page.ts';
import { secondStepPage } from '../../services/api/src/people/pages/second-step-page.ts';
import { securityAtProviderPage, securityPage } from '../../services/api/src/people/pages/security-page.ts';
import { sessionsPage } from '../../services/api/src/people/pages/sessions-page.ts';
import { signInFailurePage } from '../../services/api/src/people/pages/sign-in-failure-page.ts';
import { signInPage } from '../../services/api/src/people/pages/sign-in-page.ts';
import { signUpPage } from '../../services/api/src/people/pages/sign-up-page.ts';
import { undoDonePage, undoPage } from '../../services/api/src/people/pages/undo-page.ts';
import { textsFor } from '../../services/api/src/pages/texts/texts-for.ts';
import { fieldsWith, focusedIn, wrongIn } from '../support/fields-of-page.ts';
import { wordsOf } from '../support/browser-visit.ts';

const texts = textsFor(['en']);
const csrfToken = 'token';
const account = { email: 'ada@example.com' };

type Changes<Page extends (input: never, texts: never) => string> = Partial<Parameters<Page>[0]>;

const signIn = (changes: Changes<typeof signInPage> = {}) =>
  signInPage({ csrfToken, providers: [], embedded: true, ...changes }, texts);
const signUp = (changes: Changes<typeof signUpPage> = {}) =>
  signUpPage({ csrfToken, passwordMinLength: 15, sendsLink: true, ...changes }, texts);
const reset = (changes: Changes<typeof resetPage> = {}) =>
  resetPage({ csrfToken, link: 'link', passwordMinLength: 15, programs: 'keep', ...changes }, texts);
const secondStep = (changes: Changes<typeof secondStepPage> = {}) =>
  secondStepPage(
    { csrfToken, ...account, provider: '', hasApp: true, passkeyOptions: {}, ...changes },
    texts,
  );
const removeFactor = (changes: Changes<typeof removeFactorPage> = {}) =>
  removeFactorPage({ csrfToken, account, factor: 'totp', minLength: 15, ...changes }, texts);

const use = { addedSecondsAgo: 7200, usedSecondsAgo: 120 };
const passkey = { ...use, id: 'id', name: 'work laptop', backedUp: false };
const none = { links: [], offered: [], mayLink: true, asksPassword: false };
const link = { id: 'id', label: 'One', email: 'ada@example.com', linkedSecondsAgo: 60 };
const asked = { ...none, offered: [{ id: 'one', label: 'One', mark: null }], asksPassword: true };
const security = (changes: Changes<typeof securityPage> = {}) =>
  securityPage(
    {
      csrfToken,
      account,
      required: true,
      app: null,
      passkeys: [],
      creationOptions: {},
      recoveryCodesLeft: 0,
      providers: none,
      ...changes,
    },
    texts,
  );
const atProvider = (changes: Changes<typeof securityAtProviderPage> = {}) =>
  securityAtProviderPage({ csrfToken, account, providers: { ...none, links: [link] }, ...changes }, texts);

const session = { id: 'id', address: '192.0.2.1', userAgent: '', startedSecondsAgo: 7200, current: true };
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const sessions = (changes: Changes<typeof sessionsPage> = {}) =>
  sessionsPage({ csrfToken, account, sessions: [session], hasPassword: true, ...changes }, texts);

const unchanged = {
  passkeysAdded: 0,
  passkeysRemoved: 0,
  app: null,
  recoveryCodes: null,
  recoveryCodesUsed: 0,
  linked: [],
  unlinked: [],
};
const undo = (changes: Changes<typeof undoPage> = {}) =>
  undoPage(
    {
      csrfToken,
      link: 'link',
      ...account,
      changedSecondsAgo: 3600,
      changes: unchanged,
      asksPassword: true,
      programs: 'keep',
      ...changes,
    },
    texts,
  );

const typed = { email: 'ada@example.com' };
const providers = [{ id: 'one', label: 'One', mark: null }];

test.each<[string, string, readonly string[], readonly string[]]>([
  ['a sign-in', signIn(), ['email'], []],
  ['a sign-in with the address filled in', signIn(typed), ['password'], []],
  ['a sign-in that can be one through a provider', signIn({ providers }), [], []],
  ['a wrong sign-in', signIn({ ...typed, problem: 'wrongCredentials' }), ['password'], ['email', 'password']],
  ['an empty sign-in', signIn({ problem: 'invalidInput' }), ['email'], ['email', 'password']],
  ['a sign-in of a blocked account', signIn({ ...typed, problem: 'blocked' }), ['password'], []],
  ['a sign-up', signUp(), ['email'], []],
  ['a sign-up of an account that is there', signUp({ problem: 'emailTaken' }), ['email'], ['email']],
  ['a sign-up with what is no address', signUp({ problem: 'invalidEmail' }), ['email'], ['email']],
  ['a sign-up with a bad password', signUp({ problem: 'common' }), ['password'], ['password']],
  [
    'a sign-up with a bad name',
    signUp({ problem: 'invalidName' }),
    ['first_name'],
    ['first_name', 'last_name'],
  ],
  ['a sign-up too many', signUp({ problem: 'tooManyAttempts' }), ['email'], []],
  ['a reset', reset(), ['new_password'], []],
  ['a reset to a bad password', reset({ problem: 'common' }), ['new_password'], ['new_password']],
  ['a second step', secondStep(), ['code'], []],
  ['a second step with a wrong code', secondStep({ problem: 'wrong' }), ['code'], ['code']],
  ['a second step by a passkey', secondStep({ hasApp: false }), [], []],
  ['one by recovery codes', secondStep({ hasApp: false, passkeyOptions: null }), ['code'], []],
  ['the removal of the last factor', removeFactor(), ['password'], []],
  ['one with a wrong password', removeFactor({ problem: 'wrongPassword' }), ['password'], ['password']],
  ['the list of factors', security({ providers: asked }), [], []],
  [
    'one where a first factor came with a wrong password',
    security({ providers: asked, problem: 'wrongPassword' }),
    ['current_password'],
    ['current_password'],
  ],
  [
    'one where a provider came with a wrong password',
    security({ providers: asked, problem: 'wrongPasswordToLink' }),
    ['password'],
    ['password'],
  ],
  ['the undoing of a change', undo(), [], []],
  ['one with a wrong password', undo({ problem: 'wrongPassword' }), ['password'], ['password']],
])(
  '%s: the cursor is in the field to begin with, and a field that is wrong is marked',
  (_, page, focused, wrong) => {
    expect(focusedIn(page)).toEqual(focused);
    expect(wrongIn(page)).toEqual(wrong);
  },
);

test('only the names of a sign-up and of a passkey may stay empty', () => {
  const pages = [signUp(), security({ providers: asked }), signIn(), secondStep(), removeFactor(), undo()];
  const visible = pages.map((page) => page.replaceAll(/<input type="hidden"[^>]*>/gu, ''));
  expect(visible.flatMap((page) => fieldsWith(page, /^(?!.*\srequired\s)/su))).toEqual([
    'first_name',
    'last_name',
    'name',
  ]);
});

test('beside a passkey, a code is the second choice', () => {
  expect(secondStep()).toContain('<button class="button outline">Continue');
  expect(secondStep({ passkeyOptions: null })).toContain('<button class="button ">Continue');
});

const wait = { problem: 'tooManyAttempts', retryAfterSeconds: 240 } as const;

test.each<[string, string, readonly string[], readonly string[]]>([
  [
    'of a sign-in by a password or a provider',
    signIn({ providers }),
    ['Sign in with One', 'or with email and password'],
    ['passkey', 'signed out'],
  ],
  ['of a sign-in by a password alone', signIn(), ['New here?'], ['or with email and password']],
  ['of a sign-in through a provider alone', signIn({ providers, embedded: false }), [], ['or with email']],
  [
    'of a sign-in that can be one by a passkey',
    signIn({ passkeyOptions: {} }),
    ['Sign in with a passkey'],
    [],
  ],
  ['of a sign-in after signing out', signIn({ signedOut: true }), ['You are signed out.'], []],
  ['of a sign-in too many', signIn(wait), ['Please try again in 4 minutes.'], []],
  ['of a sign-in of a blocked account', signIn({ problem: 'blocked' }), ['Your account is blocked.'], []],
  ['of a sign-in by an unknown passkey', signIn({ passkeyProblem: 'unknown' }), ['No account here has'], []],
  ['of a sign-up of an account that is there', signUp({ problem: 'emailTaken' }), ['Sign in instead'], []],
  ['of a sign-up with a bad name', signUp({ problem: 'invalidName' }), ['on one line'], ['Sign in instead']],
  ['of a sign-up too many', signUp(wait), ['Please try again in 4 minutes.'], []],
  [
    'of a second step by an app or a passkey',
    secondStep(),
    ['The password is right.', 'Use your passkey', 'Or with a code: Code of your app'],
    ['Enter one of your recovery codes instead: each works once. Recovery code'],
  ],
  [
    'of a second step by an app',
    secondStep({ provider: 'One', passkeyOptions: null }),
    ['One says that it is you', 'Code of your app'],
    ['The password is right.', 'Use your passkey', 'Or with a code:'],
  ],
  [
    'of a second step by a passkey',
    secondStep({ hasApp: false, passkeyProblem: 'replayed' }),
    ['was used already. Try again', 'Use your passkey', 'A new password alone does not. Recovery code'],
    ['Or with a code:', 'Code of your app'],
  ],
  [
    'of a second step too many',
    secondStep(wait),
    ['Too many wrong codes. Please try again in 4 minutes'],
    [],
  ],
  [
    'of a last factor with a short password',
    removeFactor({ problem: 'shortPassword' }),
    ['at least 15 characters. Change your password'],
    [],
  ],
  [
    'of a last factor with a wrong password',
    removeFactor({ problem: 'wrongPassword' }),
    ['The password is wrong.'],
    ['Change your password'],
  ],
  ['of a last factor', removeFactor(), [], ['Change your password', 'too short']],
  ['of a last factor after too many attempts', removeFactor(wait), ['Please try again in 4 minutes.'], []],
  [
    'of no factor, where one is required, on the way to a code',
    security({ userCode: 'BCDF-GHJK' }),
    ['Set up one of these first.', 'Sign in with your fingerprint', 'Your password', 'Set up an app'],
    [
      'Continue',
      'only second factor',
      'Recovery codes',
      'Replace it',
      'This is the most',
      'Authenticator app Added',
    ],
  ],
  ['of no factor, where none is required', security({ required: false }), [], ['Set up one of these first.']],
  [
    'of no factor, where no passkey can be',
    security({ creationOptions: null }),
    [],
    ['Add a passkey', 'This is the most'],
  ],
  [
    'of an app alone, on the way to a code',
    security({ app: use, userCode: 'BCDF-GHJK', recoveryCodesLeft: 3 }),
    [
      'Continue This is your only second factor.',
      'Authenticator app Added 2 hours ago Last used 2 minutes ago',
      'Replace it by another app',
      'Recovery codes left: 3.',
      'New codes end the old ones.',
    ],
    ['Set up one of these first.', 'Set up an app', 'Your password'],
  ],
  [
    'of an app and as many passkeys as can be',
    security({ app: { ...use, usedSecondsAgo: null }, passkeys: [passkey], creationOptions: null }),
    ['not used yet', 'work laptop', 'You have none left.', 'This is the most that an account can have.'],
    ['only second factor', 'Continue', 'Sign in with your fingerprint', 'New codes end the old ones.'],
  ],
  [
    'of a passkey alone, without a name',
    security({ passkeys: [{ ...passkey, name: '\u200b' }] }),
    ['This is your only second factor.', 'Remove : Passkey'],
    [],
  ],
  ['of a link just made', security({ news: 'linked' }), ['from now on you can sign in with it'], []],
  [
    'of a recovery code just used',
    security({ news: 'recovery', app: use, recoveryCodesLeft: 8 }),
    ['You signed in with a recovery code. Codes left: 8.'],
    [],
  ],
  ['of too many attempts', security(wait), ['Please try again in 4 minutes.'], []],
  ['of a passkey that is there', security({ problem: 'conflict' }), ['This passkey is there already'], []],
  ['of a provider just linked', atProvider({ news: 'linked' }), ['from now on you can sign in with it'], []],
  ['of a provider just unlinked', atProvider({ news: 'unlinked' }), ['The provider is unlinked.'], []],
  ['of nothing new', atProvider({ news: 'app' }), [], ['role="status"', 'authenticator app is set up']],
  ['of the last provider', atProvider({ problem: 'lastWayIn' }), ['This is your only way to sign in.'], []],
  [
    'of one session',
    sessions(),
    ['Unknown browser this browser Signed in 2 hours ago Address 192.0.2.1', 'Change your password'],
    ['elsewhere', 'everywhere', 'confirm', 'on its way', 'Change it there.'],
  ],
  [
    'of sessions elsewhere',
    sessions({ sessions: [session, { ...session, current: false, userAgent: firefox }] }),
    ['this browser', 'Signed in elsewhere Firefox, Linux Signed in', 'Sign out everywhere else'],
    [],
  ],
  [
    'of a changed password',
    sessions({ passwordChanged: true, unverified: 'unsent' }),
    ['Your password is changed', 'Your email address is not confirmed.', 'Send a link to confirm it'],
    ['A link is on its way'],
  ],
  [
    'of links just sent',
    sessions({ addressWanted: true, unverified: 'sent' }),
    ['on its way to the new address', 'on its way to your address'],
    ['not confirmed', 'Send a link to confirm it'],
  ],
  [
    'of a link that failed',
    signInFailurePage({ failure: 'spent', provider: 'One', back: {}, linking: true }, texts),
    ['The provider was not linked', 'How you sign in'],
    ['You are not signed in'],
  ],
  [
    'of a sign-in that failed',
    signInFailurePage({ failure: 'spent', provider: 'One', back: {} }, texts),
    ['You are not signed in', 'Back to sign-in'],
    ['Is it still you?', 'Try again'],
  ],
  [
    'of a proof that failed',
    signInFailurePage({ failure: 'notAskedAgain', provider: 'One', back: {} }, texts),
    ['Is it still you?', 'Try again'],
    ['You are not signed in'],
  ],
  ['of nothing to undo', undo(), ['By now you sign in as before the change.'], ['What was changed']],
  [
    'of all that can be undone',
    undo({
      changes: {
        ...unchanged,
        passkeysAdded: 2,
        passkeysRemoved: 3,
        app: 'replaced',
        recoveryCodes: 'made',
        recoveryCodesUsed: 4,
      },
    }),
    [
      'Passkeys added: 2.',
      'Passkeys removed: 3.',
      'The authenticator app was replaced.',
      'New recovery codes were made.',
      'Recovery codes used: 4.',
    ],
    ['By now you sign in as before the change.'],
  ],
  ['of an undo by the link alone', undo({ asksPassword: false }), [], ['Your password']],
  ['of an undo too many', undo(wait), ['Your password', 'Please try again in 4 minutes.'], []],
  ['of an undo that ended the programs', undoDonePage('end', texts), ['all programs and keys are ended'], []],
  ['of an undo that did not', undoDonePage('keep', texts), ['look at your programs'], ['keys are ended']],
])('the page %s says what holds, and nothing else, and has no empty part', (_, page, said, unsaid) => {
  const words = wordsOf(page);
  for (const sentence of said) expect(words).toContain(sentence);
  for (const sentence of unsaid) expect(words).not.toContain(sentence);
  expect(page).not.toMatch(/<(div|section|ul)[^>]*>\s*<\/\1>/u);
});
