import { html } from 'ghtml';
import { fact, factList } from '../../pages/facts.ts';
import { hiddenFields } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { paths } from '../../pages/paths.ts';
import { problemNote } from '../../pages/problem-note.ts';
import { relativeTime } from '../../pages/relative-time.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';
import type { ProgramsChoice } from '../programs-choice.ts';
import { ownPasswordField, type OwnPasswordProblem, ownPasswordProblemText } from './own-password-field.ts';
import { programsField } from './programs-field.ts';

/** The link that the form spends, whose account it is, when the change was that it undoes, and what was wrong with the last attempt. */
export interface UndoInput {
  readonly csrfToken: string;
  readonly link: string;
  readonly email: string;
  readonly changedSecondsAgo: number;
  /** Whether the account has a password, which is asked for. */
  readonly asksPassword: boolean;
  readonly programs: ProgramsChoice;
  readonly problem?: OwnPasswordProblem | undefined;
  /** After too many attempts: when the next one is admitted. */
  readonly retryAfterSeconds?: number | undefined;
}

/** Asks whether a change of how somebody signs in is to be undone; opening the link undoes nothing. */
export function undoPage(input: UndoInput, texts: Texts): string {
  const { csrfToken, link, asksPassword, programs, problem } = input;
  const t = texts.undo;
  const facts = [
    ...fact(texts.email, input.email),
    ...fact(t.changed, relativeTime(-input.changedSecondsAgo, texts.lang)),
  ];
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p>${t.lead}</p>
    </div>
    <div class="facts">!${factList(facts)}</div>
    !${problemNote(problem && ownPasswordProblemText(problem, input.retryAfterSeconds, texts))}
    <form class="stack" method="post" action="${paths.undo}">
      !${hiddenFields({ csrf_token: csrfToken, link })}
      !${asksPassword ? ownPasswordField(problem === 'wrongPassword', texts, 'password') : ''}
      !${programsField(programs, t.programsHint, texts)}
      <button class="button">${t.submit}</button>
    </form>
    <p class="quiet">${t.otherwise}</p>`;
  return layout({ title: t.title, failed: problem !== undefined, body }, texts);
}

/** It is put back: from here people sign in. */
export function undoDonePage(texts: Texts): string {
  const t = texts.undo.done;
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p>${t.text}</p>
    </div>
    <p><a class="button" href="${paths.signIn}">${texts.signIn.title}</a></p>`;
  return layout({ title: t.title, sun: 'rising', body }, texts);
}

/** The link puts nothing back: it was used, is too old, or everything was put back already. */
export function undoOverPage(texts: Texts): string {
  const t = texts.undo.over;
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p>${t.text}</p>
    </div>
    <p><a class="button" href="${paths.security}">${texts.security.title}</a></p>`;
  return layout({ title: t.title, sun: 'set', body }, texts);
}
