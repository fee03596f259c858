import { send } from '../support/http.ts';
import { Person } from '../support/person.ts';
import { poll, startLogin, wait } from '../support/program.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';

let deployment: SharedDeployment;
beforeAll(async () => {
  deployment = await shareDeployment();
});
afterAll(() => deployment.stop());

const refusals = async (adminUrl: string, reason: string) =>
  new RegExp(`^ravi_starts_refused_total\\{reason="${reason}".* 1$`, 'm').test(
    await (await fetch(`${adminUrl}/metrics`)).text(),
  );

test('switched off, no login starts, the pages say so, and what is under way finishes', async () => {
  const [url] = deployment.urls;
  const off = await deployment.startApi({ DEVICE_LOGIN: 'off' });
  const login = await startLogin(url);
  const refused = await send(`${off.url}/api/auth/device/`);
  expect(refused.status).toBe(503);
  expect(refused.body['detail']).toMatch(/switched off/);
  expect(await refusals(off.adminUrl, 'off')).toBe(true);
  for (const path of ['/', '/device']) {
    const visit = await send(`${off.url}${path}`, { method: 'GET', headers: { 'accept-language': 'en' } });
    expect([path, visit.status]).toEqual([path, 200]);
  }
  const home = await send(`${off.url}/`, { method: 'GET', headers: { 'accept-language': 'de' } });
  expect(home.text).toContain('abgeschaltet');
  const person = await Person.signUp(off.url);
  const page = await send(`${off.url}/device`, { method: 'GET', headers: { cookie: person.cookie } });
  expect(page.text).toContain('switched off');
  const waiting = wait(off.url, login.device_code);
  expect((await person.approve(off.url, login.user_code)).status).toBe(200);
  expect((await waiting).status).toBe(200);
});

/** @shows RFC 10027 §6.1.8 */
test('an address outside of the allowed networks is refused, one inside is served', async () => {
  const api = await deployment.startApi({
    START_NETWORKS: '10.0.0.0/8, 2001:db8::/32',
    TRUSTED_PROXY_HOPS: '1',
  });
  const start = (address: string) =>
    send<{ device_code: string }>(`${api.url}/api/auth/device/`, { headers: { 'x-forwarded-for': address } });
  const inside = await start('2001:db8::7');
  expect(inside.status).toBe(200);
  expect((await start('10.1.2.3')).status).toBe(200);
  const refused = await start('192.0.2.1');
  expect(refused.status).toBe(403);
  expect(refused.body).toMatchObject({ detail: expect.stringContaining('network') as unknown });
  expect(await refusals(api.adminUrl, 'network')).toBe(true);
  // It is about starts alone.
  expect((await poll(api.url, inside.body.device_code)).body.error).toBe('authorization_pending');
});
