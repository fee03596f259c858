import { html } from 'ghtml';

/** The id that a wrong field points at with `aria-describedby`. */
export const problemId = 'problem';

/** What went wrong, announced when the page opens; nothing when nothing did. */
export function problemNote(text: string | undefined): string {
  return text ? html`<p id="${problemId}" class="note wrong" role="alert">${text}</p>` : '';
}
