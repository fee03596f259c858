import { html } from 'ghtml';
import { hiddenFields } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { paths } from '../../pages/paths.ts';
import { problemNote } from '../../pages/problem-note.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';
import type { PasswordFault } from '../password-faults.ts';
import type { ProgramsChoice } from '../programs-choice.ts';
import { newPasswordField, passwordFaultText } from './new-password-field.ts';
import { programsField } from './programs-field.ts';

/** The link that the form spends, and what was wrong with the last attempt. */
export interface ResetInput {
  readonly csrfToken: string;
  readonly link: string;
  readonly passwordMinLength: number;
  readonly programs: ProgramsChoice;
  readonly problem?: PasswordFault | undefined;
}

/** Asks whoever came by a one-time link for a new password, and whether the programs of the account end. */
export function resetPage(input: ResetInput, texts: Texts): string {
  const { csrfToken, link, passwordMinLength, programs, problem } = input;
  const t = texts.reset;
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p class="quiet">${t.lead}</p>
    </div>
    !${problemNote(problem && passwordFaultText(problem, passwordMinLength, texts))}
    <form class="stack" method="post" action="${paths.reset}">
      !${hiddenFields({ csrf_token: csrfToken, link })}
      !${newPasswordField(
        {
          name: 'new_password',
          label: texts.passwordChange.fresh,
          minLength: passwordMinLength,
          focus: true,
          wrong: problem !== undefined,
        },
        texts,
      )}
      !${programsField(programs, t.programsHint, texts)}
      <button class="button">${t.submit}</button>
    </form>`;
  const ofLink = { page: 'reset', link } as const;
  return layout({ title: t.title, failed: problem !== undefined, ofLink, body }, texts);
}

/** The password is set: from here people sign in. */
export function resetDonePage(texts: Texts): string {
  const t = texts.reset.done;
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p>${t.text}</p>
    </div>
    <p><a class="button" href="${paths.signIn}">${texts.signIn.title}</a></p>`;
  return layout({ title: t.title, sun: 'rising', body }, texts);
}

/** The link sets no password: it was used, is too old, or a newer one was made. */
export function spentLinkPage(texts: Texts): string {
  const t = texts.reset.spent;
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p>${t.text}</p>
    </div>
    <p><a class="button" href="${paths.signIn}">${texts.signIn.title}</a></p>
    <p><a href="${paths.forgot}">${texts.forgot.link}</a></p>`;
  return layout({ title: t.title, sun: 'set', body }, texts);
}
