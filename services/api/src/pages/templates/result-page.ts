import { html } from 'ghtml';
import { displaySafe } from './display-safe.ts';
import { layout } from './layout.ts';
import { withMarkup } from './markup.ts';
import { paths } from './paths.ts';
import type { SunState } from './sun.ts';
import type { Texts } from './texts/texts-for.ts';

/** How the login stands after the decision; `already…` when somebody decided before. */
export type ResultKind =
  'approved' | 'denied' | 'alreadyApproved' | 'alreadyDenied' | 'wrongNumber' | 'expired';

/** The outcome, and the name that the program gave itself. */
export interface ResultInput {
  readonly kind: ResultKind;
  readonly clientName?: string | undefined;
}

const suns: Readonly<Record<ResultKind, SunState>> = {
  approved: 'risen',
  alreadyApproved: 'risen',
  denied: 'refused',
  alreadyDenied: 'refused',
  wrongNumber: 'refused',
  expired: 'set',
};

/** Says what became of the login and what to do next, which is mostly: go back to the program. */
export function resultPage({ kind, clientName }: ResultInput, texts: Texts): string {
  const { title, text } = texts.result[kind];
  const name = displaySafe(clientName ?? '');
  const called = withMarkup(texts.result.calledItself, html`<bdi>${name}</bdi>`);
  const again = html`<p><a class="button" href="${paths.device}">${texts.toDevice}</a></p>`;
  const body = html`<div class="tight">
      <h1>${title}</h1>
      <p>${text}</p>
      !${name ? html`<p class="quiet">!${called}</p>` : ''}
    </div>
    !${kind === 'expired' ? again : ''}`;
  return layout({ title, sun: suns[kind], body }, texts);
}
