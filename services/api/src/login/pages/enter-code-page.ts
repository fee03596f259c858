import { html } from 'ghtml';
import { readTypedCode } from '@ravi/device-login';
import { displaySafe } from '../../pages/display-safe.ts';
import { attribute, hiddenFields } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { paths } from '../../pages/paths.ts';
import { problemId, problemNote } from '../../pages/problem-note.ts';
import { relativeTime } from '../../pages/relative-time.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/**
 * How many characters of what was typed are shown again: enough for a code with spaces and a mistake or two. Longer text comes from a
 * link, not from a person.
 */
const maxShown = 20;

/** Why a code was refused. */
export type EnterCodeProblem = 'unknown' | 'expired' | 'used' | 'malformed' | 'tooManyGuesses';

/** The last attempt, and the signed-in person. */
export interface EnterCodeInput {
  readonly csrfToken: string;
  /** What was typed, well-formed or not. */
  readonly typed?: string | undefined;
  /** The code, if it is well-formed. */
  readonly userCode?: string | undefined;
  readonly problem?: EnterCodeProblem | undefined;
  /** After too many guesses: when the next one is admitted. */
  readonly retryAfterSeconds?: number | undefined;
  /** The operator lets no login start. */
  readonly switchedOff?: boolean | undefined;
  readonly account?: { readonly email: string } | undefined;
}

/** Asks for the code that the program shows. The next page asks for the decision. (RFC 8628 §3.3) */
export function enterCodePage(input: EnterCodeInput, texts: Texts): string {
  const { csrfToken, userCode, typed, problem, account } = input;
  const t = texts.enterCode;
  const wrong = problem !== undefined;
  const body = html`
    <div class="tight">
      <h1>${t.title}</h1>
      <p class="quiet">${t.lead}</p>
      !${input.switchedOff ? html`<p>${texts.switchedOff}</p>` : ''}
    </div>
    !${problemNote(problem && problemText(problem, input, texts))}
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
          !${attribute('value', userCode ?? typed?.slice(0, maxShown))}
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

/** What is wrong with the code, and what to do. */
function problemText(problem: EnterCodeProblem, input: EnterCodeInput, texts: Texts): string {
  const { typed = '', retryAfterSeconds = 0 } = input;
  const t = texts.enterCode.problems;
  switch (problem) {
    case 'tooManyGuesses':
      return t.tooManyGuesses({ when: relativeTime(retryAfterSeconds, texts.lang) });
    case 'malformed':
      return malformedText(typed, texts);
    default:
      return t[problem];
  }
}

/** Names the characters that no code has; where there are none, how many letters there are. */
function malformedText(typed: string, texts: Texts): string {
  const t = texts.enterCode.problems;
  const { letters, foreign } = readTypedCode(typed);
  const shown = foreign
    .slice(0, 3)
    .map((character) => displaySafe(character))
    .filter(Boolean);
  if (shown.length > 0) {
    const format = new Intl.ListFormat(texts.lang, { type: 'disjunction' });
    return t.impossible({ characters: format.format(shown) });
  }
  return letters === 0 ? t.malformed : t.wrongLength({ letters });
}
