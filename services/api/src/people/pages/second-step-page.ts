import { html } from 'ghtml';
import { hiddenFields, textField } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { withMarkup } from '../../pages/markup.ts';
import { paths, type Pending, pendingFields, withPending } from '../../pages/paths.ts';
import { problemNote } from '../../pages/problem-note.ts';
import { problemText } from '../../pages/problem-text.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';
import { passkeyForm } from './passkey-form.ts';
import type { PasskeyProblem } from './passkey-problem.ts';

/** Why a second step failed. */
export type SecondStepProblem =
  | 'wrong'
  | 'wrongRecovery'
  | 'replayed'
  | 'none'
  | 'unreadable'
  | 'tooManyAttempts';

/** Whose second step it is, by what it can be done, and the last attempt. */
export interface SecondStepInput extends Pending {
  readonly csrfToken: string;
  readonly email: string;
  /** The provider that vouched for them; empty where the password was right. */
  readonly provider: string;
  readonly hasApp: boolean;
  /** What a passkey is asked to sign; null where the account has none. */
  readonly passkeyOptions: object | null;
  readonly problem?: SecondStepProblem | undefined;
  /** After too many attempts: when the next one is admitted. */
  readonly retryAfterSeconds?: number | undefined;
  readonly passkeyProblem?: PasskeyProblem | undefined;
}

/** Asks for a passkey, or a code, after the first step was right. */
export function secondStepPage(input: SecondStepInput, texts: Texts): string {
  const { csrfToken, email, provider, hasApp, passkeyOptions, problem, passkeyProblem } = input;
  const t = texts.secondStep;
  const hidden = { csrf_token: csrfToken, ...pendingFields(input) };
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p class="quiet">
        !${
          provider === ''
            ? withMarkup(t.lead, { email: html`<bdi>${email}</bdi>` })
            : html`<bdi>${email}</bdi>: ${t.afterProvider({ provider })}`
        }
      </p>
    </div>
    !${problemNote(problem && problemText(t.problems[problem], input.retryAfterSeconds, texts.lang))}
    !${problemNote(passkeyProblem && texts.passkey.refused[passkeyProblem])}
    !${
      passkeyOptions === null
        ? ''
        : passkeyForm(
            {
              action: paths.secondStep,
              ceremony: 'get',
              options: passkeyOptions,
              hidden,
              label: texts.passkey.prove,
            },
            texts,
          )
    }
    !${passkeyOptions !== null && hasApp ? html`<p class="quiet">${t.or}</p>` : ''}
    !${hasApp ? codeForm(t.code, t.codeLead, true) : ''}
    <details !${hasApp ? '' : 'open'}>
      <summary>${t.lost}</summary>
      <div class="stack">
        <p>${t.lostHelp}</p>
        !${hasApp ? '' : codeForm(t.recoveryOnly, undefined, passkeyOptions === null)}
      </div>
    </details>
    <p><a href="${withPending(paths.signIn, input)}">${t.other}</a></p>`;
  const failed = (problem ?? passkeyProblem) !== undefined;
  return layout({ title: t.title, failed, pending: input, body }, texts);

  function codeForm(label: string, hint: string | undefined, focus: boolean): string {
    return html`<form class="stack" method="post" action="${paths.secondStep}">
      !${hiddenFields(hidden)}
      !${textField({
        name: 'code',
        label,
        type: 'text',
        autocomplete: 'one-time-code',
        hint,
        maxLength: 40,
        focus,
        wrong: problem !== undefined,
      })}
      <button class="button ${passkeyOptions === null ? '' : 'outline'}">${t.submit}</button>
    </form>`;
  }
}
