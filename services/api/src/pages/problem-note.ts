import { html } from 'ghtml';

/** The id that a wrong field points at with `aria-describedby`. */
export const problemId = 'problem';

export interface WayOut {
  readonly href: string;
  readonly text: string;
}

/** What went wrong, announced when the page opens, with the way out if there is one; nothing when nothing did. */
export function problemNote(text: string | undefined, wayOut?: WayOut): string {
  const link = wayOut === undefined ? '' : html` <a href="${wayOut.href}">${wayOut.text}</a>`;
  return text ? html`<p id="${problemId}" class="note wrong" role="alert">${text}!${link}</p>` : '';
}
