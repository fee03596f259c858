import { html } from 'ghtml';
import { layout } from '../../pages/layout.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** Shown briefly after somebody came back from a provider; the browser continues to `next` by itself. */
export function signedInPage(next: string, texts: Texts, title: string = texts.signedIn.title): string {
  return passingPage(title, next, texts);
}

/** Shown briefly before somebody goes to a provider to link it. */
export function onToProviderPage(next: string, provider: string, texts: Texts): string {
  return passingPage(texts.security.providers.onTo({ provider }), next, texts);
}

function passingPage(title: string, next: string, texts: Texts): string {
  const body = html`<h1>${title}</h1>
    <p><a class="button" href="${next}">${texts.signedIn.next}</a></p>`;
  return layout({ title, sun: 'rising', body }, texts);
}
