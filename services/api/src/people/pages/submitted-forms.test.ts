import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { type Account, type AuthenticationMethod, type Factors, noFactors } from '@ravi/accounts';
import Koa, { type Context, type Middleware } from 'koa';
import { wordsOf } from '../../../../../test/support/browser-visit.ts';
import { Problem } from '../../http/problem.ts';
import type { Writer } from '../../limits/limits.ts';
import type { SignedIn } from '../browser-sessions.ts';
import type { ProviderUnlinking } from '../linked-providers.ts';
import type { SignInOrigin } from '../password-accounts.ts';
import type { SentForm } from '../reauthentication.ts';
import { type AddressPagesDeps, submitAddress } from './address.ts';
import { type LinkProviderPagesDeps, submitUnlink } from './link-provider.ts';
import { type OnceMorePagesDeps, showOnceMore, submitOnceMore, submitPasskey } from './once-more.ts';
import { type PasswordPagesDeps, submitPassword } from './password.ts';
import { showSecurity, submitRecoveryCodes, submitRemoveFactor } from './security.ts';
import { submitUndo, type UndoPagesDeps } from './undo.ts';

const ada: Account = {
  id: 7,
  email: 'ada@example.com',
  firstName: 'Ada',
  lastName: 'King',
  epoch: '1',
  sessionsEpoch: '1',
  emailVerified: true,
  blocked: false,
  hasSecondFactor: false,
  language: '',
};
const signedIn = (sessionsEpoch = '1') => ({ account: { ...ada, sessionsEpoch }, token: 't' }) as SignedIn;

/** The sessions in which this browser is found, one after the other, and what became of each step, in order. */
let found: (SignedIn | null)[];
let done: string[];
let unlinkings: ProviderUnlinking[];
let twin: Account | null;
let endedOthers: Account | null;
let refusal: Error;
let isReplicated: boolean;
let isProofNeeded: boolean;
let hasPassword: boolean;
let embeddedAccounts: boolean;
let factors: Factors;
/** Whether the factor that is removed was the last one. */
let removesLast: boolean;
/** The providers that are linked to the account. */
let linked: string[];
/** The id of this browser where the account knows it, and for which browsers passwords were counted. */
let knownAs: string | null;
let countedIn: (string | null)[];
/** Whose changes were counted, and by what the session that went on alone is proven; null for what it was proven by before. */
let writers: Writer[];
let provenBy: (AuthenticationMethod | null)[];
beforeEach(() => {
  [found, done, unlinkings, twin, isReplicated, isProofNeeded] = [[signedIn()], [], [], null, true, false];
  endedOthers = { ...ada, sessionsEpoch: '2' };
  [hasPassword, embeddedAccounts, factors, linked, removesLast] = [true, true, noFactors, [], false];
  [knownAs, countedIn, writers, provenBy] = [null, [], [], []];
});

const replicated = async () => {
  if (!isReplicated) throw new Error('No replica has it.');
  done.push('replicated');
};
const findSession = async () => found.shift() ?? null;

type Deps = AddressPagesDeps & PasswordPagesDeps & LinkProviderPagesDeps & OnceMorePagesDeps & UndoPagesDeps;

function deps(): Deps {
  return {
    embeddedAccounts,
    sessions: {
      requireSameOrigin: () => undefined,
      requireCsrfToken: () => undefined,
      csrfTokenFor: () => 'a token',
      idOf: () => 'an id',
      read: findSession,
      awaitForForm: findSession,
      isFoundByTwin: () => true,
      awaitTwin: findSession,
      goOnAlone: async (
        _ctx: Context,
        { account }: SignedIn,
        sessionsEpoch: string,
        _form: string,
        method: AuthenticationMethod | null = null,
      ) => {
        done.push('others ended');
        provenBy.push(method);
        return { ...account, sessionsEpoch };
      },
      endOthers: async () => {
        done.push('others ended');
        return endedOthers;
      },
    },
    reauthentication: {
      isNeededForAccount: (_: SignedIn, form?: SentForm) =>
        isProofNeeded && form?.mark !== `${form?.purpose} shown in time`,
      markForm: () => 'a mark',
    },
    emailChange: { enabled: true, ask: async () => undefined },
    limits: { admitWrite: async (writer: Writer) => void writers.push(writer) },
    browsers: {
      idFor: () => knownAs,
      remember: (_ctx: Context, { sessionsEpoch }: Account) =>
        void done.push(`remembered in ${sessionsEpoch}`),
    },
    linkedProviders: {
      read: async () => linked.map((provider) => ({ provider })),
      unlink: async () => unlinkings.shift(),
      replicated,
    },
    passwordAccounts: {
      changePassword: async (_of: Account, _form: object, { browser }: SignInOrigin) => {
        countedIn.push(browser);
        return twin;
      },
      hasPassword: async () => hasPassword,
      requirePassword: async (_of: Account, _password: string, { browser }: SignInOrigin) => {
        countedIn.push(browser);
        throw refusal;
      },
      replicated,
    },
    passwordPolicy: { minLengthFor: () => 15, isShort: () => false },
    signInUndo: {
      putBack: async (
        _link: string,
        _form: object,
        _origin: object,
        guess: (account: Account) => SignInOrigin,
      ) => {
        countedIn.push(guess(ada).browser);
        return 'keep';
      },
    },
    secondFactors: {
      read: async () => factors,
      makeRecoveryCodes: async () => null,
      remove: async () => ({ kind: 'removed', wasLast: removesLast, sessionsEpoch: '2' }),
      replicated,
    },
    providerSignIn: { choices: ['one', 'two'].map((id) => ({ id, label: id, mark: null })) },
    passkeys: {
      requestOptions: () => ({}),
      signIn: async () => {
        throw refusal;
      },
    },
    mails: { notify: (kind: string) => void done.push(`mail ${kind}`) },
  } as unknown as Deps;
}

/** Sends a form, or opens an address; resolves to the answer. */
async function submit(run: Middleware, body: object, url = '/') {
  const message = new IncomingMessage(new Socket());
  message.headers['accept-encoding'] = 'identity';
  message.url = url;
  const ctx = new Koa().createContext(message, new ServerResponse(message));
  Object.assign(ctx.request, { body });
  await run(ctx, () => Promise.resolve());
  return { status: ctx.status, location: ctx.response.get('Location'), page: String(ctx.body) };
}

const unlink = async () => (await submit(submitUnlink(deps()), { link: 'a link' })).location;
const unlinked = { kind: 'unlinked', sessionsEpoch: '2' } as const;

test('a form says that a provider is unlinked once the other sessions have ended and replicas know of it', async () => {
  unlinkings = [unlinked];
  expect(await unlink()).toBe('/account/security?done=unlinked');
  expect(done).toEqual(['others ended', 'remembered in 2', 'replicated']);
  [found, unlinkings, isReplicated] = [[signedIn()], [unlinked], false];
  await expect(unlink()).rejects.toThrow('No replica has it.');
});

test('a form says so, too, where its twin unlinked the provider, once replicas know of it', async () => {
  [found, unlinkings] = [
    [signedIn(), signedIn('2')],
    [{ kind: 'ended' }, { kind: 'gone' }],
  ];
  expect(await unlink()).toBe('/account/security?done=unlinked');
  expect(done).toEqual(['remembered in 2', 'replicated']);
});

test('whoever loses their session before the provider is unlinked is not told that it is, but asked to sign in', async () => {
  [found, unlinkings] = [[signedIn(), null], [{ kind: 'ended' }]];
  expect(await unlink()).toBe('/signin?next=security');
  expect(done).toEqual([]);
});

test('whoever unlinks a provider on the way to a code keeps the code, also where they have to sign in or to prove who they are', async () => {
  const next = async () =>
    (await submit(submitUnlink(deps()), { link: 'a link', user_code: 'BCDF-GHJK' })).location;
  unlinkings = [unlinked];
  expect(await next()).toBe('/account/security?user_code=BCDF-GHJK&done=unlinked');
  [found, unlinkings] = [[signedIn(), null], [{ kind: 'ended' }]];
  expect(await next()).toBe('/signin?user_code=BCDF-GHJK&next=security');
  expect(await next()).toBe('/signin?user_code=BCDF-GHJK&next=security');
  [found, isProofNeeded] = [[signedIn()], true];
  expect(await next()).toBe('/signin/once-more?user_code=BCDF-GHJK&next=security');
});

const passwords = { current_password: 'the current one', new_password: 'another long password' };
const change = async () => (await submit(submitPassword(deps()), passwords)).location;

test('a changed password is told by mail, ends the other sessions, and is told here once replicas have it', async () => {
  expect(await change()).toBe('/account/sessions?done=password');
  expect(done).toEqual(['mail passwordChanged', 'others ended', 'replicated', 'remembered in 2']);
  [found, isReplicated] = [[signedIn()], false];
  await expect(change()).rejects.toThrow('No replica has it.');
});

test.each([
  ['address', submitAddress, { email: 'ada@example.org' }],
  ['password', submitPassword, {}],
] as const)(
  'a form for another %s that was shown in time is taken where only a new proof would be now, and one that was not is not',
  async (purpose, run, more) => {
    isProofNeeded = true;
    const sent = async (shown: string) => {
      found = [signedIn()];
      return (await submit(run(deps()), { ...passwords, ...more, shown })).location;
    };
    expect(await sent(`${purpose} shown in time`)).toBe(`/account/sessions?done=${purpose}`);
    expect(await sent('')).toBe(`/signin/once-more?next=${purpose}`);
  },
);

test('a browser whose session ended while it changed the password is not known to later sessions', async () => {
  endedOthers = null;
  expect(await change()).toBe('/account/sessions?done=password');
  expect(done).toContain('remembered in 1');
});

test.each<[string, string, (SignedIn | null)[], string, string[]]>([
  [
    'goes on in its own session',
    '1',
    [],
    '/account/sessions?done=password',
    ['remembered in 1', 'replicated'],
  ],
  [
    'goes on in the session of its twin',
    '2',
    [signedIn('2')],
    '/account/sessions?done=password',
    ['remembered in 2', 'replicated'],
  ],
  ['signs in where that is gone', '2', [null], '/signin?next=sessions', []],
])('a browser whose form changed the password twice %s', async (_, sessionsEpoch, later, location, steps) => {
  [twin, found] = [{ ...ada, sessionsEpoch }, [signedIn(), ...later]];
  expect(await change()).toBe(location);
  expect(done).toEqual(steps);
});

test('whoever has to sign in, or to prove who they are, before they set up a factor comes back to it with the code for which they came', async () => {
  const coded = '/account/security?user_code=BCDF-GHJK';
  const opened = async () => (await submit(showSecurity(deps()), {}, coded)).location;
  const removed = async () =>
    (await submit(submitRemoveFactor(deps()), { user_code: 'BCDF-GHJK', factor: 'totp' })).location;
  found = [null, null, signedIn()];
  expect([await opened(), await removed(), await removed()]).toEqual([
    '/signin?user_code=BCDF-GHJK&next=security',
    coded,
    `${coded}&done=appRemoved`,
  ]);
  [found, isProofNeeded] = [[signedIn(), signedIn()], true];
  for (const asked of [opened, removed])
    expect(await asked()).toBe('/signin/once-more?user_code=BCDF-GHJK&next=security');
});

/** Sends the answer of a passkey, from the page that asks once more or that of signing in; resolves to what is shown of the refusal. */
async function usePasskey(again: '' | '1') {
  const shown: object[] = [];
  const signInAgain = (_ctx: Context, status: number, told: object) => void shown.push({ status, ...told });
  const { status, page } = await submit(submitPasskey(deps(), signInAgain), { again, answer: 'an answer' });
  return shown[0] ?? { status, asksOnceMore: page.includes('Is it still you?'), page };
}
const wrong = new Problem('wrong_credentials', 'Wrong.', { field: 'answer', reason: 'cloned' });
const tooMany = new Problem('rate_limited', 'Too many.', { retryAfterSeconds: 120 });
const blocked = new Problem('forbidden', 'Blocked.');

test.each([
  ['a copied passkey', wrong, { status: 401, passkeyProblem: 'cloned' }],
  ['too many', tooMany, { status: 429, problem: 'tooManyAttempts', retryAfterSeconds: 120 }],
  ['a blocked account', blocked, { status: 403, problem: 'blocked' }],
])('a sign-in by a passkey that is refused says why: %s', async (_, error, told) => {
  refusal = error;
  expect(await usePasskey('')).toMatchObject(told);
});

test('the page that asks for a proof says why a passkey was refused, and asks again; whoever is blocked is told so on the sign-in page', async () => {
  for (const [error, status, words] of [
    [wrong, 401, 'This passkey exists twice'],
    [tooMany, 429, 'Please try again in 2 minutes.'],
  ] as const) {
    [refusal, found] = [error, [signedIn()]];
    const page = expect.stringContaining(words);
    expect(await usePasskey('1')).toEqual({ status, asksOnceMore: true, page });
  }
  [refusal, found] = [blocked, [signedIn()]];
  expect(await usePasskey('1')).toMatchObject({ status: 403, problem: 'blocked' });
});

test.each([
  ['a password alone', true, [], ['current-password']],
  ['a password and a provider', true, ['two'], ['current-password', 'two']],
  ['a provider alone', false, ['one'], ['one']],
  ['a provider that is configured no longer', false, ['zero'], ['one', 'two']],
])('whoever signs in with %s proves by what they have who they are', async (_, has, links, ways) => {
  [hasPassword, linked] = [has, links];
  const { page } = await submit(showOnceMore(deps()), {}, '/signin/once-more?next=security');
  const offered = page.matchAll(
    /autocomplete="(current-password)"|href="\/signin\/(\w+)\?next&#61;security"/gu,
  );
  expect(Array.from(offered, ([, field, provider]) => field ?? provider)).toEqual(ways);
});

test('whoever has a passkey proves by it who they are, but not where nobody signs in by it', async () => {
  factors = { ...noFactors, passkeys: [{ id: 'one' } as Factors['passkeys'][number]] };
  linked = ['one'];
  const offered = async () => {
    found = [signedIn()];
    const { page } = await submit(showOnceMore(deps()), {});
    return ['action="/signin/by-passkey"', 'type="password"', 'href="/signin/one"'].map((way) =>
      page.includes(way),
    );
  };
  expect(await offered()).toEqual([true, true, true]);
  embeddedAccounts = false;
  expect(await offered()).toEqual([false, false, true]);
});

test('whoever entered too many wrong passwords to remove their last factor is told when they may again', async () => {
  refusal = tooMany;
  const form = { factor: 'totp', last: '1', password: 'wrong' };
  const { status, page } = await submit(submitRemoveFactor(deps()), form);
  expect([status, wordsOf(page)]).toEqual([429, expect.stringContaining('try again in 2 minutes')]);
  expect(done).toEqual([]);
});

test('a password that is entered again counts for the browser, where the account knows that: strangers who guess elsewhere are in nobody’s way', async () => {
  refusal = tooMany;
  for (const browser of ['this browser', null]) {
    [knownAs, countedIn, found] = [browser, [], [signedIn(), signedIn(), signedIn()]];
    await change();
    await submit(submitOnceMore(deps()), { password: 'wrong' });
    await submit(submitRemoveFactor(deps()), { factor: 'totp', last: '1', password: 'wrong' });
    await submit(submitUndo(deps()), { link: 'a link', password: 'wrong' });
    expect(countedIn).toEqual([browser, browser, browser, browser]);
  }
});

test('what else goes wrong with a passkey gets a page of its own', async () => {
  refusal = new Problem('unavailable', 'Redis is away.', { retryAfterSeconds: 1 });
  await expect(usePasskey('')).rejects.toThrow(refusal);
});

test('whoever removed a factor is proven by what they proved before; by the password alone once none is left', async () => {
  for (removesLast of [false, true]) {
    found = [signedIn()];
    await submit(submitRemoveFactor(deps()), { factor: 'totp' });
  }
  expect(provenBy).toEqual([null, { by: 'password', factor: null }]);
});

test.each([
  ['unlinks a provider', submitUnlink, { link: 'a link' }],
  ['changes the password', submitPassword, passwords],
  ['asks for another address', submitAddress, { ...passwords, email: 'ada@example.org' }],
  ['removes a factor', submitRemoveFactor, { factor: 'totp' }],
  ['asks for new recovery codes', submitRecoveryCodes, {}],
] as const)('a form that %s counts as one change of its session and its person', async (_, run, form) => {
  unlinkings = [unlinked];
  await submit(run(deps()), form);
  expect(writers).toEqual([{ kind: 'person', userId: 7, credential: 'an id' }]);
});
