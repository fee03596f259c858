import { servedAlone } from '../../../../test/support/served-alone.ts';
import { HostCookies } from '../http/host-cookies.ts';
import { chooseLanguage } from './language-switch.ts';
import { lookOf } from './look.ts';

const publicUrl = 'https://login.example.com';
const choose = (language: string, headers: Readonly<Record<string, string>> = {}, query = '') =>
  servedAlone(chooseLanguage(lookOf(), new HostCookies(publicUrl), publicUrl), {
    url: `/language/${language}${query}`,
    headers: { host: '10.0.0.1:3000', ...headers },
    params: { language },
  });

test.each([
  [`${publicUrl}/account/programs?page=2`, '/account/programs?page=2'],
  // As seen by somebody who opens this process itself.
  ['http://10.0.0.1:3000/signin', '/signin'],
  [`${publicUrl}/signin#part`, '/signin'],
  [`${publicUrl}/device/code`, '/device'],
  [`${publicUrl}/account/sessions/end-others/`, '/account/sessions'],
  [`${publicUrl}/account/security/passkeys?x=1`, '/account/security'],
  [`${publicUrl}/signin/by-passkey`, '/signin'],
  [`${publicUrl}/signout`, '/'],
  [`${publicUrl}/language/fr`, '/'],
  [`${publicUrl}//evil.example/x`, '/'],
  [`${publicUrl}/x\\..\\evil`, '/evil'],
  [`${publicUrl}/?next=\\evil`, '/'],
  ['http://login.example.com/signin', '/'],
  ['https://login.example.com.evil.example/signin', '/'],
  ['ftp://10.0.0.1:3000/signin', '/'],
  ['/signin', '/'],
  ['', '/'],
])('whoever chooses a language on %j comes back to %j', async (referer, path) => {
  const { status, location, header } = await choose('de', { referer });
  expect([status, location]).toEqual([303, path]);
  expect(header('Set-Cookie')).toBe(
    '__Host-ravi_language=de; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000; Secure',
  );
});

test.each([
  ['page=reset&link=7.a-B_c', '/reset?link=7.a-B_c'],
  ['page=verify&link=7.a', '/verify?link=7.a'],
  ['page=undo&link=7.a', '/account/undo?link=7.a'],
  ['page=address&link=7.a', '/account/address/confirm?link=7.a'],
  ['page=constructor&link=7.a', '/'],
  ['page=/evil&link=7.a', '/'],
  ['page=reset&page=undo&link=7.a', '/'],
  ['page=reset&link=7.a%26x', '/'],
  ['page=reset&link=7.a&link=7.b', '/'],
  [`page=reset&link=${'x'.repeat(201)}`, '/'],
  ['page=reset', '/'],
])(
  'whoever chooses a language on the page of a one-time link, which browsers tell us not, comes back to it: %s',
  async (query, path) => {
    expect((await choose('fr', {}, `?${query}`)).location).toBe(path);
  },
);

test.each([
  ['/signin', 'user_code=bcdf+ghjk&next=sessions', '/signin?user_code=BCDF-GHJK&next=sessions'],
  ['/device/decision', 'user_code=BCDF-GHJK', '/device?user_code=BCDF-GHJK'],
  ['/account/security/link', 'user_code=BCDF-GHJK', '/account/security?user_code=BCDF-GHJK'],
  ['/signin/second-step/', 'next=password', '/signin/second-step/?next=password'],
  ['/device?user_code=BCDF-GHJK', 'user_code=LMNP-QRST', '/device?user_code=BCDF-GHJK'],
  ['/signin', 'user_code=none&next=/evil', '/signin'],
  ['/signin', 'user_code=BCDF-GHJK&user_code=BCDF-GHJK', '/signin'],
])(
  'whoever chooses a language on the page that answered a form, %s, comes back with what was pending there: %s',
  async (from, query, path) => {
    expect((await choose('fr', { referer: publicUrl + from }, `?${query}`)).location).toBe(path);
    const elsewhere = await choose('fr', { referer: `https://evil.example${from}` }, `?${query}`);
    expect(elsewhere.location).toBe('/');
  },
);

test('another site chooses no language, and a language that is not there is none', async () => {
  const { location, header } = await choose('de', { 'sec-fetch-site': 'cross-site' });
  expect([location, header('Set-Cookie')]).toEqual(['/', undefined]);
  for (const language of ['nl', 'DE', '', 'constructor'])
    await expect(choose(language)).rejects.toMatchObject({ status: 404 });
});
