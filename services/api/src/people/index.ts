// Lives here: signing up, signing in by password, passkey or provider, second factors, browser sessions, and their pages.
// Lives elsewhere: what the account holds (../account), what it decides (../login), records and password hashes (packages/accounts).
import type {
  AccountLinks,
  AccountStore,
  EmailMoves,
  FactorStore,
  LinkedAccounts,
  Passwords,
  ResetLinks,
  SessionStore,
  SignInUndos,
  ToldOnce,
} from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { RedisClient } from '@ravi/redis';
import type { Clock, ServiceKeyGenerations } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { Access } from '../access/index.ts';
import type { Feature } from '../http/feature.ts';
import type { MailQueue } from '../issuance/mail-queue.ts';
import type { Limits } from '../limits/limits.ts';
import type { Look } from '../pages/look.ts';
import { AccountMails } from './account-mails.ts';
import { AuthenticatorApps } from './authenticator-apps.ts';
import { BrowserSessions } from './browser-sessions.ts';
import { EmailChange } from './email-change.ts';
import { EmailVerification } from './email-verification.ts';
import { FactorCodes } from './factor-codes.ts';
import { HostCookies } from '../http/host-cookies.ts';
import { LinkedProviders } from './linked-providers.ts';
import { mountJsonApi } from './json-routes.ts';
import { KnownBrowsers } from './known-browsers.ts';
import { mountPages } from './pages/index.ts';
import { PasswordAccounts } from './password-accounts.ts';
import { PasskeyChallenges } from './passkey-challenges.ts';
import { Passkeys } from './passkeys.ts';
import { type PasswordLengths, PasswordPolicy } from './password-policy.ts';
import { PasswordReset } from './password-reset.ts';
import type { OidcProviderConfig } from './provider-config.ts';
import { ProviderSignIn } from './provider-sign-in.ts';
import { Reauthentication } from './reauthentication.ts';
import { SecondFactors } from './second-factors.ts';
import { SecondSteps } from './second-step-tickets.ts';
import { ShownForms } from './shown-forms.ts';
import { SignInUndo } from './sign-in-undo.ts';
import { OidcProvider } from './oidc-provider.ts';

export interface PeopleDeps {
  readonly redis: RedisClient;
  readonly accountStore: AccountStore;
  readonly linkedAccounts: LinkedAccounts;
  readonly sessionStore: SessionStore;
  readonly factorStore: FactorStore;
  readonly resetLinks: ResetLinks;
  readonly accountLinks: AccountLinks;
  readonly emailMoves: EmailMoves;
  readonly signInUndos: SignInUndos;
  readonly toldOnce: ToldOnce;
  /** Null where no mail is sent here. */
  readonly mailQueue: MailQueue | null;
  readonly passwords: Passwords;
  readonly limits: Limits;
  readonly keys: ServiceKeyGenerations;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: AuditLog;
  readonly access: Pick<Access, 'revocation'>;
  readonly publicUrl: string;
  /** Whether people may have an account with e-mail and password here. */
  readonly embeddedAccounts: boolean;
  readonly passwordLengths: PasswordLengths;
  /** Whether nobody approves with a password alone. */
  readonly requireSecondFactor: boolean;
  readonly reauthenticateAfterSeconds: number;
  readonly look: Look;
  readonly oidcProviders: readonly OidcProviderConfig[];
  /** The first identity of an account gets its address in the first domain. */
  readonly identityEmailDomains: readonly [string, ...string[]];
}

/** The parts of this feature that others use. */
export interface People extends Feature {
  readonly sessions: BrowserSessions;
  readonly passwordAccounts: PasswordAccounts;
  readonly providerSignIn: ProviderSignIn;
  readonly browsers: KnownBrowsers;
  readonly mails: AccountMails;
  readonly passkeys: Passkeys;
  readonly reauthentication: Reauthentication;
  readonly embeddedAccounts: boolean;
}

/** Composes the feature; opens no connection. */
export function createPeople(deps: PeopleDeps): People {
  const { publicUrl, embeddedAccounts } = deps;
  const identityEmailDomain = deps.identityEmailDomains[0];
  const cookies = new HostCookies(publicUrl);
  const sessions = new BrowserSessions({ ...deps, cookies });
  const browsers = new KnownBrowsers({ ...deps, cookies });
  const passwordPolicy = new PasswordPolicy(deps.passwordLengths, publicUrl, deps.look.brand.name);
  const passwordAccounts = new PasswordAccounts({ ...deps, identityEmailDomain, passwordPolicy });
  const mails = new AccountMails(deps);
  const { revocation } = deps.access;
  const signInUndo = new SignInUndo({ ...deps, mails, passwordAccounts, revocation });
  const secondFactors = new SecondFactors({ ...deps, mails, signInUndo });
  const authenticatorApps = new AuthenticatorApps({ ...deps, secondFactors });
  const factorCodes = new FactorCodes({ ...deps, mails });
  const passkeys = new Passkeys({ ...deps, secondFactors, challenges: new PasskeyChallenges(deps) });
  const reauthentication = new Reauthentication({ ...deps, shownForms: new ShownForms(deps) });
  const secondSteps = new SecondSteps({ ...deps, cookies });
  const emailChange = new EmailChange({ ...deps, mails, passwordAccounts });
  const emailVerification = new EmailVerification({ ...deps, mails });
  const passwordReset = new PasswordReset({
    ...deps,
    mails,
    passwordPolicy,
    revocation,
  });
  const providers = deps.oidcProviders.map((provider) => new OidcProvider(provider, publicUrl));
  const providerSignIn = new ProviderSignIn({ ...deps, providers, identityEmailDomain });
  const linkedProviders = new LinkedProviders({ ...deps, providers, passwordAccounts, mails, signInUndo });
  const parts = {
    ...deps,
    cookies,
    sessions,
    browsers,
    passwordAccounts,
    passwordReset,
    passwordPolicy,
    emailVerification,
    emailChange,
    mails,
    providerSignIn,
    linkedProviders,
    secondFactors,
    authenticatorApps,
    factorCodes,
    signInUndo,
    secondSteps,
    passkeys,
    reauthentication,
  };
  return {
    sessions,
    passwordAccounts,
    providerSignIn,
    browsers,
    mails,
    passkeys,
    reauthentication,
    embeddedAccounts,
    mount(routes) {
      mountJsonApi(routes, parts);
      mountPages(routes, parts);
    },
  };
}
