import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { type Account, type AuthenticationMethod, byPassword } from '@ravi/accounts';
import { deriveServiceKeys, Secret, systemClock } from '@ravi/runtime';
import Koa, { type Context } from 'koa';
import { HostCookies } from '../http/host-cookies.ts';
import { Problem } from '../http/problem.ts';
import type { SignedIn } from './browser-sessions.ts';
import { finishSignIn, type FinishSignInDeps } from './finish-sign-in.ts';
import { KnownBrowsers } from './known-browsers.ts';
import { signIn, type SignInDeps, signUp } from './sign-in-calls.ts';

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
const publicUrl = 'https://login.example.com';

/** The account that signs in, what was done, in order, and why a code is refused. */
let account: Account;
let done: string[];
let refusal: string | null;
let factor: 'totp' | 'recovery_code';
/** What was told of a form. */
let claimed: Set<string>;
beforeEach(() => {
  claimed = new Set<string>();
  [account, done, refusal, factor] = [ada, [], null, 'totp'];
});

const browsers = new KnownBrowsers({
  cookies: new HostCookies(publicUrl),
  keys: deriveServiceKeys(new Secret('a secret of a test that is long enough')),
  clock: systemClock,
});

function deps(): FinishSignInDeps & SignInDeps {
  return {
    browsers,
    sessions: {
      requireSameOrigin: () => void done.push('of this site'),
      open: async (_ctx: Context, of: Account, { by, factor: step }: AuthenticationMethod) => {
        done.push(`session of ${of.id} by ${by} and ${step ?? 'nothing'}`);
        return 'a CSRF token';
      },
      renew: async (_ctx: Context, _before: SignedIn, { by }: AuthenticationMethod, form: string) =>
        void done.push(`renewed by ${by} and ${form}`),
    },
    mails: { notify: (kind: string) => void done.push(`mail ${kind}`) },
    toldOnce: { claim: async (what: string) => claimed.size < claimed.add(what).size },
    audit: {
      note: ({ event, factor: step, provider }: { event: string; factor?: string; provider?: string }) =>
        void done.push([event, step, provider].filter((word) => word !== undefined).join(' ')),
    },
    passwordAccounts: { signIn: async () => account, signUp: async () => account },
    factorCodes: {
      use: async () => {
        if (refusal !== null) throw new Problem('wrong_credentials', 'It is not right.', { reason: refusal });
        return factor;
      },
    },
    emailVerification: { sendFirstLink: () => void done.push('a link') },
  } as unknown as FinishSignInDeps & SignInDeps;
}

function request({ body = {}, cookie = '' }: { body?: object; cookie?: string } = {}): Context {
  const message = new IncomingMessage(new Socket());
  message.headers.cookie = cookie;
  const ctx = new Koa().createContext(message, new ServerResponse(message));
  Object.assign(ctx.request, { body });
  return ctx;
}

/** The cookie of a browser in which somebody signed in to the account before. */
function known(): string {
  const ctx = request();
  browsers.remember(ctx, account);
  return String(ctx.response.headers['set-cookie']).split(';', 1)[0] ?? '';
}
const isRemembered = (ctx: Context) =>
  browsers.idFor(
    { headers: { cookie: String(ctx.response.headers['set-cookie']).split(';', 1)[0] ?? '' } },
    account,
  ) !== null;

const finish = async (
  method: AuthenticationMethod,
  proving: { form?: string; signedIn?: SignedIn; provider?: string; cookie?: string } = {},
) => {
  const { cookie = '', form = 'a form', signedIn = null, ...through } = proving;
  const ctx = request({ cookie });
  done = [];
  await finishSignIn(deps(), ctx, account, method, { form, signedIn, ...through });
  return ctx;
};
const byApp = { by: 'password', factor: 'totp' } as const;
const byPasskey = { by: 'passkey', factor: null } as const;

test('a person in another’s session, or in none, gets one of their own; a browser that was never theirs is told of by one mail', async () => {
  const ctx = await finish(byApp);
  expect(done).toEqual(['session of 7 by password and totp', 'signed_in totp', 'mail signedIn']);
  expect(isRemembered(ctx)).toBe(true);
  const others = { account: { ...ada, id: 8 } } as SignedIn;
  await finish(byPasskey, { form: 'another form', signedIn: others, provider: 'corp' });
  expect(done).toEqual(['session of 7 by passkey and nothing', 'signed_in passkey corp', 'mail signedIn']);
  await finish(byPasskey, { cookie: known() });
  expect(done).toEqual(['session of 7 by passkey and nothing', 'signed_in passkey']);
  // Its own mail tells of it.
  await finish({ by: 'password', factor: 'recovery_code' });
  expect(done).toEqual(['session of 7 by password and recovery_code', 'signed_in recovery_code']);
});

test('a form that comes twice in a new browser is told of by one mail, of each account that it signs in to', async () => {
  const mails = async () => {
    await finish(byApp);
    return done.filter((step) => step.startsWith('mail'));
  };
  expect([await mails(), await mails()]).toEqual([['mail signedIn'], []]);
  account = { ...ada, id: 8 };
  expect(await mails()).toEqual(['mail signedIn']);
});

test('a person who proves it again goes on in their session', async () => {
  await finish(byApp, { signedIn: { account: ada } as SignedIn });
  expect(done).toEqual(['renewed by password and a form', 'authenticated_again totp']);
  await finish({ by: 'provider', factor: null }, { signedIn: { account: ada } as SignedIn });
  expect(done).toEqual(['renewed by provider and a form', 'authenticated_again']);
});

const call = async (ctx: Context) => {
  done = [];
  await signIn(deps())(ctx, () => Promise.resolve());
  return ctx;
};
const body = { email: ada.email, password: 'a password', code: '' };
const told = {
  user: { id: 7, email: ada.email, first_name: 'Ada', last_name: 'King' },
  csrf_token: 'a CSRF token',
};

test('a call with the right password opens a session, which is not kept by caches; a new browser is told of by mail', async () => {
  const ctx = await call(request({ body }));
  expect([ctx.status, ctx.body, ctx.response.get('Cache-Control')]).toEqual([200, told, 'no-store']);
  expect(done).toEqual(['of this site', 'session of 7 by password and nothing', 'mail signedIn']);
  expect(isRemembered(ctx)).toBe(true);
  await call(request({ body, cookie: known() }));
  expect(done).toEqual(['of this site', 'session of 7 by password and nothing']);
});

test('a call for an account with a second factor takes its code, too', async () => {
  account = { ...ada, hasSecondFactor: true };
  await expect(call(request({ body }))).rejects.toMatchObject({ code: 'wrong_credentials', field: 'code' });
  expect(done).toEqual(['of this site', 'second_step_asked', 'mail secondStepAsked']);
  const withCode = { ...body, code: '123456' };
  await call(request({ body: withCode }));
  expect(done).toEqual([
    'of this site',
    'signed_in totp',
    'session of 7 by password and totp',
    'mail signedIn',
  ]);
  factor = 'recovery_code';
  await call(request({ body: withCode }));
  expect(done).toEqual([
    'of this site',
    'signed_in recovery_code',
    'session of 7 by password and recovery_code',
  ]);
});

test('a wrong code in a browser that was never the person’s is told them: somebody knows the password', async () => {
  account = { ...ada, hasSecondFactor: true };
  const withCode = { ...body, code: '123456' };
  refusal = 'wrong';
  await expect(call(request({ body: withCode }))).rejects.toMatchObject({ reason: 'wrong' });
  expect(done).toEqual(['of this site', 'mail secondStepAsked']);
  await expect(call(request({ body: withCode, cookie: known() }))).rejects.toMatchObject({ reason: 'wrong' });
  expect(done).toEqual(['of this site']);
  refusal = 'replayed';
  await expect(call(request({ body: withCode }))).rejects.toMatchObject({ reason: 'replayed' });
  expect(done).toEqual(['of this site']);
});

test('a call that signs up opens a session, knows the browser from then on, and has a link sent', async () => {
  const ctx = request({ body: { ...body, first_name: 'Ada', last_name: 'King' } });
  await signUp(deps())(ctx, () => Promise.resolve());
  expect([ctx.status, ctx.body, ctx.response.get('Cache-Control')]).toEqual([201, told, 'no-store']);
  expect(done).toEqual(['of this site', `session of 7 by ${byPassword.by} and nothing`, 'a link']);
  expect(isRemembered(ctx)).toBe(true);
});
