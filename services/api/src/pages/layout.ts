import { html } from 'ghtml';
import { hiddenFields } from './fields.ts';
import { type LinkPage, paths, type Pending, pendingFields } from './paths.ts';
import { imagePath, logo } from './brand/logo-markup.ts';
import type { BrandLinks } from './brand/brand.ts';
import { iconHref, sun, type SunState } from './sun.ts';
import type { Texts } from './texts/texts-for.ts';

/** The account that the head of the page names, with a form to sign out. */
export interface ShownAccount {
  readonly email: string;
  readonly csrfToken: string;
  readonly userCode?: string | undefined;
}

/** The parts of one page in the common frame; `body` is HTML made by `html`. */
export interface Layout {
  readonly title: string;
  readonly failed?: boolean;
  readonly signedIn?: ShownAccount | undefined;
  readonly sun?: SunState;
  /** On a page of a one-time link: to where the choice of a language returns. */
  readonly ofLink?: LinkPage;
  /** What the choice of a language keeps where the page answers a form; without it, the code beside the way to sign out. */
  readonly pending?: Pending;
  readonly body: string;
}

/** The frame of every page: document head, horizon, main column and the safety advice at the foot. */
export function layout(page: Layout, texts: Texts): string {
  const { brand } = texts.look;
  // Outside of the template, where a formatter would add white space and so change the hash in the policy.
  const styleElement = `<style>${brand.style.text}</style>`;
  const title = page.failed ? `${texts.problemPrefix} ${page.title}` : page.title;
  return html`<!doctype html>
    <html lang="${texts.lang}" dir="${texts.dir}">
      <head>
        <meta charset="utf-8" />
        <title>${title} – ${brand.name}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#faf7f2" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#171411" media="(prefers-color-scheme: dark)" />
        <meta name="format-detection" content="telephone=no" />
        <meta name="robots" content="noindex" />
        <link rel="icon" href="${brand.favicon ? imagePath(brand.favicon) : iconHref}" />
        !${styleElement}
      </head>
      <body>
        <header>
          <div class="horizon">
            <div class="column">
              <a class="brand" href="${paths.home}"
                >!${mark(page.sun ?? 'low', texts)}<span>${brand.name}</span></a
              >
            </div>
          </div>
          !${page.signedIn ? accountBar(page.signedIn, texts) : ''}
        </header>
        <main><div class="column">!${page.body}</div></main>
        <footer class="foot">
          <div class="column">
            <p>${texts.standingAdvice}</p>
            !${brand.notice ? html`<p>${brand.notice}</p>` : ''} !${operatorLinks(brand.links, texts)}
            !${languageSwitch(page, texts)}
          </div>
        </footer>
      </body>
    </html> `;
}

/** The operator's mark, or the sun. An outcome has the sun in either case: it is a sign of what happened. */
function mark(state: SunState, { look }: Texts): string {
  const own = logo(look.brand);
  if (own === '') return sun(state);
  return state === 'risen' || state === 'refused' ? sun(state) + own : own;
}

const linkNames = ['terms', 'privacy', 'imprint', 'support'] as const;

function operatorLinks(links: BrandLinks, texts: Texts): string {
  const shown = linkNames.flatMap((name) => {
    const href = links[name];
    return href === undefined ? [] : [html`<a href="${href}">${texts.links[name]}</a>`];
  });
  return shown.length === 0 ? '' : html`<p class="row">!${shown}</p>`;
}

/** The languages to choose from, each in its own words. */
function languageSwitch({ ofLink, pending, signedIn }: Layout, texts: Texts): string {
  const { look, lang: current, languages: label } = texts;
  if (look.languages.length < 2) return '';
  const fields = ofLink ?? pendingFields(pending ?? { userCode: signedIn?.userCode });
  const kept = new URLSearchParams({ ...fields }).toString();
  const query = kept === '' ? '' : `?${kept}`;
  const choices = look.languages.map(({ lang, languageName, dir }) =>
    lang === current
      ? html`<span aria-current="true" lang="${lang}" dir="${dir}">${languageName}</span>`
      : html`<a href="${`${paths.language}/${lang}${query}`}" hreflang="${lang}" lang="${lang}" dir="${dir}"
          >${languageName}</a
        >`,
  );
  return html`<nav class="row" aria-label="${label}">!${choices}</nav>`;
}

function accountBar(signedIn: ShownAccount, texts: Texts): string {
  return html`<form class="account column" method="post" action="${paths.signOut}">
    !${hiddenFields({ csrf_token: signedIn.csrfToken, user_code: signedIn.userCode })}
    <span><span class="hidden">${texts.signedInAs} </span><bdi>${signedIn.email}</bdi></span>
    <a href="${paths.programs}">${texts.programs.title}</a>
    <a href="${paths.sessions}">${texts.sessions.link}</a>
    !${texts.look.passwords ? html`<a href="${paths.security}">${texts.security.link}</a>` : ''}
    <button>${texts.notYou}</button>
  </form>`;
}
