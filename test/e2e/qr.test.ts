import { encode } from 'uqr';
import { send } from '../support/http.ts';
import { RedisMonitor } from '../support/redis-monitor.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';

let deployment: SharedDeployment;
beforeAll(async () => {
  deployment = await shareDeployment();
});
afterAll(() => deployment.stop());

const open = (userCode: string) =>
  send(`${deployment.urls[0]}/device/qr?user_code=${encodeURIComponent(userCode)}`, { method: 'GET' });

/** The dark modules that the page's path draws. */
function drawn(page: string): Set<string> {
  const [, path = ''] = /fill="#000" d="([^"]*)"/.exec(page) ?? [];
  const modules = new Set<string>();
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    for (let i = 0; i < Number(length); i++) modules.add(`${Number(x) + i},${y}`);
  }
  return modules;
}

test('the page draws the complete link as a QR code, with its quiet zone, and the code to compare', async () => {
  const { status, text, headers } = await open('bcdfghjk');
  expect(status).toBe(200);
  const { data, size } = encode('http://login.localhost:3000/device?user_code=BCDF-GHJK', {
    ecc: 'M',
    border: 4,
  });
  const expected = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`${x},${y}`] : [])));
  expect(drawn(text)).toEqual(new Set(expected));
  expect(text).toContain(`viewBox="0 0 ${size} ${size}"`);
  expect(text).toContain('BCDF-GHJK');
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(Buffer.byteLength(text)).toBeLessThan(30_000);
});

test('it asks Redis nothing, so that it spends no guess and tells nothing of a code', async () => {
  const monitor = await RedisMonitor.open(deployment.redis.url);
  const pages = 20;
  for (let i = 0; i < pages; i++) expect((await open('BCDF-GHJK')).status).toBe(200);
  // What an earlier file began may still be looked at, by the services themselves: not once for each page.
  const asked = (await monitor.text()).match(/.*ravi:(login|session|limit|account).*/g) ?? [];
  expect(asked.length).toBeLessThan(pages);
});

test.each(['', 'AEIO-U123', 'BCDF', 'javascript:alert(1)'])('%j is no code: 404', async (userCode) => {
  expect((await open(userCode)).status).toBe(404);
});
