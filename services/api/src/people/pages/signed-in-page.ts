import { html } from 'ghtml';
import { layout } from '../../pages/layout.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** Shown briefly after a sign-in through a provider; the browser continues to `next` by itself. */
export function signedInPage(next: string, texts: Texts): string {
  const t = texts.signedIn;
  const body = html`<h1>${t.title}</h1>
    <p><a class="button" href="${next}">${t.next}</a></p>`;
  return layout({ title: t.title, sun: 'rising', body }, texts);
}
