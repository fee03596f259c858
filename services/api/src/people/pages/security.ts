import { type Account, maxPasskeys } from '@ravi/accounts';
import type { Clock } from '@ravi/runtime';
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { parseBody } from '../../http/parse-body.ts';
import { Problem } from '../../http/problem.ts';
import type { Limits } from '../../limits/limits.ts';
import { paths, type Pending, withPending } from '../../pages/paths.ts';
import { carried, pendingPage, seeOther, signInFirst } from '../../pages/see-other.ts';
import { pageTexts, showPage } from '../../pages/show-page.ts';
import { mailOriginOf } from '../account-mails.ts';
import type { BrowserSessions, SignedIn } from '../browser-sessions.ts';
import type { KnownBrowsers } from '../known-browsers.ts';
import type { LinkedProviders } from '../linked-providers.ts';
import type { Passkeys } from '../passkeys.ts';
import type { PasswordAccounts } from '../password-accounts.ts';
import type { PasswordPolicy } from '../password-policy.ts';
import { personOf } from '../person.ts';
import type { ProviderSignIn } from '../provider-sign-in.ts';
import type { Reauthentication } from '../reauthentication.ts';
import type { FactorChoice, SecondFactors } from '../second-factors.ts';
import { authenticatorAppPage } from './authenticator-app-page.ts';
import type { ShownProviders } from './linked-providers-section.ts';
import { recoveryCodesPage } from './recovery-codes-page.ts';
import { removeFactorPage, type RemoveFactorProblem } from './remove-factor-page.ts';
import { securityAtProviderPage, securityPage, type SecurityInput } from './security-page.ts';

export interface SecurityPagesDeps {
  readonly sessions: BrowserSessions;
  readonly browsers: KnownBrowsers;
  readonly passwordAccounts: PasswordAccounts;
  readonly passwordPolicy: PasswordPolicy;
  readonly secondFactors: SecondFactors;
  readonly passkeys: Passkeys;
  readonly reauthentication: Reauthentication;
  readonly requireSecondFactor: boolean;
  readonly embeddedAccounts: boolean;
  readonly providerSignIn: ProviderSignIn;
  readonly linkedProviders: LinkedProviders;
  readonly limits: Limits;
  readonly clock: Clock;
}

const optionalText = z.string().max(254).catch('');
const formInput = z.object({
  csrf_token: optionalText,
  user_code: optionalText,
  code: optionalText,
  secret: optionalText,
  name: z.string().max(60).catch(''),
  answer: z.string().max(12_000).catch(''),
  factor: z.string().max(1400).catch(''),
  last: optionalText,
  password: z.string().max(1024).catch(''),
});
type Form = z.infer<typeof formInput>;

/** `GET /account/security`: the authenticator app, passkeys, recovery codes and providers of this person. */
export function showSecurity(deps: SecurityPagesDeps): Middleware {
  return opened(deps, async (ctx, signedIn, pending) => {
    const news = (['app', 'passkey', 'removed', 'recovery', 'linked', 'unlinked'] as const).find(
      (kind) => kind === ctx.query['done'],
    );
    await showSecurityPage(ctx, deps, signedIn, 200, { ...pending, news });
  });
}

/** `GET /account/security/app`: shows a new secret. Nothing is stored until its first code is entered. */
export function showAuthenticatorApp(deps: SecurityPagesDeps): Middleware {
  return opened(deps, async (ctx, signedIn, pending) => {
    await requirePasswordAccount(deps, signedIn);
    const input = {
      ...pending,
      ...deps.secondFactors.newTotp(signedIn.account),
      csrfToken: deps.sessions.csrfTokenFor(ctx, signedIn),
      account: signedIn.account,
      wrong: false,
    };
    showPage(ctx, 200, authenticatorAppPage(input, pageTexts(ctx)));
  });
}

/** `POST /account/security/app`: sets the app up, and shows recovery codes with the first factor; or shows the form again. */
export function submitAuthenticatorApp(deps: SecurityPagesDeps): Middleware {
  const { secondFactors, sessions } = deps;
  return submitted(deps, async (ctx, signedIn, form, pending) => {
    const { account } = signedIn;
    try {
      const added = await secondFactors.addTotp(account, form.secret, form.code, mailOriginOf(ctx));
      await sessions.renew(ctx, signedIn, { by: 'password', factor: 'totp' });
      goOn(ctx, deps, signedIn, pending, 'app', added.recoveryCodes);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.code === 'conflict') return seeOther(ctx, withPending(paths.security, pending));
      if (error.field !== 'code') throw error;
      const input = {
        ...pending,
        ...secondFactors.totpOf(form.secret, account.email),
        csrfToken: sessions.csrfTokenFor(ctx, signedIn),
        account,
        wrong: true,
      };
      showPage(ctx, error.status, authenticatorAppPage(input, pageTexts(ctx)));
    }
  });
}

/** `POST /account/security/passkeys`: adds the passkey that the browser made, and shows recovery codes with the first factor. */
export function submitNewPasskey(deps: SecurityPagesDeps): Middleware {
  const { passkeys, sessions } = deps;
  return submitted(deps, async (ctx, signedIn, form, pending) => {
    const { answer, csrf_token: csrfToken } = form;
    const name = form.name.replaceAll(/\p{C}/gu, '').trim();
    try {
      const added = await passkeys.register(signedIn.account, { answer, name, csrfToken }, mailOriginOf(ctx));
      await sessions.renew(ctx, signedIn, { by: 'password', factor: 'passkey' });
      goOn(ctx, deps, signedIn, pending, 'passkey', added.recoveryCodes);
    } catch (error) {
      if (!(error instanceof Problem) || (error.field !== 'answer' && error.code !== 'conflict')) throw error;
      const problem = error.code === 'conflict' ? 'conflict' : 'answer';
      await showSecurityPage(ctx, deps, signedIn, error.status, { ...pending, problem });
    }
  });
}

/** `POST /account/security/remove`: removes a factor; the last one only with the password, which has to be long enough alone. */
export function submitRemoveFactor(deps: SecurityPagesDeps): Middleware {
  const { secondFactors, passwordAccounts, passwordPolicy, browsers, sessions } = deps;
  return submitted(deps, async (ctx, signedIn, form) => {
    const { account } = signedIn;
    const choice = choiceIn(form.factor);
    if (choice === null) return seeOther(ctx, paths.security);
    const origin = mailOriginOf(ctx);
    if (await secondFactors.isLast(account, choice)) {
      const minLength = passwordPolicy.minLengthFor(false);
      const showAsking = (status: number, problem?: RemoveFactorProblem, retryAfterSeconds?: number) => {
        const csrfToken = sessions.csrfTokenFor(ctx, signedIn);
        const input = { csrfToken, account, factor: form.factor, minLength, problem, retryAfterSeconds };
        showPage(ctx, status, removeFactorPage(input, pageTexts(ctx)), 'showPassword');
      };
      if (form.last === '') return showAsking(200);
      try {
        const browser = browsers.idFor(ctx, account);
        await passwordAccounts.requirePassword(account, form.password, { address: origin.address, browser });
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        if (error.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(error.retryAfterSeconds));
        if (error.code === 'rate_limited')
          return showAsking(error.status, 'tooManyAttempts', error.retryAfterSeconds);
        if (error.code === 'wrong_credentials') return showAsking(error.status, 'wrongPassword');
        throw error;
      }
      if (passwordPolicy.isShort(form.password)) return showAsking(400, 'shortPassword');
      browsers.remember(ctx, { ...account, hasSecondFactor: false });
    }
    await secondFactors.remove(account, choice, origin);
    seeOther(ctx, `${paths.security}?done=removed`);
  });
}

/** `POST /account/security/recovery-codes`: shows ten new codes, this once. */
export function submitRecoveryCodes(deps: SecurityPagesDeps): Middleware {
  return submitted(deps, async (ctx, signedIn, _form, pending) => {
    const codes = await deps.secondFactors.makeRecoveryCodes(signedIn.account, mailOriginOf(ctx));
    if (codes === null) return seeOther(ctx, paths.security);
    showCodes(ctx, deps, signedIn, pending, codes);
  });
}

/** Recovery codes where there are new ones; else what the person was about to do, or the list. */
function goOn(
  ctx: Context,
  deps: SecurityPagesDeps,
  signedIn: SignedIn,
  pending: Pending,
  news: 'app' | 'passkey',
  codes: readonly string[] | null,
): void {
  if (codes !== null) {
    deps.browsers.remember(ctx, { ...signedIn.account, hasSecondFactor: true });
    return showCodes(ctx, deps, signedIn, pending, codes);
  }
  seeOther(ctx, pending.userCode ? pendingPage(pending) : `${paths.security}?done=${news}`);
}

function showCodes(
  ctx: Context,
  { sessions }: SecurityPagesDeps,
  signedIn: SignedIn,
  pending: Pending,
  codes: readonly string[],
): void {
  const csrfToken = sessions.csrfTokenFor(ctx, signedIn);
  const input = { ...pending, csrfToken, account: signedIn.account, codes };
  showPage(ctx, 200, recoveryCodesPage(input, pageTexts(ctx)));
}

/** Shows what this person signs in with. Where they have no password here, that is providers alone. */
export async function showSecurityPage(
  ctx: Context,
  deps: SecurityPagesDeps,
  signedIn: SignedIn,
  status: number,
  shown: Pick<SecurityInput, keyof Pending | 'news' | 'problem'>,
): Promise<void> {
  const { sessions, secondFactors, passkeys, passwordAccounts, clock } = deps;
  const csrfToken = sessions.csrfTokenFor(ctx, signedIn);
  const { account } = signedIn;
  const ago = (ms: number) => Math.max(0, Math.round((clock.nowMs() - ms) / 1000));
  const use = ({ addedAtMs, lastUsedAtMs }: { addedAtMs: number; lastUsedAtMs: number | null }) => ({
    addedSecondsAgo: ago(addedAtMs),
    usedSecondsAgo: lastUsedAtMs === null ? null : ago(lastUsedAtMs),
  });
  const providers = await shownProviders(deps, account, ago);
  const common = { ...shown, csrfToken, account: { email: account.email }, providers };
  if (!deps.embeddedAccounts || !(await passwordAccounts.hasPassword(account)))
    return showPage(ctx, status, securityAtProviderPage(common, pageTexts(ctx)));
  const factors = await secondFactors.read(account);
  const hasRoom = passkeys.enabled && factors.passkeys.length < maxPasskeys;
  const input = {
    ...common,
    required: deps.requireSecondFactor,
    app: factors.totp && use(factors.totp),
    passkeys: factors.passkeys.map((passkey) => ({ ...passkey, ...use(passkey) })),
    creationOptions: hasRoom ? passkeys.creationOptions(account, factors, csrfToken) : null,
    recoveryCodesLeft: factors.recoveryCodes.length,
  };
  showPage(ctx, status, securityPage(input, pageTexts(ctx)), 'passkey');
}

async function shownProviders(
  { linkedProviders, providerSignIn }: SecurityPagesDeps,
  account: Account,
  ago: (ms: number) => number,
): Promise<ShownProviders> {
  const links = await linkedProviders.read(account);
  return {
    links: links.map((link) => ({ ...link, linkedSecondsAgo: ago(link.linkedAtMs) })),
    offered: providerSignIn.choices.filter(({ id }) => links.every(({ provider }) => provider !== id)),
    mayLink: account.emailVerified,
  };
}

/** A page for people who are signed in and proved it lately; others do so first. */
function opened(
  { sessions, reauthentication }: SecurityPagesDeps,
  showIt: (ctx: Context, signedIn: SignedIn, pending: Pending) => Promise<void>,
): Middleware {
  return async (ctx) => {
    const pending = carried(ctx.query['user_code']);
    const signedIn = await sessions.read(ctx);
    if (!signedIn) return signInFirst(ctx, 'security');
    if (reauthentication.isNeededForAccount(signedIn, 'page')) return proveFirst(ctx);
    await showIt(ctx, signedIn, pending);
  };
}

/** The same for a form, with its token, and for accounts with a password alone. */
function submitted(
  deps: SecurityPagesDeps,
  run: (ctx: Context, signedIn: SignedIn, form: Form, pending: Pending) => Promise<void>,
): Middleware {
  const { sessions, reauthentication, limits } = deps;
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const form = parseBody(formInput, ctx.request.body);
    const signedIn = await sessions.read(ctx);
    if (!signedIn) return signInFirst(ctx, 'security');
    sessions.requireCsrfToken(ctx, signedIn, form.csrf_token);
    if (reauthentication.isNeededForAccount(signedIn, 'form')) return proveFirst(ctx);
    await requirePasswordAccount(deps, signedIn);
    await limits.admitWrite(personOf(sessions, signedIn));
    await run(ctx, signedIn, form, carried(form.user_code));
  };
}

/** Asks for a proof, and returns to this page. */
export function proveFirst(ctx: Context): void {
  seeOther(ctx, withPending(paths.onceMore, { next: 'security' }));
}

/** Where a provider signs people in, only the provider may decide what that takes: else they could get in once they are gone there. */
async function requirePasswordAccount({ passwordAccounts }: SecurityPagesDeps, { account }: SignedIn) {
  if (!(await passwordAccounts.hasPassword(account)))
    throw new Problem(
      'not_found',
      'This account signs in through a provider: a second factor is set up there.',
    );
}

function choiceIn(factor: string): FactorChoice | null {
  if (factor === 'totp') return { kind: 'totp' };
  const id = /^passkey:([\w-]+)$/.exec(factor)?.[1];
  return id === undefined ? null : { kind: 'passkey', id };
}
