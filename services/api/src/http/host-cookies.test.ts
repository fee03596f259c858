import type { Context } from 'koa';
import { HostCookies } from './host-cookies.ts';

const overTls = new HostCookies('https://login.example');
const plain = new HostCookies('http://login.localhost:3000');

/** What is set, as browsers get it. */
function setBy(cookies: HostCookies, maxAgeSeconds: number): readonly unknown[] {
  const set: unknown[] = [];
  const ctx = { append: (name: string, value: string) => set.push([name, value]) };
  cookies.set(ctx as unknown as Context, 'session', 'a-b_c', maxAgeSeconds);
  return set;
}

test('over TLS a cookie is for this host alone, which browsers enforce by its name; scripts and other sites have none of it', () => {
  expect(setBy(overTls, 60)).toEqual([
    ['Set-Cookie', '__Host-session=a-b_c; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure'],
  ]);
  expect(setBy(plain, 0)).toEqual([
    ['Set-Cookie', 'session=a-b_c; Path=/; HttpOnly; SameSite=Lax; Max-Age=0'],
  ]);
});

test.each([
  ['__Host-session=a', 'a', undefined],
  ['session=a', undefined, 'a'],
  ['other=b;  __Host-session=a;session=c', 'a', 'c'],
  ['__Host-session=a; __Host-session=b', 'a', undefined],
  ['__Host-session=a=b', 'a=b', undefined],
  ['__Host-session=', '', undefined],
  ['__Host-sessions=a; x=__Host-session=a; session', undefined, undefined],
])('of %j the cookie of this host is found', (cookie, withTls, without) => {
  expect(overTls.get({ headers: { cookie } }, 'session')).toBe(withTls);
  expect(plain.get({ headers: { cookie } }, 'session')).toBe(without);
});

test('who sends no cookies has none', () => {
  expect(overTls.get({ headers: {} }, 'session')).toBeUndefined();
});
