import type { Context } from 'koa';
import type { HostCookies } from '../http/host-cookies.ts';
import { type Look, lookOf } from './look.ts';
import { languageFor, type Texts, textsFor } from './texts/texts-for.ts';

/** The cookie with the language that a person chose at the foot of a page. */
export const languageCookie = 'ravi_language';

interface AppLook {
  readonly look: Look;
  readonly cookies: HostCookies;
}

const looks = new WeakMap<object, AppLook>();
const unbranded = lookOf();

/** Gives all pages of this application their look. */
export function setLook(app: object, look: AppLook): void {
  looks.set(app, look);
}

/** The texts in the language that the person chose, or else their browser asks for. */
export function pageTexts(ctx: Context): Texts {
  return textsFor(wantedLanguages(ctx), pageLook(ctx));
}

/** The language of this person's pages, in which mails to them are, too. */
export function mailLanguage(ctx: Context): string {
  return languageFor(wantedLanguages(ctx), pageLook(ctx)).lang;
}

/** The same, where the person or their browser said one; else empty, as of a program. */
export function toldLanguage(ctx: Context): string {
  return wantedLanguages(ctx).every((tag) => tag === '*') ? '' : mailLanguage(ctx);
}

function wantedLanguages(ctx: Context): readonly string[] {
  const chosen = looks.get(ctx.app)?.cookies.get(ctx, languageCookie);
  const wanted = ctx.acceptsLanguages();
  return chosen === undefined ? wanted : [chosen, ...wanted];
}

/** The look of the pages of the application that answers. */
export function pageLook(ctx: Context): Look {
  return looks.get(ctx.app)?.look ?? unbranded;
}
