import { html } from 'ghtml';
import { hiddenFields, textField } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { paths, type Pending, pendingFields, withPending } from '../../pages/paths.ts';
import { problemNote } from '../../pages/problem-note.ts';
import { qrCode } from '../../pages/qr-code.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';
import { ownPasswordField, type OwnPasswordProblem, ownPasswordProblemText } from './own-password-field.ts';

/** Why the app was not set up. */
type AuthenticatorAppProblem = 'wrongCode' | OwnPasswordProblem;

/** The secret that an app is to have. */
export interface AuthenticatorAppInput extends Pending {
  readonly csrfToken: string;
  /** The mark that tells when the form was shown. */
  readonly shown?: string | undefined;
  readonly account: { readonly email: string };
  readonly secret: string;
  readonly uri: string;
  /** Whether it takes the place of another app. */
  readonly replaces: boolean;
  /** Whether it is the first factor, which takes the password too. */
  readonly asksPassword: boolean;
  readonly problem?: AuthenticatorAppProblem | undefined;
  /** After too many attempts: when the next one is admitted. */
  readonly retryAfterSeconds?: number | undefined;
}

/** Shows the secret as a QR code, as text and as a link for an app on this device, and asks for the first code. */
export function authenticatorAppPage(input: AuthenticatorAppInput, texts: Texts): string {
  const { csrfToken, shown, account, secret, uri, asksPassword, replaces, problem } = input;
  const wrongCode = problem === 'wrongCode';
  const t = texts.setUpApp;
  const title = replaces ? t.replaceTitle : t.title;
  const told =
    problem === 'wrongCode'
      ? t.wrong
      : problem && ownPasswordProblemText(problem, input.retryAfterSeconds, texts);
  const grouped = secret.match(/.{1,4}/g)?.join(' ') ?? secret;
  const body = html`<div class="tight">
      <h1>${title}</h1>
      <p class="quiet">${t.lead}</p>
      !${replaces ? html`<p class="quiet">${t.replaceLead}</p>` : ''}
    </div>
    !${problemNote(told)} !${qrCode(uri, t.picture)}
    <p class="quiet">${t.byHand} <span class="mono">${grouped}</span></p>
    <p><a href="${uri}">${t.here}</a></p>
    <form class="stack" method="post" action="${paths.authenticatorApp}">
      !${hiddenFields({
        csrf_token: csrfToken,
        shown,
        secret,
        replaces: replaces ? '1' : undefined,
        ...pendingFields(input),
      })}
      !${textField({
        name: 'code',
        label: t.code,
        type: 'text',
        autocomplete: 'one-time-code',
        maxLength: 16,
        focus: wrongCode,
        wrong: wrongCode,
      })}
      !${asksPassword ? ownPasswordField(problem === 'wrongPassword', texts) : ''}
      <button class="button">${replaces ? t.replaceSubmit : t.submit}</button>
    </form>
    <p><a href="${withPending(paths.security, input)}">${t.cancel}</a></p>`;
  const signedIn = { email: account.email, csrfToken };
  return layout({ title, failed: problem !== undefined, signedIn, pending: input, body }, texts);
}
