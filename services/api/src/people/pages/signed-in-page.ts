import { html } from 'ghtml';
import { layout } from '../../pages/layout.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** Seen for a moment after signing in through a provider; `next` is where the browser goes by itself. */
export function signedInPage(next: string, texts: Texts): string {
  const t = texts.signedIn;
  const body = html`<h1>${t.title}</h1>
    <p><a class="button" href="${next}">${t.next}</a></p>`;
  return layout({ title: t.title, sun: 'rising', body }, texts);
}
