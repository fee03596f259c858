import { Person } from '../support/person.ts';
import { startLogin } from '../support/program.ts';
import { exampleBrand } from '../support/example-brand/settings.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';

let deployment: SharedDeployment;
let url = '';
beforeAll(async () => {
  deployment = await shareDeployment();
  ({ url } = await deployment.startApi(exampleBrand));
});
afterAll(() => deployment.stop());

const open = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${url}${path}`, { redirect: 'manual', headers: { 'accept-language': 'en', ...headers } });

test('every page has the name, mark, links and sentence of the operator, as text', async () => {
  for (const path of ['/', '/signin', '/forgot', '/nowhere']) {
    const page = await (await open(path)).text();
    expect(page).toContain(' – Nordhang Energie</title>');
    expect(page).not.toContain('Ravi</');
    expect(page).toMatch(
      /<img\s+class="logo" src="\/brand\/logo-[0-9a-f]{16}\.svg" width="28" height="28" alt=""/,
    );
    for (const link of [
      'https://example.com/terms',
      'https://example.com/imprint',
      'mailto:help@example.com',
    ])
      expect(page).toContain(`<a href="${link}">`);
    expect(page).toContain('logged &#38; kept for 90 days.');
    expect(page).toContain('A code comes only from a program you started yourself.');
  }
  expect(await (await open('/')).text()).toContain('<h1>Sign in a tool of Nordhang</h1>');
});

test('the mark comes from us, for good, and runs nothing when it is opened by itself', async () => {
  const page = await open('/');
  expect(page.headers.get('content-security-policy')).toContain("img-src data: 'self';");
  const [, path = ''] = /src="(\/brand\/[^"]+)"/.exec(await page.text()) ?? [];
  const image = await open(path);
  expect(image.status).toBe(200);
  expect(image.headers.get('content-type')).toBe('image/svg+xml');
  expect(image.headers.get('content-security-policy')).toMatch(/^default-src 'none';.*sandbox$/);
  expect(image.headers.get('x-content-type-options')).toBe('nosniff');
  expect(image.headers.get('cache-control')).toContain('immutable');
  expect((await open('/brand/logo.svg')).status).toBe(404);
});

test("pages come compressed, but not those with a stranger's words beside what is secret", async () => {
  const plain = await open('/signin', { 'accept-encoding': 'identity' });
  expect(plain.headers.get('content-encoding')).toBeNull();
  const packed = await open('/signin', { 'accept-encoding': 'gzip, br' });
  expect(packed.headers.get('content-encoding')).toBe('gzip');
  expect(packed.headers.get('vary')).toContain('Accept-Encoding');
  expect(Number(packed.headers.get('content-length'))).toBeLessThan(9_000);
  expect(await packed.text()).toContain('</html>');
  const person = await Person.signUp(url);
  const { user_code: code } = await startLogin(url, 'Moon agent');
  const confirmation = await open(`/device?user_code=${code}`, {
    'accept-encoding': 'gzip',
    cookie: person.cookie,
  });
  expect(confirmation.status).toBe(200);
  expect(await confirmation.clone().text()).toContain('Moon agent');
  expect(confirmation.headers.get('content-encoding')).toBeNull();
  const headers = { 'accept-encoding': 'gzip', cookie: person.cookie };
  // A link may bring any text as a code: the page shows its first 20 characters.
  const entry = await open(`/device?user_code=${'ada@example.com'.repeat(4)}`, headers);
  expect(await entry.clone().text()).toContain('value="ada@example.comada@e"');
  const others = ['/device/result?user_code=BCDF-GHJK', '/account/programs', '/account/activity'];
  for (const page of [entry, ...(await Promise.all(others.map((path) => open(path, headers))))])
    expect([page.headers.get('content-type'), page.headers.get('content-encoding')]).toEqual([
      'text/html; charset=utf-8',
      null,
    ]);
  const token = async () =>
    /name="csrf_token"\s+value="([^"]+)"/.exec(
      await (await open('/device', { cookie: person.cookie })).text(),
    )?.[1];
  expect(await token()).not.toBe(await token());
});

test('a language that was chosen is remembered against what the browser asks for, and the person stays where they were', async () => {
  const from = { referer: `${url}/signin?user_code=BCDF-GHJK` };
  const chosen = await open('/language/de', from);
  expect([chosen.status, chosen.headers.get('location')]).toEqual([303, '/signin?user_code=BCDF-GHJK']);
  const [cookie = ''] = (chosen.headers.get('set-cookie') ?? '').split(';');
  expect(await (await open('/signin', { cookie })).text()).toContain('<html lang="de" dir="ltr">');
  expect(await (await open('/signin')).text()).toContain('<html lang="en" dir="ltr">');
  expect(await (await open('/signin', { cookie: 'ravi_language=%00' })).text()).toContain('<html lang="en"');
});

test('the choice of a language leads to no other site, to no page that only answers forms, and no other site makes it', async () => {
  const target = async (referer: string) => (await open('/language/de', { referer })).headers.get('location');
  expect(await target('https://evil.example/phish')).toBe('/');
  expect(await target(`${url}//evil.example`)).not.toMatch(/^\/\//);
  expect(await target(`${url}/device/decision`)).toBe('/device');
  expect(await target(`${url}/account/programs/end/`)).toBe('/account/programs');
  expect(await target(`${url}/account/security/remove`)).toBe('/account/security');
  // Browsers read a backslash in an address as a slash.
  expect(await target(`foo://${new URL(url).host}/\\evil.example`)).toBe('/');
  expect((await open('/language/xx')).status).toBe(404);
  const foreign = await open('/language/de', { 'sec-fetch-site': 'cross-site' });
  expect(foreign.headers.get('set-cookie')).toBeNull();
});
