import { html } from 'ghtml';
import { accessChoice, type ChosenTerms, type IdentityOption, type KeyScope } from './access-choice.ts';
import { displaySafe } from '../../pages/display-safe.ts';
import { hiddenFields } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { withMarkup } from '../../pages/markup.ts';
import { numberChoice } from './number-choice.ts';
import { paths } from '../../pages/paths.ts';
import { problemNote } from '../../pages/problem-note.ts';
import { requesterFacts, type Requester } from './requester-facts.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';
import { largeCode } from '../../pages/user-code.ts';

/** Why nothing was decided; the login is still pending. */
export type ConfirmProblem =
  | 'noDecision'
  | 'numberNeeded'
  | 'unknownIdentity'
  | 'identityNeeded'
  | 'nameWithoutNewIdentity'
  | 'tooManyIdentities';

/** The facts and options of one login's decision. */
export interface ConfirmInput {
  readonly csrfToken: string;
  readonly userCode: string;
  readonly client: Requester;
  readonly account: { readonly email: string; readonly name?: string | undefined };
  /** The requested scope: the maximum that an approval gives. */
  readonly asked: KeyScope;
  readonly identities: readonly IdentityOption[];
  /** The three numbers of number matching; none if no number is needed. */
  readonly numbers: readonly string[];
  readonly canAddIdentity: boolean;
  /** After so many days without use a login ends by itself; null: never. */
  readonly unusedDays: number | null;
  /** The previous choices, if the form is shown again. */
  readonly chosen?: ChosenTerms;
  readonly problem?: ConfirmProblem | undefined;
}

/**
 * Asks for the decision. The advice against phishing comes first: compare the code, and approve only what you
 * started yourself. (RFC 8628 §5.4)
 *
 * Deny is the first submit button, so a stray Enter key denies; both buttons are equally prominent.
 */
export function confirmPage(input: ConfirmInput, texts: Texts): string {
  const {
    csrfToken,
    userCode,
    client,
    account,
    identities,
    numbers,
    canAddIdentity,
    unusedDays,
    chosen = {},
    problem,
  } = input;
  const t = texts.confirm;
  const body = html`
    <div class="tight">
      <h1>${t.title}</h1>
      <p class="quiet">${t.lead}</p>
    </div>
    !${problemNote(problem && t.problems[problem])} !${largeCode(userCode)} !${requesterFacts(client, texts)}
    <form class="stack" method="post" action="${paths.decision}">
      !${hiddenFields({ csrf_token: csrfToken, user_code: userCode })} !${numberChoice(numbers, texts)}
      <div class="tight">
        <p>!${withMarkup(t.ifYouApprove, { account: accountName(account) })}</p>
        !${accessChoice({ asked: input.asked, identities, canAddIdentity, chosen, unusedDays }, texts)}
      </div>
      <div class="tight">
        <p><b>${t.onlyYours}</b></p>
        <div class="decision">
          <button class="button deny" name="decision" value="deny" formnovalidate>${t.deny}</button>
          <button class="button approve" name="decision" value="approve">${t.approve}</button>
        </div>
      </div>
    </form>
  `;
  const signedIn = { email: account.email, csrfToken, userCode };
  return layout({ title: t.title, failed: problem !== undefined, signedIn, body }, texts);
}

function accountName({ name, email }: ConfirmInput['account']): string {
  return html`<b><bdi>${name ? `${displaySafe(name)} (${email})` : email}</bdi></b>`;
}
