import { html } from 'ghtml';
import { displaySafe } from './display-safe.ts';
import { withMarkup } from './markup.ts';

/** Longest code shown: the canonical form has nine characters. */
const longestCode = 16;

/** The code in large letters; a screen reader hears it spelled. */
export function largeCode(userCode: string): string {
  const code = displaySafe(userCode, longestCode);
  const spelled = Array.from(code.replaceAll('-', ',')).join(' ');
  return html`<div class="code"><span aria-hidden="true">${code}</span></div>
    <span class="hidden">${spelled}</span>`;
}

/** Which pending code a sign-in serves, as a line under the heading; nothing when there is none. */
export function pendingCodeLine(sentence: (code: string) => string, userCode: string | undefined): string {
  if (!userCode) return '';
  const code = html`<span class="mono inline-code">${displaySafe(userCode, longestCode)}</span>`;
  return html`<p class="quiet">!${withMarkup(sentence, code)}</p>`;
}
