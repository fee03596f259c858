import { html } from 'ghtml';
import { layout } from '../../pages/layout.ts';
import { paths, type Pending, withPending } from '../../pages/paths.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

export interface RecoveryCodesInput extends Pending {
  readonly csrfToken: string;
  readonly account: { readonly email: string };
  readonly codes: readonly string[];
}

/** Shows recovery codes, this once. */
export function recoveryCodesPage(input: RecoveryCodesInput, texts: Texts): string {
  const { csrfToken, account, codes } = input;
  const t = texts.recoveryCodes;
  const list = `<pre>${codes.join('\n')}</pre>`;
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p>${t.lead}</p>
      <p class="quiet">${t.each}</p>
      <p class="quiet">${t.others}</p>
    </div>
    !${list}
    <p><a class="button" href="${withPending(paths.security, input)}">${t.done}</a></p>`;
  const signedIn = { email: account.email, csrfToken };
  return layout({ title: t.title, sun: 'rising', signedIn, pending: input, body }, texts);
}
