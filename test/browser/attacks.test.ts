import { createServer, type Server } from 'node:http';
import type { Page } from 'playwright-core';
import { eventually } from '../support/eventually.ts';
import type { Person } from '../support/person.ts';
import { poll, wait } from '../support/program.ts';
import { launchChromium } from '../support/browser/chromium.ts';
import { Site } from '../support/browser/site.ts';

let site: Site;
let evil: Server;
let evilPort = 0;
/** What the attacker's server answers at any address. */
let evilPage = '';
let person: Person;
beforeAll(async () => {
  site = await Site.open();
  person = await site.signUp();
  evil = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end(evilPage);
  });
  await new Promise<void>((resolve) => evil.listen(0, resolve));
  const address = evil.address();
  evilPort = typeof address === 'object' && address ? address.port : 0;
});
afterAll(async () => {
  await site.close();
  await new Promise((resolve) => evil.close(resolve));
});

/** Another port of the same host: the browser sends our cookies along. Another host: it does not. */
const origins = [
  ['with our cookies', '127.0.0.1'],
  ['without our cookies', 'localhost'],
] as const;

const signedIn = async () => (await site.browse({}, person)).newPage();
const state = async (deviceCode: string) => (await poll(site.url, deviceCode)).body.error;

/** @shows cross-site forms */
test.each(origins)(
  'a page of another origin that posts our forms %s decides nothing and signs nobody in or out',
  async (_, host) => {
    const login = await site.startLogin('Lure');
    const page = await signedIn();
    const fields = { user_code: login.user_code, decision: 'approve', csrf_token: person.csrfToken };
    for (const action of ['/device/decision', '/signout', '/account/programs/end', '/signin']) {
      evilPage = `<form method="post" action="${site.url}${action}">${Object.entries({
        ...fields,
        end: 'all',
        email: person.email,
        password: person.password,
      })
        .map(([name, value]) => `<input name="${name}" value="${value}">`)
        .join('')}</form><script>document.forms[0].submit()</script>`;
      await page.goto(`http://${host}:${evilPort}/`);
      await page.waitForURL(`${site.url}${action}`);
      expect(await page.locator('main').innerText()).toContain('another website');
    }
    expect(await state(login.device_code)).toBe('authorization_pending');
    await page.goto('/device');
    expect(await page.locator('[name=user_code]:visible').count()).toBe(1);
    await page.context().close();
  },
);

/** @shows cross-site forms */
test.each(origins)(
  'a script of another origin that calls us %s decides nothing and reads nothing',
  async (_, host) => {
    const login = await site.startLogin('Lure');
    const page = await signedIn();
    evilPage = '<title>evil</title>';
    await page.goto(`http://${host}:${evilPort}/`);
    const read = await page.evaluate<string[]>(`Promise.all([
    fetch('${site.url}/device?user_code=${login.user_code}', { credentials: 'include' }),
    fetch('${site.url}/api/auth/device/status/?user_code=${login.user_code}', { credentials: 'include' }),
    fetch('${site.url}/api/auth/device/approve/', { method: 'POST', credentials: 'include',
      headers: { 'content-type': 'application/json', 'x-csrf-token': '${person.csrfToken}' },
      body: '{"user_code":"${login.user_code}"}' }),
    fetch('${site.url}/api/auth/device/approve/', { method: 'POST', credentials: 'include', mode: 'no-cors',
      body: 'user_code=${login.user_code}' }),
  ].map((answer) => answer.then((answer) => answer.text()).catch(() => '')))`);
    expect(read.join('')).toBe('');
    expect(await state(login.device_code)).toBe('authorization_pending');
    await page.context().close();
  },
);

/** @shows framing, RFC 9700 §4.16 */
test.each(origins)('a page of another origin that frames ours %s gets an empty frame', async (_, host) => {
  const login = await site.startLogin('Lure');
  const page = await signedIn();
  for (const path of ['/', '/signin', `/device?user_code=${login.user_code}`, '/account/programs']) {
    evilPage = `<iframe src="${site.url}${path}"></iframe>`;
    await page.goto(`http://${host}:${evilPort}/`);
    const [, frame] = page.frames();
    const words = await frame?.evaluate<string>('document.body?.innerText ?? ""').catch(() => '');
    expect(words).not.toMatch(/Ravi|code|Approve/);
    expect(frame?.url()).not.toContain(site.url);
  }
  await page.context().close();
});

/** @shows injection, RFC 10027 §6.1.5 */
test('markup in what a program calls itself neither runs nor shows as anything but text', async () => {
  const name = '<img src=x onerror="document.title=1"><b>Bank</b>';
  const login = await site.startLogin(name);
  const page = await signedIn();
  await page.goto(`/device?user_code=${login.user_code}`);
  expect(await page.locator('main').innerText()).toContain(name);
  expect(await page.locator('main img, main b:text-is("Bank")').count()).toBe(0);
  expect(await page.title()).not.toBe('1');
  await page.context().close();
});

async function confirmation(page: Page): Promise<{ deviceCode: string; userCode: string }> {
  const login = await site.startLogin('Moon agent');
  await page.goto(`/device?user_code=${login.user_code}`);
  return { deviceCode: login.device_code, userCode: login.user_code };
}
const decide = (page: Page, decision: 'approve' | 'deny') =>
  Promise.all([page.waitForURL(/result/), page.locator(`[value=${decision}]`).click()]);

/** @shows replay */
test('a double click approves once and shows that it did', async () => {
  const page = await signedIn();
  const { deviceCode } = await confirmation(page);
  // The second click breaks off the first one's way to the next page, on which only a wait for a URL would fail.
  await page.locator('[value=approve]').dblclick();
  await page.getByRole('heading', { name: 'Approved', exact: true }).waitFor();
  expect(page.url()).toContain('result');
  expect((await wait(site.url, deviceCode)).status).toBe(200);
  expect((await poll(site.url, deviceCode)).status).toBe(400);
  await page.context().close();
});

/** @shows replay */
test('of two tabs the first decides; the other is told, and changes nothing', async () => {
  const page = await signedIn();
  const other = await page.context().newPage();
  const { deviceCode, userCode } = await confirmation(page);
  await other.goto(`/device?user_code=${userCode}`);
  await decide(page, 'deny');
  await decide(other, 'approve');
  expect(await other.locator('h1').innerText()).toBe('Denied');
  expect(await other.locator('main').innerText()).toContain('A decision is not changed.');
  expect(await state(deviceCode)).toBe('access_denied');
  await page.context().close();
});

/** @shows replay */
test('the back button shows no decision to be made again, and a reload and the link tell what was decided', async () => {
  const page = await signedIn();
  const { deviceCode, userCode } = await confirmation(page);
  await decide(page, 'deny');
  await page.reload();
  expect(await page.locator('h1').innerText()).toBe('Denied');
  await page.goBack();
  const told = async () => {
    expect(await page.locator('[value=approve]').count()).toBe(0);
    expect(await page.locator('main').innerText()).toMatch(/Denied by you.*Moon agent/s);
  };
  await told();
  await page.goForward();
  await told();
  await page.goto(`/device?user_code=${userCode}`);
  await told();
  expect(await state(deviceCode)).toBe('access_denied');
  await page.context().close();
});

/** @shows replay */
test('a page that the browser kept in memory is loaded anew when it comes back, and tells what was decided', async () => {
  const browser = await launchChromium({ keepsPages: true });
  try {
    const page = await (await site.browse({}, person, browser)).newPage();
    await confirmation(page);
    await page.evaluate(
      "addEventListener('pageshow', ({ persisted }) => sessionStorage.setItem('kept', persisted))",
    );
    await decide(page, 'deny');
    await page.evaluate('history.back()');
    await page.locator('main', { hasText: /Denied by you.*Moon agent/s }).waitFor();
    // Asked from here: our pages allow no text that is run as a script, by which a page would wait for it.
    await eventually('it was kept', () => page.evaluate("sessionStorage.getItem('kept') === 'true'"));
    expect(await page.locator('[value=approve]').count()).toBe(0);
  } finally {
    await browser.close();
  }
});

/** @shows session fixation, ASVS V7.4.1 */
test('after signing out the back button shows nothing of the account, and no script can read the cookies', async () => {
  const own = await site.signUp();
  const page = await (await site.browse({}, own)).newPage();
  await page.goto('/account/sessions');
  expect(await page.content()).toContain(own.email);
  expect(await page.evaluate('document.cookie')).toBe('');
  await Promise.all([page.waitForNavigation(), page.locator('form[action="/signout"] button').click()]);
  await page.goBack();
  expect(await page.content()).not.toContain(own.email);
  await page.context().close();
});
