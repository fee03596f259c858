import { html } from 'ghtml';
import { hiddenFields, textField } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { paths } from '../../pages/paths.ts';
import { problemNote } from '../../pages/problem-note.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';
import { passwordMinLength } from './sign-up-page.ts';

/** The link that the form spends, and what was wrong with the last attempt. */
export interface ResetInput {
  readonly csrfToken: string;
  readonly link: string;
  readonly problem?: 'weakPassword' | undefined;
}

/** Asks whoever came by a one-time link for a new password, and whether the programs of the account end. */
export function resetPage({ csrfToken, link, problem }: ResetInput, texts: Texts): string {
  const t = texts.reset;
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p class="quiet">${t.lead}</p>
    </div>
    !${problemNote(problem && t.problems[problem])}
    <form class="stack" method="post" action="${paths.reset}">
      !${hiddenFields({ csrf_token: csrfToken, link })}
      !${textField({
        name: 'new_password',
        label: texts.passwordChange.fresh,
        type: 'password',
        autocomplete: 'new-password',
        minLength: passwordMinLength,
        hint: texts.signUp.passwordHint(passwordMinLength),
        focus: true,
        wrong: problem === 'weakPassword',
      })}
      <div class="tight">
        <label for="programs">${t.programs}</label>
        <select id="programs" name="programs" aria-describedby="programs-hint">
          <option value="keep">${t.keepPrograms}</option>
          <option value="end">${t.endPrograms}</option>
        </select>
        <p id="programs-hint" class="small quiet">${t.programsHint}</p>
      </div>
      <button class="button">${t.submit}</button>
    </form>`;
  return layout({ title: t.title, failed: problem !== undefined, body }, texts);
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
    <p><a class="button" href="${paths.signIn}">${texts.signIn.title}</a></p>`;
  return layout({ title: t.title, sun: 'set', body }, texts);
}
