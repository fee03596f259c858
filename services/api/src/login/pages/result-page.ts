import { html } from 'ghtml';
import { displayLimits, displaySafe } from '../../pages/display-safe.ts';
import { layout, type ShownAccount } from '../../pages/layout.ts';
import { liveScript } from '../../pages/live-script.ts';
import { paths } from '../../pages/paths.ts';
import { relativeTime } from '../../pages/relative-time.ts';
import { codePage, resultOf } from '../../pages/see-other.ts';
import type { SunState } from '../../pages/sun.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';
import { fact, factList } from '../../pages/facts.ts';

/** What became of the login: of an approval, whether the program has come for its access. */
export type ResultState =
  | 'waiting'
  /** Approved half a minute ago or longer, and the program has not come yet. */
  | 'late'
  | 'collected'
  /** Approved, and the code expired before the program came. */
  | 'neverCame'
  /** Approved, and no credentials could be made. */
  | 'aborted'
  /** Approved so long ago that only the decision is known. */
  | 'past'
  | 'denied'
  | 'wrongNumber';

/** A decision of the person who looks at it. */
export interface ResultInput {
  readonly state: ResultState;
  readonly decidedSecondsAgo: number;
  readonly userCode: string;
  readonly signedIn: ShownAccount;
  /** The name of the program: the operator's, or its own. */
  readonly program: string;
  /** The account, by its names for people. */
  readonly owner: string;
  /** What the program gets, in words; empty after a denial. */
  readonly terms: string;
  /** Whether the program asked from another network than this person is on. */
  readonly elsewhere: boolean;
  /** What this person chose now, in vain: the other was decided before. */
  readonly tooLate?: 'approve' | 'deny' | undefined;
}

/** After this time the page says that the program has not come yet. */
export const lateAfterSeconds = 30;

/** Outside of the template, where a formatter would change the hash in the policy. */
const scriptElement = `<script>${liveScript}</script>`;

const suns: Readonly<Record<ResultState, SunState>> = {
  waiting: 'risen',
  late: 'risen',
  collected: 'risen',
  neverCame: 'set',
  aborted: 'set',
  past: 'risen',
  denied: 'refused',
  wrongNumber: 'refused',
};

/** Whether the page follows the login until the program has its access. */
export function follows(state: ResultState): boolean {
  return state === 'waiting' || state === 'late';
}

/** Tells the person who decided what they decided, when, about what, and what has become of it. */
export function resultPage(input: ResultInput, texts: Texts): string {
  const { state, decidedSecondsAgo, signedIn, program, owner, terms, tooLate } = input;
  const t = texts.result;
  const denied = state === 'denied' || state === 'wrongNumber';
  const title = state === 'wrongNumber' ? t.wrongNumber.title : denied ? t.denied.title : t.approved.title;
  const when = relativeTime(-decidedSecondsAgo, texts.lang);
  const facts = [
    ...fact(t.program, displaySafe(program, displayLimits.name)),
    ...fact(t.account, owner),
    ...fact(t.gets, terms),
  ];
  const body = html`<div class="tight">
      <h1>${title}</h1>
      !${tooLate ? html`<p class="note">${t.tooLate[tooLate]}</p>` : ''}
      !${follows(state) ? liveLine(input, texts) : html`<p>${t.states[state]}</p>`}
      !${denied ? html`<p>${t.mistake}</p>` : ''}
    </div>
    <div class="facts">
      <section>
        <h2>${denied ? t.deniedByYou({ when }) : t.approvedByYou({ when })}</h2>
        !${factList(facts)}
      </section>
    </div>
    !${denied ? anotherCode(texts) : input.elsewhere ? endNow(texts) : endLater(texts)}`;
  return layout({ title, sun: suns[state], signedIn, body }, texts);
}

function anotherCode(texts: Texts): string {
  return html`<p><a class="button" href="${paths.device}">${texts.toDevice}</a></p>`;
}

/** Louder, where somebody else may have started the program and sent the code. */
function endNow(texts: Texts): string {
  return html`<div class="note tight">
    <p>${texts.result.elsewhere}</p>
    <p><a class="button danger" href="${paths.programs}">${texts.result.endNow}</a></p>
  </div>`;
}

function endLater(texts: Texts): string {
  return html`<p>${texts.result.endLater} <a href="${paths.programs}">${texts.programs.title}</a></p>`;
}

/**
 * The outcome as a live region: complete without the script, which updates it once the program has collected. The room for its longest
 * text is kept free, so that nothing moves.
 */
function liveLine({ state, userCode, decidedSecondsAgo }: ResultInput, texts: Texts): string {
  const { states, gone, look } = texts.result;
  const lateInMs = state === 'late' ? '' : Math.max(0, lateAfterSeconds - decidedSecondsAgo) * 1000;
  return html`<div class="live" data-room="${states.late}">
      <p
        id="live"
        role="status"
        data-code="${userCode}"
        data-late-in-ms="${lateInMs}"
        data-late="${states.late}"
        data-collected="${states.collected}"
        data-denied="${states.denied}"
        data-aborted="${states.aborted}"
        data-gone="${gone}"
      >
        ${state === 'late' ? states.late : states.waiting}
      </p>
    </div>
    <noscript
      ><p><a href="${resultOf(userCode)}">${look}</a></p></noscript
    >
    !${scriptElement}`;
}

/** Says that nothing is known of a decision: it was made long ago, by somebody else, or not at all. Strangers learn nothing. */
export function noResultPage(
  { userCode, signedIn }: Pick<ResultInput, 'userCode' | 'signedIn'>,
  texts: Texts,
): string {
  const { title, text, open } = texts.result.nothingKnown;
  const body = html`<div class="tight">
      <h1>${title}</h1>
      <p>${text}</p>
    </div>
    <p><a class="button" href="${codePage(userCode)}">${open}</a></p>
    !${endLater(texts)}`;
  return layout({ title, sun: 'set', signedIn, body }, texts);
}
