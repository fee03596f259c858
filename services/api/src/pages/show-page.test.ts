import { gunzipSync } from 'node:zlib';
import Koa, { type Context } from 'koa';
import { servedAlone } from '../../../../test/support/served-alone.ts';
import { HostCookies } from '../http/host-cookies.ts';
import { freshHash } from './back-button-script.ts';
import type { BrandImage } from './brand/brand-image.ts';
import { liveScriptHash } from './live-script.ts';
import { localTimeHash } from './local-time.ts';
import { type Look, lookOf } from './look.ts';
import type { PageScript } from './page-headers.ts';
import { mailLanguage, pageTexts, setLook, toldLanguage } from './page-texts.ts';
import { passkeyHash } from './passkey-script.ts';
import { showPasswordHash } from './show-password-script.ts';
import { showPage, showPageOfLink, showPageUncompressed } from './show-page.ts';

const image = (fileName: string): BrandImage => ({
  fileName,
  contentType: 'image/png',
  bytes: Buffer.from(fileName),
  aspectRatio: 1,
});
const { brand } = lookOf();
const branded = (parts: object) => lookOf({ brand: { ...brand, ...parts } });

function appOf(look: Look): Koa {
  const app = new Koa();
  setLook(app, { look, cookies: new HostCookies('https://login.example.com') });
  return app;
}

const pageOf = (look = lookOf(), script?: PageScript) =>
  servedAlone((ctx: Context) => showPage(ctx, 201, 'A page.', script), { app: appOf(look) });

test('a page forbids all that it does not need, and is kept nowhere', async () => {
  const { status, header } = await pageOf();
  expect([status, header('Content-Type')]).toEqual([201, 'text/html; charset=utf-8']);
  const headers = {
    'Content-Security-Policy': `default-src 'none'; style-src '${brand.style.hash}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=()',
    'Referrer-Policy': 'same-origin',
    'X-Frame-Options': 'DENY',
    'Cache-Control': 'no-store',
    Vary: 'Accept-Encoding, Accept-Language, Cookie',
  };
  for (const [name, value] of Object.entries(headers)) expect([name, header(name)]).toEqual([name, value]);
});

test.each<[PageScript, string]>([
  ['live', `script-src '${liveScriptHash}'; connect-src 'self'`],
  ['decision', `script-src '${localTimeHash}' '${freshHash}'`],
  ['showPassword', `script-src '${showPasswordHash}'`],
  ['passkey', `script-src '${passkeyHash}'`],
  ['passwordOrPasskey', `script-src '${showPasswordHash}' '${passkeyHash}'`],
])('a page with the script %s allows that one and what it needs', async (script, policy) => {
  const whole = (await pageOf(lookOf(), script)).header('Content-Security-Policy');
  expect(whole.endsWith(`; frame-ancestors 'none'; ${policy}`)).toBe(true);
});

test.each([
  ['a mark', branded({ logo: image('logo.png') })],
  ['an icon', branded({ favicon: image('favicon.png') })],
  ['marks of providers', lookOf({ images: [image('provider.png')] })],
])('where there are %s, pages may load images of ours', async (_, look) => {
  expect((await pageOf(look)).header('Content-Security-Policy')).toContain("; img-src data: 'self'; ");
});

test.each([
  ['gzip, br', true],
  ['*', true],
  ['identity;q=0.5, gzip;q=0.1', false],
  ['gzip;q=0', false],
  ['br', false],
  ['', false],
])('a browser that takes %j gets a page compressed: %j', async (accepted, isCompressed) => {
  const headers = { 'accept-encoding': accepted };
  const { body, header } = await servedAlone((ctx: Context) => showPage(ctx, 200, 'A page.'), { headers });
  expect(header('Content-Encoding')).toBe(isCompressed ? 'gzip' : undefined);
  expect(isCompressed ? gunzipSync(body as Buffer).toString() : body).toBe('A page.');
  expect(header('Content-Type')).toBe('text/html; charset=utf-8');
});

test('a page with a stranger’s words is never compressed, and the address of a link is told to nobody', async () => {
  const headers = { 'accept-encoding': 'gzip' };
  for (const show of [showPageUncompressed, showPageOfLink]) {
    const { body, header } = await servedAlone((ctx: Context) => show(ctx, 200, 'A page.'), { headers });
    expect([body, header('Content-Encoding')]).toEqual(['A page.', undefined]);
    expect(header('Referrer-Policy')).toBe(show === showPageOfLink ? 'no-referrer' : 'same-origin');
    expect(header('Cache-Control')).toBe('no-store');
  }
});

const languagesOf = async (headers: Readonly<Record<string, string>>, app?: Koa) => {
  let found: unknown[] = [];
  const look = (ctx: Context) => (found = [pageTexts(ctx).lang, mailLanguage(ctx), toldLanguage(ctx)]);
  await servedAlone(look, { headers, app: app ?? appOf(lookOf()) });
  return found;
};

test.each([
  [{ 'accept-language': 'de-AT, en;q=0.5' }, ['de', 'de', 'de']],
  [{ 'accept-language': 'en', cookie: 'x=1; __Host-ravi_language=fr' }, ['fr', 'fr', 'fr']],
  [{ 'accept-language': 'es', cookie: '__Host-ravi_language=xx' }, ['es', 'es', 'es']],
  // Not the cookie of this installation, which only https can set.
  [{ 'accept-language': 'es', cookie: 'ravi_language=fr' }, ['es', 'es', 'es']],
  [{ cookie: '__Host-ravi_language=fr' }, ['fr', 'fr', 'fr']],
  [{ 'accept-language': 'nl' }, ['en', 'en', 'en']],
  // Programs say nothing, or that they take any.
  [{}, ['en', 'en', '']],
  [{ 'accept-language': '*' }, ['en', 'en', '']],
])('with %j pages, mails and what is remembered are in %j', async (headers, languages) => {
  expect(await languagesOf(headers)).toEqual(languages);
});

test('an application without a look of its own has ours', async () => {
  expect(await languagesOf({ cookie: 'ravi_language=de' }, new Koa())).toEqual(['en', 'en', '']);
});
