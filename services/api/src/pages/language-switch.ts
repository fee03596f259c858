import type { Context, Middleware } from 'koa';
import { Problem } from '../http/problem.ts';
import type { HostCookies } from '../http/host-cookies.ts';
import type { Look } from './look.ts';
import { languageCookie } from './page-texts.ts';
import { linkPages, paths, withPending } from './paths.ts';
import { carried, seeOther } from './see-other.ts';

const year = 365 * 86_400;

/** Pages that only answer forms, by the page to show instead. */
const formsOnly: Readonly<Record<string, string>> = {
  [paths.code]: paths.device,
  [paths.decision]: paths.device,
  [paths.endProgram]: paths.programs,
  [paths.endSession]: paths.sessions,
  [paths.endOtherSessions]: paths.sessions,
  [paths.sendVerification]: paths.sessions,
  [paths.signOut]: paths.home,
  [paths.signInByPasskey]: paths.signIn,
  [paths.addPasskey]: paths.security,
  [paths.recoveryCodes]: paths.security,
  [paths.linkProvider]: paths.security,
  [paths.unlinkProvider]: paths.security,
  [paths.removeFactor]: paths.security,
};

/**
 * `GET /language/{tag}`: remembers the language in this browser, and returns to the page on which it was chosen. A link and not a form:
 * it needs no JavaScript, no session and no token, and another site can choose nothing by it.
 */
export function chooseLanguage(look: Look, cookies: HostCookies, publicUrl: string): Middleware {
  return (ctx) => {
    const { language } = ctx['params'] as { readonly language: string };
    const chosen = look.languages.find(({ lang }) => lang === language);
    if (!chosen) throw new Problem('not_found', 'There is no such language.');
    if (ctx.get('Sec-Fetch-Site') !== 'cross-site') cookies.set(ctx, languageCookie, chosen.lang, year);
    seeOther(ctx, linkPath(ctx) ?? returnPath(ctx, publicUrl));
  };
}

/** The page of the one-time link on which the language was chosen; null for any other. */
function linkPath({ query: { page, link } }: Context): string | null {
  if (typeof page !== 'string' || !Object.hasOwn(linkPages, page)) return null;
  if (typeof link !== 'string' || !/^[\w.-]{1,200}$/.test(link)) return null;
  return `${linkPages[page as keyof typeof linkPages]}?link=${link}`;
}

/**
 * The path of our own page from which the link was followed; the first page where that is unknown. What was pending on a page that answered
 * a form stands in the link alone.
 */
function returnPath(ctx: Context, publicUrl: string): string {
  const from = URL.canParse(ctx.get('Referer')) ? new URL(ctx.get('Referer')) : null;
  if (from === null || (from.origin !== publicUrl && from.host !== ctx.host)) return paths.home;
  // Of no other scheme: there a backslash stays one. Two slashes would begin the name of another host, and browsers read `\` as one.
  if (!/^https?:$/.test(from.protocol) || from.href.includes('\\')) return paths.home;
  if (!/^\/(?!\/|language\/)/.test(from.pathname)) return paths.home;
  const instead = formsOnly[from.pathname.replace(/(.)\/$/, '$1')];
  if (instead === undefined && from.search !== '') return `${from.pathname}${from.search}`;
  return withPending(instead ?? from.pathname, carried(ctx.query['user_code'], ctx.query['next']));
}
