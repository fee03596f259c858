import { html } from 'ghtml';
import { hiddenFields, textField } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { paths, type Pending, pendingFields, withPending } from '../../pages/paths.ts';
import { problemNote } from '../../pages/problem-note.ts';
import { qrCode } from '../../pages/qr-code.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** The secret that an app is to have. */
export interface AuthenticatorAppInput extends Pending {
  readonly csrfToken: string;
  readonly account: { readonly email: string };
  readonly secret: string;
  readonly uri: string;
  readonly wrong: boolean;
}

/** Shows the secret as a QR code, as text and as a link for an app on this device, and asks for the first code. */
export function authenticatorAppPage(input: AuthenticatorAppInput, texts: Texts): string {
  const { csrfToken, account, secret, uri, wrong } = input;
  const t = texts.setUpApp;
  const grouped = secret.match(/.{1,4}/g)?.join(' ') ?? secret;
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p class="quiet">${t.lead}</p>
    </div>
    !${problemNote(wrong ? t.wrong : undefined)} !${qrCode(uri, t.picture)}
    <p class="quiet">${t.byHand} <span class="mono">${grouped}</span></p>
    <p><a href="${uri}">${t.here}</a></p>
    <form class="stack" method="post" action="${paths.authenticatorApp}">
      !${hiddenFields({ csrf_token: csrfToken, secret, ...pendingFields(input) })}
      !${textField({
        name: 'code',
        label: t.code,
        type: 'text',
        autocomplete: 'one-time-code',
        maxLength: 16,
        focus: wrong,
        wrong,
      })}
      <button class="button">${t.submit}</button>
    </form>
    <p><a href="${withPending(paths.security, input)}">${t.cancel}</a></p>`;
  const { email } = account;
  return layout({ title: t.title, failed: wrong, signedIn: { email, csrfToken }, body }, texts);
}
