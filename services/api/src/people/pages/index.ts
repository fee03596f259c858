import { readBody } from '../../http/read-body.ts';
import type { Routes } from '../../http/routes.ts';
import { paths } from '../../pages/paths.ts';
import { carried, seeOther } from '../../pages/see-other.ts';
import { passwordSteps } from '../embedded-accounts-off.ts';
import {
  type AddressPagesDeps,
  showAddress,
  showConfirmAddress,
  submitAddress,
  submitConfirmAddress,
} from './address.ts';
import { type ForgotPagesDeps, showForgot, submitForgot } from './forgot.ts';
import { type PasswordPagesDeps, showPassword, submitPassword } from './password.ts';
import { beginLinking, type LinkProviderPagesDeps, submitUnlink } from './link-provider.ts';
import { beginProviderSignIn, finishProviderSignIn } from './sign-in-at-provider.ts';
import { type OnceMorePagesDeps, showOnceMore, submitOnceMore, submitPasskey } from './once-more.ts';
import { type ResetPagesDeps, showReset, submitReset } from './reset.ts';
import { showSecondStep, type SecondStepPagesDeps, submitSecondStep } from './second-step.ts';
import {
  showAuthenticatorApp,
  showSecurity,
  submitAuthenticatorApp,
  submitNewPasskey,
  submitRecoveryCodes,
  submitRemoveFactor,
} from './security.ts';
import { endOtherSessions, endSession, type SessionsPagesDeps, showSessions } from './sessions.ts';
import {
  showSignIn,
  showSignInForm,
  showSignUp,
  type SignInPagesDeps,
  submitSignIn,
  submitSignOut,
  submitSignUp,
} from './sign-in.ts';
import { showUndo, submitUndo, type UndoPagesDeps } from './undo.ts';
import { sendVerification, showVerify, submitVerify, type VerifyPagesDeps } from './verify.ts';

export interface PagesDeps
  extends
    SignInPagesDeps,
    SessionsPagesDeps,
    PasswordPagesDeps,
    ForgotPagesDeps,
    AddressPagesDeps,
    VerifyPagesDeps,
    ResetPagesDeps,
    SecondStepPagesDeps,
    OnceMorePagesDeps,
    UndoPagesDeps,
    LinkProviderPagesDeps {}

/** The addresses that only take forms, and the pages with the forms. */
const formsOnly = [
  [paths.signOut, paths.home],
  [paths.signInByPasskey, paths.signIn],
  [paths.endSession, paths.sessions],
  [paths.endOtherSessions, paths.sessions],
  [paths.sendVerification, paths.sessions],
  [paths.addPasskey, paths.security],
  [paths.removeFactor, paths.security],
  [paths.recoveryCodes, paths.security],
  [paths.linkProvider, paths.security],
  [paths.unlinkProvider, paths.security],
] as const;

/** Mounts the pages for people: signing up, in and out, sessions and password. */
export function mountPages({ router }: Routes, deps: PagesDeps): void {
  const body = readBody();
  const steps = passwordSteps(deps.embeddedAccounts, body);
  // Whoever opens the address of a form comes to the page with the form.
  for (const [form, page] of formsOnly) router.get(form, (ctx) => seeOther(ctx, page));
  router.get(paths.signIn, (ctx) =>
    showSignIn(ctx, deps, carried(ctx.query['user_code'], ctx.query['next'])),
  );
  // Also where passwords are off: a provider's sign-in takes the second step of an account that has one.
  router.get(paths.secondStep, showSecondStep(deps));
  router.post(paths.secondStep, body, submitSecondStep(deps));
  router.get(paths.onceMore, showOnceMore(deps));
  router.post(paths.onceMore, ...steps, submitOnceMore(deps));
  router.post(
    paths.signInByPasskey,
    ...steps,
    submitPasskey(deps, (ctx, status, shown) => showSignInForm(ctx, deps, status, shown)),
  );
  router.get(`${paths.signIn}/:provider`, beginProviderSignIn(deps));
  router.get(`${paths.signIn}/:provider/callback`, finishProviderSignIn(deps));
  router.get(paths.signUp, ...steps, (ctx) =>
    showSignUp(ctx, deps, carried(ctx.query['user_code'], ctx.query['next'])),
  );
  router.post(paths.signIn, ...steps, submitSignIn(deps));
  router.post(paths.signUp, ...steps, submitSignUp(deps));
  router.post(paths.signOut, body, submitSignOut(deps));
  router.get(paths.sessions, showSessions(deps));
  router.post(paths.endSession, body, endSession(deps));
  router.post(paths.endOtherSessions, body, endOtherSessions(deps));
  router.get(paths.password, ...steps, showPassword(deps));
  router.post(paths.password, ...steps, submitPassword(deps));
  router.get(paths.wellKnownChangePassword, (ctx) => seeOther(ctx, paths.password));
  router.get(paths.security, showSecurity(deps));
  router.post(paths.linkProvider, body, beginLinking(deps));
  router.post(paths.unlinkProvider, body, submitUnlink(deps));
  router.get(paths.authenticatorApp, ...steps, showAuthenticatorApp(deps));
  router.post(paths.authenticatorApp, ...steps, submitAuthenticatorApp(deps));
  router.post(paths.addPasskey, ...steps, submitNewPasskey(deps));
  router.post(paths.removeFactor, ...steps, submitRemoveFactor(deps));
  router.post(paths.recoveryCodes, ...steps, submitRecoveryCodes(deps));
  router.get(paths.address, ...steps, showAddress(deps));
  router.post(paths.address, ...steps, submitAddress(deps));
  router.get(paths.confirmAddress, ...steps, showConfirmAddress(deps));
  router.post(paths.confirmAddress, ...steps, submitConfirmAddress(deps));
  router.get(paths.forgot, ...steps, showForgot(deps));
  router.post(paths.forgot, ...steps, submitForgot(deps));
  router.get(paths.verify, ...steps, showVerify(deps));
  router.post(paths.verify, ...steps, submitVerify(deps));
  router.post(paths.sendVerification, ...steps, sendVerification(deps));
  // Also where passwords are off: people with providers alone need it most.
  router.get(paths.undo, showUndo(deps));
  router.post(paths.undo, body, submitUndo(deps));
  router.get(paths.reset, ...steps, showReset(deps));
  router.post(paths.reset, ...steps, submitReset(deps));
}
