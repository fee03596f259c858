import { html } from 'ghtml';
import { hiddenFields } from './fields.ts';
import { paths } from './paths.ts';
import { styleSheet } from './style-sheet.ts';
import { iconHref, sun, type SunState } from './sun.ts';
import type { Texts } from './texts/texts-for.ts';

/** Outside of the template, where a formatter would add white space and so change the hash in the policy. */
const styleElement = `<style>${styleSheet}</style>`;

/** The account that the head of the page names, with a form to sign out. */
export interface SignedIn {
  readonly email: string;
  readonly csrfToken: string;
  readonly userCode?: string | undefined;
}

/** The parts of one page in the common frame; `body` is HTML made by `html`. */
export interface Layout {
  readonly title: string;
  readonly failed?: boolean;
  readonly signedIn?: SignedIn | undefined;
  readonly sun?: SunState;
  readonly body: string;
}

/** The frame of every page: document head, horizon, main column and the safety advice at the foot. */
export function layout(page: Layout, texts: Texts): string {
  const title = page.failed ? `${texts.problemPrefix} ${page.title}` : page.title;
  return html`<!doctype html>
    <html lang="${texts.lang}" dir="ltr">
      <head>
        <meta charset="utf-8" />
        <title>${title} – Ravi</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#faf7f2" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#171411" media="(prefers-color-scheme: dark)" />
        <meta name="format-detection" content="telephone=no" />
        <meta name="robots" content="noindex" />
        <link rel="icon" href="!${iconHref}" />
        !${styleElement}
      </head>
      <body>
        <header>
          <div class="horizon">
            <div class="column">
              <a class="brand" href="${paths.home}">!${sun(page.sun ?? 'low')}<span>Ravi</span></a>
            </div>
          </div>
          !${page.signedIn ? accountBar(page.signedIn, texts) : ''}
        </header>
        <main><div class="column">!${page.body}</div></main>
        <footer class="foot"><p class="column">${texts.standingAdvice}</p></footer>
      </body>
    </html> `;
}

function accountBar(signedIn: SignedIn, texts: Texts): string {
  return html`<form class="account column" method="post" action="${paths.signOut}">
    !${hiddenFields({ csrf_token: signedIn.csrfToken, user_code: signedIn.userCode })}
    <span><span class="hidden">${texts.signedInAs} </span><bdi>${signedIn.email}</bdi></span>
    <a href="${paths.programs}">${texts.programs.title}</a>
    <a href="${paths.sessions}">${texts.sessions.link}</a>
    <button>${texts.notYou}</button>
  </form>`;
}
