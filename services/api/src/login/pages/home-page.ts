import { html } from 'ghtml';
import { layout } from '../../pages/layout.ts';
import { paths } from '../../pages/paths.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** The address of the API, and whether logins can start. */
export interface HomeInput {
  readonly apiUrl: string;
  /** The operator lets no login start. */
  readonly switchedOff?: boolean | undefined;
  /** Whether this browser is signed in: it is offered its account, others are asked to sign in. */
  readonly signedIn: boolean;
}

/** The home page: what the service does, a link to enter a code, and two commands for developers. */
export function homePage({ apiUrl, switchedOff, signedIn }: HomeInput, texts: Texts): string {
  const t = texts.home;
  const base = apiUrl.replace(/\/+$/u, '');
  const commands = [
    `# ${t.startComment}`,
    'curl -X POST \\',
    `  ${base}/api/auth/device/`,
    '',
    `# ${t.waitComment}`,
    'curl -d device_code=… -d wait=true \\',
    `  ${base}/api/auth/device/token/`,
  ].join('\n');
  const account = signedIn
    ? html`<a href="${paths.account}">${texts.toAccount}</a>`
    : html`<a href="${paths.signIn}">${texts.signIn.title}</a>`;
  const body = html`<div class="tight">
      <h1>${t.title}</h1>
      <p class="quiet">${t.lead}</p>
      !${switchedOff ? html`<p>${texts.switchedOff}</p>` : ''}
    </div>
    <p><a class="button" href="${paths.device}">${texts.toDevice}</a></p>
    <p>!${account}</p>
    <section class="tight">
      <h2 id="developers">${t.developers}</h2>
      <pre tabindex="0" role="region" aria-labelledby="developers"><code>${commands}</code></pre>
    </section>`;
  return layout({ title: t.pageTitle, sun: 'rising', body }, texts);
}
