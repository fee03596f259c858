import { html } from 'ghtml';
import {
  accessChoice,
  type ChosenTerms,
  type IdentityOption,
  type KeyLifetimes,
  type KeyScope,
} from './access-choice.ts';
import { freshElement } from '../../pages/back-button-script.ts';
import { hiddenFields } from '../../pages/fields.ts';
import { layout } from '../../pages/layout.ts';
import { numberChoice } from './number-choice.ts';
import { paths } from '../../pages/paths.ts';
import { problemNote } from '../../pages/problem-note.ts';
import { requesterFacts, type Requester } from './requester-facts.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';
import { largeCode } from '../../pages/shown-code.ts';

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
  /** The mark that tells when the form was shown. */
  readonly shown?: string | undefined;
  readonly userCode: string;
  readonly client: Requester;
  readonly email: string;
  /** The account, by its names for people. */
  readonly owner: string;
  /** The requested scope: the maximum that an approval gives. */
  readonly asked: KeyScope;
  readonly identities: readonly IdentityOption[];
  /** The three numbers of number matching; none if no number is needed. */
  readonly numbers: readonly string[];
  readonly canAddIdentity: boolean;
  /** A login that is unused for this number of days ends by itself; null: none does. */
  readonly unusedDays: number | null;
  /** The operator's lifetimes of API keys; null where the login gives none. */
  readonly keyLifetimes: KeyLifetimes | null;
  /** The previous choices, if the form is shown again. */
  readonly chosen?: ChosenTerms;
  readonly problem?: ConfirmProblem | undefined;
}

/**
 * The buttons that a browser presses when somebody presses Enter: in a text field it presses the first one, which is disabled; at a
 * number, the first one that is not disabled, which asks again. So Enter decides nothing. (HTML, implicit submission)
 */
const enterDecidesNothing =
  '<button disabled hidden></button><button name="decision" value="" formnovalidate hidden></button>';

/**
 * Asks for the decision. The advice against phishing comes first: compare the code, and approve only what you started yourself. Where
 * the request came from another network, the title asks whether they did. (RFC 8628 §5.4)
 *
 * Both buttons are equally prominent, and stay in view with the advice while the page is read.
 */
export function confirmPage(input: ConfirmInput, texts: Texts): string {
  const { csrfToken, shown, userCode, client, email, numbers, problem } = input;
  const t = texts.confirm;
  const elsewhere = !client.sameNetworkAsYou;
  const title = elsewhere ? t.titleElsewhere : t.title;
  const offer = { ...input, chosen: input.chosen ?? {}, narrow: elsewhere };
  const body = html`
    <form class="stack" method="post" action="${paths.decision}">
      !${hiddenFields({ csrf_token: csrfToken, shown, user_code: userCode })} !${enterDecidesNothing}
      <div class="tight">
        <h1>${title}</h1>
        <p class="quiet">${elsewhere ? t.leadElsewhere : t.lead}</p>
      </div>
      !${problemNote(problem && t.problems[problem])} !${largeCode(userCode)}
      !${numberChoice(numbers, input.chosen?.number, texts)} !${elsewhere ? networkNote(texts) : ''}
      !${requesterFacts(client, texts)} !${accessChoice(offer, texts)}
      <div class="bar">
        <p><b>${t.onlyYours}</b></p>
        <div class="decision">
          <button class="button deny" name="decision" value="deny" formnovalidate>${t.deny}</button>
          <button class="button approve" name="decision" value="approve">${t.approve}</button>
        </div>
      </div>
    </form>
    !${freshElement}
  `;
  const signedIn = { email, csrfToken, userCode };
  return layout({ title, failed: problem !== undefined, signedIn, body }, texts);
}

function networkNote(texts: Texts): string {
  const { otherNetwork, sentToYou } = texts.confirm;
  return html`<div class="note tight">
    <p>${otherNetwork}</p>
    <p><b>${sentToYou}</b></p>
  </div>`;
}
