import { html } from 'ghtml';
import { hiddenFields, textField } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { paths } from '../../pages/paths.ts';
import { problemNote } from '../../pages/problem-note.ts';
import { problemText } from '../../pages/problem-text.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** Why no link was sent. */
export type AddressProblem = 'invalidEmail' | 'wrongPassword' | 'tooManyAttempts';

/** The person, and the last attempt. */
export interface AddressInput {
  readonly csrfToken: string;
  /** The mark that tells when the form was shown. */
  readonly shown?: string | undefined;
  readonly account: { readonly email: string };
  /** Whether links are sent here. */
  readonly enabled: boolean;
  readonly email?: string | undefined;
  readonly problem?: AddressProblem | undefined;
  /** After too many attempts: when the next one is admitted. */
  readonly retryAfterSeconds?: number | undefined;
}

/** Asks for the new address and the password; says whom to ask where no mail is sent. */
export function addressPage(input: AddressInput, texts: Texts): string {
  const { csrfToken, account, enabled, problem } = input;
  const t = texts.address;
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p class="quiet">${enabled ? t.lead : t.ask}</p>
    </div>
    !${enabled ? form(input, texts) : ''}
    <p><a href="${paths.sessions}">${texts.sessions.title}</a></p>`;
  const signedIn = { email: account.email, csrfToken };
  return layout({ title: t.title, failed: problem !== undefined, signedIn, body }, texts);
}

function form({ csrfToken, shown, email, problem, retryAfterSeconds }: AddressInput, texts: Texts): string {
  const t = texts.address;
  return html`!${problemNote(problem && problemText(t.problems[problem], retryAfterSeconds, texts.lang))}
    <form class="stack" method="post" action="${paths.address}">
      !${hiddenFields({ csrf_token: csrfToken, shown })}
      !${textField({
        name: 'email',
        label: t.fresh,
        type: 'email',
        autocomplete: 'email',
        value: email,
        focus: problem !== 'wrongPassword',
        wrong: problem === 'invalidEmail',
      })}
      !${textField({
        name: 'current_password',
        label: texts.passwordChange.current,
        type: 'password',
        autocomplete: 'current-password',
        reveal: texts.reveal,
        focus: problem === 'wrongPassword',
        wrong: problem === 'wrongPassword',
      })}
      <button class="button">${t.submit}</button>
    </form>`;
}

/** Asks whether the new address is theirs: opening a link changes nothing, since programs that look through mail do it too. */
export function confirmAddressPage(
  { csrfToken, link, email }: { readonly csrfToken: string; readonly link: string; readonly email: string },
  texts: Texts,
): string {
  const t = texts.address.confirm;
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p><bdi>${email}</bdi></p>
      <p class="quiet">${t.lead}</p>
    </div>
    <form method="post" action="${paths.confirmAddress}">
      !${hiddenFields({ csrf_token: csrfToken, link })}
      <button class="button">${t.submit}</button>
    </form>`;
  return layout({ title: t.title, ofLink: { page: 'address', link }, body }, texts);
}

/** What became of the link: the address is changed, the link is over, or another account has the address. */
export function addressResultPage(result: 'moved' | 'bad' | 'taken', texts: Texts): string {
  const t = texts.address.results[result];
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p>${t.text}</p>
    </div>
    <p><a class="button" href="${paths.sessions}">${texts.sessions.title}</a></p>`;
  return layout({ title: t.title, sun: result === 'moved' ? 'rising' : 'set', body }, texts);
}
