import { html } from 'ghtml';
import { displaySafe } from '../../pages/display-safe.ts';
import { layout } from '../../pages/layout.ts';
import { liveScript } from '../../pages/live-script.ts';
import { withMarkup } from '../../pages/markup.ts';
import { paths } from '../../pages/paths.ts';
import type { SunState } from '../../pages/sun.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** The state of the login after the decision; `already…` if it was decided before. */
export type ResultKind =
  'approved' | 'denied' | 'alreadyApproved' | 'alreadyDenied' | 'wrongNumber' | 'expired';

/** The outcome, and the name that the program gave itself. */
export interface ResultInput {
  readonly kind: ResultKind;
  readonly clientName?: string | undefined;
  /** The code of the login that the page follows until the program has collected its credentials. */
  readonly follow?: string | undefined;
}

/** Outside of the template, where a formatter would change the hash in the policy. */
const scriptElement = `<script>${liveScript}</script>`;

const suns: Readonly<Record<ResultKind, SunState>> = {
  approved: 'risen',
  alreadyApproved: 'risen',
  denied: 'refused',
  alreadyDenied: 'refused',
  wrongNumber: 'refused',
  expired: 'set',
};

/** Shows the outcome and what to do next: usually, return to the program. */
export function resultPage({ kind, clientName, follow }: ResultInput, texts: Texts): string {
  const { title, text } = texts.result[kind];
  const name = displaySafe(clientName ?? '');
  const called = withMarkup(texts.result.calledItself, { name: html`<bdi>${name}</bdi>` });
  const again = html`<p><a class="button" href="${paths.device}">${texts.toDevice}</a></p>`;
  const approved = kind === 'approved' || kind === 'alreadyApproved';
  const endLater = html`<p>
    ${texts.result.endLater} <a href="${paths.programs}">${texts.programs.title}</a>
  </p>`;
  const body = html`<div class="tight">
      <h1>${title}</h1>
      !${follow === undefined ? html`<p>${text}</p>` : liveLine(follow, text, texts)}
      !${name ? html`<p class="quiet">!${called}</p>` : ''}
    </div>
    !${kind === 'expired' ? again : ''} !${approved ? endLater : ''}`;
  return layout({ title, sun: suns[kind], body }, texts);
}

/** The outcome as a live region: complete without the script, which updates it once the program has collected. */
function liveLine(userCode: string, text: string, texts: Texts): string {
  const { collected, gone, denied, aborted } = texts.result;
  return html`<p
      id="live"
      class="live"
      role="status"
      data-code="${userCode}"
      data-collected="${collected}"
      data-denied="${denied.text}"
      data-aborted="${aborted}"
      data-gone="${gone}"
    >
      ${text}
    </p>
    !${scriptElement}`;
}
