import { html } from 'ghtml';
import { attribute, hiddenFields } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { paths } from '../../pages/paths.ts';
import { problemId, problemNote } from '../../pages/problem-note.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** Why a code was refused. */
export type EnterCodeProblem = 'unknown' | 'expired' | 'used' | 'malformed' | 'tooManyGuesses';

/** The last attempt, and the signed-in person. */
export interface EnterCodeInput {
  readonly csrfToken: string;
  readonly userCode?: string | undefined;
  readonly problem?: EnterCodeProblem | undefined;
  /** The operator lets no login start. */
  readonly switchedOff?: boolean | undefined;
  readonly account?: { readonly email: string } | undefined;
}

/** Asks for the code that the program shows. The next page asks for the decision. (RFC 8628 §3.3) */
export function enterCodePage(input: EnterCodeInput, texts: Texts): string {
  const { csrfToken, userCode, problem, account } = input;
  const t = texts.enterCode;
  const wrong = problem !== undefined;
  const body = html`
    <div class="tight">
      <h1>${t.title}</h1>
      <p class="quiet">${t.lead}</p>
      !${input.switchedOff ? html`<p>${texts.switchedOff}</p>` : ''}
    </div>
    !${problemNote(problem && t.problems[problem])}
    <form class="stack" method="post" action="${paths.code}">
      !${hiddenFields({ csrf_token: csrfToken })}
      <div class="tight">
        <label for="user_code">${t.label}</label>
        <input
          id="user_code"
          name="user_code"
          class="code-field"
          type="text"
          inputmode="text"
          autocomplete="off"
          autocapitalize="characters"
          autocorrect="off"
          spellcheck="false"
          placeholder="XXXX-XXXX"
          enterkeyhint="go"
          required
          autofocus
          aria-describedby="${wrong ? `${problemId} user_code-hint` : 'user_code-hint'}"
          !${attribute('value', userCode)}
          !${wrong ? 'aria-invalid="true"' : ''}
        />
        <p id="user_code-hint" class="small quiet">${t.hint}</p>
      </div>
      <button class="button">${t.submit}</button>
    </form>
  `;
  const signedIn = account && { email: account.email, csrfToken, userCode };
  return layout({ title: t.title, failed: wrong, signedIn, body }, texts);
}
