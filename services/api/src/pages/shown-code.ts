import { html } from 'ghtml';
import { displaySafe } from './display-safe.ts';
import { withMarkup } from './markup.ts';
import type { Phrase } from '@ravi/runtime';

/** Maximum length of a shown code: the canonical form has nine characters. */
const longestCode = 16;

/** The code in large letters; screen readers spell it. */
export function largeCode(userCode: string): string {
  const code = displaySafe(userCode, longestCode);
  const spelled = Array.from(code.replaceAll('-', ',')).join(' ');
  return html`<div class="code"><span aria-hidden="true">${code}</span></div>
    <span class="hidden">${spelled}</span>`;
}

/** A line under the heading with the pending code of a sign-in; empty if there is none. */
export function pendingCodeLine(sentence: Phrase<'code'>, userCode: string | undefined): string {
  if (!userCode) return '';
  const code = html`<span class="mono inline-code">${displaySafe(userCode, longestCode)}</span>`;
  return html`<p class="quiet">!${withMarkup(sentence, { code })}</p>`;
}
