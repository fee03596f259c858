import { html } from 'ghtml';
import type { SignInChanges } from '@ravi/accounts';
import { fact, factList } from '../../pages/facts.ts';
import { hiddenFields } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { withMarkup } from '../../pages/markup.ts';
import { paths } from '../../pages/paths.ts';
import { problemNote } from '../../pages/problem-note.ts';
import { relativeTime } from '../../pages/relative-time.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';
import type { ProgramsChoice } from '../programs-choice.ts';
import { ownPasswordField, type OwnPasswordProblem, ownPasswordProblemText } from './own-password-field.ts';
import { programsField } from './programs-field.ts';

/** The link that the form spends, whose account it is, what it undoes, and what was wrong with the last attempt. */
export interface UndoInput {
  readonly csrfToken: string;
  readonly link: string;
  readonly email: string;
  readonly changedSecondsAgo: number;
  /** With the names of the providers. */
  readonly changes: SignInChanges;
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
    !${undone(input.changes, texts)}
    !${problemNote(problem && ownPasswordProblemText(problem, input.retryAfterSeconds, texts))}
    <form class="stack" method="post" action="${paths.undo}">
      !${hiddenFields({ csrf_token: csrfToken, link })}
      !${asksPassword ? ownPasswordField(problem === 'wrongPassword', texts, 'password') : ''}
      !${programsField(programs, t.programsHint, texts)}
      <button class="button">${t.submit}</button>
    </form>
    <p class="quiet">${t.otherwise}</p>`;
  const ofLink = { page: 'undo', link } as const;
  return layout({ title: t.title, failed: problem !== undefined, ofLink, body }, texts);
}

/** All that the button changes, in words, so that its person sees what somebody else did. */
function undone(changes: SignInChanges, texts: Texts): string {
  const t = texts.undo.changes;
  const { passkeysAdded, passkeysRemoved, app, recoveryCodes, recoveryCodesUsed } = changes;
  const named = (text: typeof t.linked, provider: string) =>
    withMarkup(text, { provider: html`<bdi>${provider}</bdi>` });
  const lines = [
    ...(passkeysAdded === 0 ? [] : [html`${t.passkeysAdded({ count: passkeysAdded })}`]),
    ...(passkeysRemoved === 0 ? [] : [html`${t.passkeysRemoved({ count: passkeysRemoved })}`]),
    ...(app === null ? [] : [html`${t.app[app]}`]),
    ...(recoveryCodes === null ? [] : [html`${t.recoveryCodes[recoveryCodes]}`]),
    ...(recoveryCodesUsed === 0 ? [] : [html`${t.recoveryCodesUsed({ count: recoveryCodesUsed })}`]),
    ...changes.linked.map((provider) => named(t.linked, provider)),
    ...changes.unlinked.map((provider) => named(t.unlinked, provider)),
  ];
  if (lines.length === 0) return html`<p>${t.nothing}</p>`;
  return html`<div class="tight">
    <h2>${t.title}</h2>
    <ul>
      !${lines.map((line) => html`<li>!${line}</li>`)}
    </ul>
  </div>`;
}

/** It is put back, and what became of the programs: from here people sign in. */
export function undoDonePage(programs: ProgramsChoice, texts: Texts): string {
  const t = texts.undo.done;
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p>${programs === 'end' ? t.programsEnded : t.text}</p>
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
