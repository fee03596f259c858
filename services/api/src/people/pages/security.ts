import { type AuthenticationMethod, byPassword } from '@ravi/accounts';
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { parseBody } from '../../http/parse-body.ts';
import { Problem } from '../../http/problem.ts';
import { paths, type Pending, withPending } from '../../pages/paths.ts';
import { refusedForm } from '../../pages/refused-form.ts';
import { carried, pendingPage, seeOther, signInFirst } from '../../pages/see-other.ts';
import { pageTexts, showPage } from '../../pages/show-page.ts';
import { mailOriginOf } from '../account-mails.ts';
import type { SignedIn } from '../browser-sessions.ts';
import { writingPerson } from '../writing-person.ts';
import type { SentForm } from '../reauthentication.ts';
import { type AddedFactor, type FactorChoice, sessionsEnded } from '../second-factors.ts';
import type { OwnPasswordProblem } from './own-password-field.ts';
import { passwordProblemIn } from './own-password-problem.ts';
import { removeFactorPage, type RemoveFactorProblem } from './remove-factor-page.ts';
import { securityDone, securityNews } from './security-page.ts';
import {
  appForm,
  listForm,
  type SecurityPagesDeps,
  showApp,
  showCodes,
  showSecurityPage,
} from './show-security.ts';

const optionalText = z.string().max(254).catch('');
const formInput = z.object({
  csrf_token: optionalText,
  shown: optionalText,
  user_code: optionalText,
  code: optionalText,
  secret: optionalText,
  name: z.string().max(60).catch(''),
  answer: z.string().max(12_000).catch(''),
  factor: z.string().max(1400).catch(''),
  last: optionalText,
  replaces: optionalText,
  current_password: z.string().max(1024).catch(''),
  password: z.string().max(1024).catch(''),
});
type Form = z.infer<typeof formInput>;

/** `GET /account/security`: the authenticator app, passkeys, recovery codes and providers of this person. */
export function showSecurity(deps: SecurityPagesDeps): Middleware {
  return opened(deps, async (ctx, signedIn, pending) => {
    const news = securityNews.find((kind) => kind === ctx.query['done']);
    await showSecurityPage(ctx, deps, signedIn, 200, { ...pending, news });
  });
}

/** `GET /account/security/app`: shows a new secret. Nothing is stored, and no app is replaced, until its first code is entered. */
export function showAuthenticatorApp(deps: SecurityPagesDeps): Middleware {
  return opened(deps, async (ctx, signedIn, pending) => {
    await requirePasswordAccount(deps, signedIn);
    const { account } = signedIn;
    const replaces = (await deps.secondFactors.read(account)).totp !== null;
    showApp(ctx, deps, signedIn, 200, { ...pending, replaces, ...deps.authenticatorApps.offer(account) });
  });
}

/** `POST /account/security/app`: sets the app up, and shows recovery codes with the first factor; or shows the form again. */
export function submitAuthenticatorApp(deps: SecurityPagesDeps): Middleware {
  const { authenticatorApps, reauthentication } = deps;
  return submitted(deps, appFormOf, async (ctx, signedIn, form, pending) => {
    const { account } = signedIn;
    const replaces = form.replaces !== '';
    // Of another session, or open for too long: there is a new secret.
    if (!reauthentication.wasShown(signedIn, appFormOf(form)))
      return seeOther(ctx, withPending(paths.authenticatorApp, pending));
    try {
      await requirePasswordForFirst(ctx, deps, signedIn, form);
      const added = await authenticatorApps.setUp(
        account,
        { secret: form.secret, code: form.code, form: form.csrf_token, replaces },
        mailOriginOf(ctx),
      );
      await goOn(ctx, deps, signedIn, pending, {
        kind: replaces ? 'appReplaced' : 'app',
        by: 'totp',
        added,
        form: form.csrf_token,
      });
    } catch (error) {
      if (error instanceof Problem && error.code === 'conflict')
        return seeOther(ctx, withPending(paths.security, pending));
      const { status, ...refused } = refusedForm(ctx, error, (refusal) =>
        refusal.field === 'code' ? 'wrongCode' : passwordProblemIn(refusal),
      );
      const app = { ...authenticatorApps.offerAgain(form.secret, account.email), replaces };
      showApp(ctx, deps, signedIn, status, { ...pending, ...app, ...refused }, form.shown);
    }
  });
}

/** `POST /account/security/passkeys`: adds the passkey that the browser made, and shows recovery codes with the first factor. */
export function submitNewPasskey(deps: SecurityPagesDeps): Middleware {
  const { passkeys } = deps;
  return submitted(deps, listFormOf, async (ctx, signedIn, form, pending) => {
    const { answer, csrf_token: csrfToken } = form;
    const name = form.name.replaceAll(/\p{C}/gu, '').trim();
    try {
      await requirePasswordForFirst(ctx, deps, signedIn, form);
      const added = await passkeys.register(signedIn.account, { answer, name, csrfToken }, mailOriginOf(ctx));
      await goOn(ctx, deps, signedIn, pending, {
        kind: 'passkey',
        by: 'passkey',
        added,
        form: csrfToken,
      });
    } catch (error) {
      const { status, ...refused } = refusedForm(ctx, error, newPasskeyProblemIn);
      const told = { ...pending, ...refused, passkeyName: name };
      await showSecurityPage(ctx, deps, signedIn, status, told, form.shown);
    }
  });
}

/** Why a new passkey was not added. */
function newPasskeyProblemIn(refusal: Problem): 'conflict' | 'answer' | OwnPasswordProblem | undefined {
  if (refusal.code === 'conflict') return 'conflict';
  return refusal.field === 'answer' ? 'answer' : passwordProblemIn(refusal);
}

/** `POST /account/security/remove`: removes a factor; the last one only with the password, which has to be long enough alone. */
export function submitRemoveFactor(deps: SecurityPagesDeps): Middleware {
  const { secondFactors, passwordPolicy, browsers, sessions } = deps;
  return submitted(deps, listFormOf, async (ctx, signedIn, form, pending) => {
    const { account } = signedIn;
    const choice = choiceIn(form.factor);
    if (choice === null) return seeOther(ctx, withPending(paths.security, pending));
    const showAsking = (status: number, problem?: RemoveFactorProblem, retryAfterSeconds?: number) => {
      const csrfToken = sessions.csrfTokenFor(ctx, signedIn);
      const shown = deps.reauthentication.markForm(signedIn, listForm(form.shown));
      const minLength = passwordPolicy.minLengthFor(false);
      const retry = { problem, retryAfterSeconds };
      const input = { csrfToken, shown, account, factor: form.factor, minLength, ...pending, ...retry };
      showPage(ctx, status, removeFactorPage(input, pageTexts(ctx)), 'showPassword');
    };
    const mayBeLast = form.last !== '';
    if (mayBeLast) {
      try {
        await requirePassword(ctx, deps, signedIn, form.password);
      } catch (error) {
        const { status, problem, retryAfterSeconds } = refusedForm(ctx, error, passwordProblemIn);
        return showAsking(status, problem, retryAfterSeconds);
      }
      if (passwordPolicy.isShort(form.password)) return showAsking(400, 'shortPassword');
    }
    const removal = await secondFactors.remove(account, choice, { mayBeLast, origin: mailOriginOf(ctx) });
    if (removal.kind === 'isLast') return showAsking(200);
    if (removal.kind === 'removed') {
      // What is gone proves nothing any more.
      const method = removal.wasLast ? byPassword : null;
      const now = await sessions.goOnAlone(ctx, signedIn, removal.sessionsEpoch, form.csrf_token, method);
      browsers.remember(ctx, { ...now, hasSecondFactor: !removal.wasLast });
    } else if (sessions.isFoundByTwin(ctx, signedIn)) {
      browsers.remember(ctx, account);
    }
    await secondFactors.replicated(account);
    seeOther(ctx, securityDone(choice.kind === 'totp' ? 'appRemoved' : 'passkeyRemoved', pending));
  });
}

/** `POST /account/security/recovery-codes`: shows ten new codes, this once. */
export function submitRecoveryCodes(deps: SecurityPagesDeps): Middleware {
  return submitted(deps, listFormOf, async (ctx, signedIn, { csrf_token: token }, pending) => {
    const made = await deps.secondFactors.makeRecoveryCodes(signedIn.account, mailOriginOf(ctx), token);
    if (made === null) return seeOther(ctx, withPending(paths.security, pending));
    let { account } = signedIn;
    if (made.sessionsEpoch !== '')
      account = await deps.sessions.goOnAlone(ctx, signedIn, made.sessionsEpoch, token);
    deps.browsers.remember(ctx, account);
    await deps.secondFactors.replicated(account);
    showCodes(ctx, deps, signedIn, pending, made.codes);
  });
}

/** A factor that was added by the form with this token. */
interface Added {
  readonly kind: 'app' | 'appReplaced' | 'passkey';
  readonly by: AuthenticationMethod['factor'];
  readonly added: AddedFactor;
  readonly form: string;
}

/**
 * With the first factor, which took the password too, the session is proven now, and recovery codes are shown. A further one proves
 * nothing anew: what the person was about to do goes on, or the list. Where other sessions ended, this one goes on alone.
 */
async function goOn(
  ctx: Context,
  deps: SecurityPagesDeps,
  signedIn: SignedIn,
  pending: Pending,
  { kind, by, added, form }: Added,
): Promise<void> {
  const { recoveryCodes: codes, sessionsEpoch } = added;
  const { sessions, browsers, secondFactors } = deps;
  const method = codes === null ? null : ({ by: 'password', factor: by } as const);
  let { account } = signedIn;
  if (sessionsEpoch !== '') account = await sessions.goOnAlone(ctx, signedIn, sessionsEpoch, form, method);
  // Also for a form that comes again: its answer may be the only one that this browser gets.
  browsers.remember(ctx, { ...account, hasSecondFactor: true });
  await secondFactors.replicated(account);
  if (codes === null)
    return seeOther(ctx, pending.userCode ? pendingPage(pending) : securityDone(kind, pending));
  showCodes(ctx, deps, signedIn, pending, codes);
}

/** A page for people who are signed in and proved it lately; others do so first. */
function opened(
  { sessions, reauthentication }: SecurityPagesDeps,
  showIt: (ctx: Context, signedIn: SignedIn, pending: Pending) => Promise<void>,
): Middleware {
  return async (ctx) => {
    const pending = carried(ctx.query['user_code']);
    const signedIn = await sessions.read(ctx);
    if (!signedIn) return signInFirst(ctx, 'security', pending.userCode);
    if (reauthentication.isNeededForAccount(signedIn)) return proveFirst(ctx, pending);
    await showIt(ctx, signedIn, pending);
  };
}

const listFormOf = ({ shown }: Form) => listForm(shown);
const appFormOf = ({ secret, shown }: Form) => appForm(secret, shown);

/**
 * The same for a form, with its token, and for accounts with a password alone. If the twin of this form has just ended all sessions but its
 * own, which is this one, it runs in that one: sent twice, it is one success.
 */
function submitted(
  deps: SecurityPagesDeps,
  sentForm: (form: Form) => SentForm,
  run: (ctx: Context, signedIn: SignedIn, form: Form, pending: Pending) => Promise<void>,
): Middleware {
  const { sessions, reauthentication, limits } = deps;
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const form = parseBody(formInput, ctx.request.body);
    const pending = carried(form.user_code);
    const signedIn = await sessions.awaitForForm(ctx, form.csrf_token);
    // Whoever is not signed in is asked to, there.
    if (!signedIn) return seeOther(ctx, withPending(paths.security, pending));
    sessions.requireCsrfToken(ctx, signedIn, form.csrf_token);
    if (reauthentication.isNeededForAccount(signedIn, sentForm(form))) return proveFirst(ctx, pending);
    await requirePasswordAccount(deps, signedIn);
    await limits.admitWrite(writingPerson(sessions, signedIn));
    try {
      await run(ctx, signedIn, form, pending);
    } catch (error) {
      if (!(error instanceof Problem) || error.reason !== sessionsEnded) throw error;
      const now = await sessions.awaitForForm(ctx, form.csrf_token);
      if (!now) return seeOther(ctx, withPending(paths.security, pending));
      await run(ctx, now, form, pending);
    }
  };
}

/** Asks for a proof, and returns to this page, with the code that is pending there. */
export function proveFirst(ctx: Context, { userCode }: Pending = {}): void {
  seeOther(ctx, withPending(paths.onceMore, { userCode, next: 'security' }));
}

/** Where a provider signs people in, only the provider may decide what that takes: else they could get in once they are gone there. */
async function requirePasswordAccount({ passwordAccounts }: SecurityPagesDeps, { account }: SignedIn) {
  if (!(await passwordAccounts.hasPassword(account)))
    throw new Problem(
      'not_found',
      'This account signs in through a provider: a second factor is set up there.',
    );
}

/** Throws 401 unless the form has the password, where this is the first factor: a stolen session shall not shut its owner out. */
async function requirePasswordForFirst(
  ctx: Context,
  deps: SecurityPagesDeps,
  signedIn: SignedIn,
  form: Form,
) {
  if (!signedIn.account.hasSecondFactor) await requirePassword(ctx, deps, signedIn, form.current_password);
}

/** Throws 401 for a wrong password, 429 after too many. */
export async function requirePassword(
  ctx: Context,
  { passwordAccounts, browsers }: SecurityPagesDeps,
  { account }: SignedIn,
  password: string,
) {
  const { address } = mailOriginOf(ctx);
  const browser = browsers.idFor(ctx, account);
  await passwordAccounts.requirePassword(account, password, { address, browser });
}

function choiceIn(factor: string): FactorChoice | null {
  if (factor === 'totp') return { kind: 'totp' };
  const id = /^passkey:([\w-]+)$/.exec(factor)?.[1];
  return id === undefined ? null : { kind: 'passkey', id };
}
