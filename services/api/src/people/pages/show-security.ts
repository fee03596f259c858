import { type Account, maxPasskeys } from '@ravi/accounts';
import type { Clock } from '@ravi/runtime';
import type { Context } from 'koa';
import type { Limits } from '../../limits/limits.ts';
import type { Pending } from '../../pages/paths.ts';
import { pageTexts, showPage } from '../../pages/show-page.ts';
import type { AuthenticatorApps } from '../authenticator-apps.ts';
import type { BrowserSessions, SignedIn } from '../browser-sessions.ts';
import type { KnownBrowsers } from '../known-browsers.ts';
import type { LinkedProviders } from '../linked-providers.ts';
import type { Passkeys } from '../passkeys.ts';
import type { PasswordAccounts } from '../password-accounts.ts';
import type { PasswordPolicy } from '../password-policy.ts';
import type { ProviderSignIn } from '../provider-sign-in.ts';
import type { Reauthentication, SentForm } from '../reauthentication.ts';
import type { SecondFactors } from '../second-factors.ts';
import { signsInWithPassword } from '../signs-in-with-password.ts';
import { type AuthenticatorAppInput, authenticatorAppPage } from './authenticator-app-page.ts';
import type { ShownProviders } from './linked-providers-section.ts';
import { recoveryCodesPage } from './recovery-codes-page.ts';
import { securityAtProviderPage, securityPage, type SecurityInput } from './security-page.ts';

export interface SecurityPagesDeps {
  readonly sessions: BrowserSessions;
  readonly browsers: KnownBrowsers;
  readonly passwordAccounts: PasswordAccounts;
  readonly passwordPolicy: PasswordPolicy;
  readonly secondFactors: SecondFactors;
  readonly authenticatorApps: AuthenticatorApps;
  readonly passkeys: Passkeys;
  readonly reauthentication: Reauthentication;
  readonly requireSecondFactor: boolean;
  readonly embeddedAccounts: boolean;
  readonly providerSignIn: ProviderSignIn;
  readonly linkedProviders: LinkedProviders;
  readonly limits: Limits;
  readonly clock: Clock;
}

/** The forms of the list of factors, as they were sent; without a mark where they are not shown yet. */
export const listForm = (mark = ''): SentForm => ({ purpose: 'security', mark });

/** The form of an app with this secret: only one that was shown here, to this person, is set up. */
export const appForm = (secret: string, mark = ''): SentForm => ({ purpose: `app ${secret}`, mark });

/** Shows what this person signs in with. Where they have no password here, that is providers alone. */
export async function showSecurityPage(
  ctx: Context,
  deps: SecurityPagesDeps,
  signedIn: SignedIn,
  status: number,
  told: Pick<SecurityInput, keyof Pending | 'news' | 'problem' | 'retryAfterSeconds' | 'passkeyName'>,
  sent = '',
): Promise<void> {
  const { sessions, secondFactors, passkeys, clock } = deps;
  const csrfToken = sessions.csrfTokenFor(ctx, signedIn);
  const { account } = signedIn;
  const ago = (ms: number) => Math.max(0, Math.round((clock.nowMs() - ms) / 1000));
  const use = ({ addedAtMs, lastUsedAtMs }: { addedAtMs: number; lastUsedAtMs: number | null }) => ({
    addedSecondsAgo: ago(addedAtMs),
    usedSecondsAgo: lastUsedAtMs === null ? null : ago(lastUsedAtMs),
  });
  const hasPassword = await signsInWithPassword(deps, account);
  const asksPassword = hasPassword && !account.hasSecondFactor;
  const providers = await shownProviders(deps, account, asksPassword, ago);
  const common = { ...told, csrfToken, account: { email: account.email }, providers };
  if (!hasPassword) return showPage(ctx, status, securityAtProviderPage(common, pageTexts(ctx)));
  const factors = await secondFactors.read(account);
  const hasRoom = passkeys.enabled && factors.passkeys.length < maxPasskeys;
  const input = {
    ...common,
    shown: deps.reauthentication.markForm(signedIn, listForm(sent)),
    required: deps.requireSecondFactor,
    app: factors.totp && use(factors.totp),
    passkeys: factors.passkeys.map((passkey) => ({ ...passkey, ...use(passkey) })),
    creationOptions: hasRoom ? passkeys.creationOptions(account, factors, csrfToken) : null,
    recoveryCodesLeft: factors.recoveryCodes.length,
  };
  showPage(ctx, status, securityPage(input, pageTexts(ctx)), 'passwordOrPasskey');
}

async function shownProviders(
  { linkedProviders, providerSignIn }: SecurityPagesDeps,
  account: Account,
  asksPassword: boolean,
  ago: (ms: number) => number,
): Promise<ShownProviders> {
  const links = await linkedProviders.read(account);
  return {
    links: links.map((link) => ({ ...link, linkedSecondsAgo: ago(link.linkedAtMs) })),
    offered: providerSignIn.choices.filter(({ id }) => links.every(({ provider }) => provider !== id)),
    mayLink: account.emailVerified,
    asksPassword,
  };
}

/** Shows the secret of an app, and asks for its first code; for the password too, where it is the first factor. */
export function showApp(
  ctx: Context,
  { sessions, reauthentication }: SecurityPagesDeps,
  signedIn: SignedIn,
  status: number,
  app: Pick<
    AuthenticatorAppInput,
    keyof Pending | 'secret' | 'uri' | 'replaces' | 'problem' | 'retryAfterSeconds'
  >,
  sent = '',
): void {
  const { account } = signedIn;
  const input = {
    ...app,
    csrfToken: sessions.csrfTokenFor(ctx, signedIn),
    shown: reauthentication.markForm(signedIn, appForm(app.secret, sent)),
    account,
    asksPassword: !account.hasSecondFactor,
  };
  showPage(ctx, status, authenticatorAppPage(input, pageTexts(ctx)), 'showPassword');
}

/** Shows recovery codes, this once. */
export function showCodes(
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
