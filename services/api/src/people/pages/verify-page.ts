import { html } from 'ghtml';
import { hiddenFields } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { paths } from '../../pages/paths.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** The link that the button spends, and the address that it proves. */
export interface VerifyInput {
  readonly csrfToken: string;
  readonly link: string;
  readonly email: string;
}

/** Asks whether the account is theirs: opening a link proves nothing, since programs that look through mail do it too. */
export function verifyPage({ csrfToken, link, email }: VerifyInput, texts: Texts): string {
  const t = texts.verify;
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p><bdi>${email}</bdi></p>
      <p class="quiet">${t.lead}</p>
    </div>
    <form method="post" action="${paths.verify}">
      !${hiddenFields({ csrf_token: csrfToken, link })}
      <button class="button">${t.submit}</button>
    </form>`;
  return layout({ title: t.title, ofLink: { page: 'verify', link }, body }, texts);
}

/** The address is proven. */
export function verifiedPage(texts: Texts): string {
  const t = texts.verify.done;
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p>${t.text}</p>
    </div>
    <p><a class="button" href="${paths.device}">${texts.toDevice}</a></p>`;
  return layout({ title: t.title, sun: 'rising', body }, texts);
}

/** The link proves nothing: it was used, is too old, or a newer one was sent. */
export function spentVerificationPage(texts: Texts): string {
  const t = texts.verify.spent;
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p>${t.text}</p>
    </div>
    <p><a class="button" href="${paths.sessions}">${texts.sessions.title}</a></p>`;
  return layout({ title: t.title, sun: 'set', body }, texts);
}

/** Says that the address is not proven, with a button that sends the link again. */
export function unverifiedNote(csrfToken: string, sent: boolean, texts: Texts): string {
  const t = texts.verify.missing;
  return html`<form class="note tight" method="post" action="${paths.sendVerification}">
    !${hiddenFields({ csrf_token: csrfToken })}
    <p role="status">${sent ? t.sent : t.text}</p>
    !${sent ? '' : html`<button class="button">${t.send}</button>`}
  </form>`;
}
