import type { Context } from 'koa';
import { servedAlone } from '../../../../test/support/served-alone.ts';
import { accountPages, paths, providerSignInPath, withPending } from './paths.ts';
import { carried, codePage, pendingPage, resultOf, seeOther, signInFirst } from './see-other.ts';

test.each([
  ['BCDF-GHJK', '?user_code=BCDF-GHJK'],
  [' bcdf ghjk ', '?user_code=BCDF-GHJK'],
  ['', ''],
  ['AEIO-U123', ''],
  ['//evil.example', ''],
  ['BCDF-GHJK&next=x', ''],
])('the code %j leads to its page, and what is none to the page that asks for one', (typed, query) => {
  expect(codePage(typed)).toBe(`/device${query}`);
  expect(resultOf(typed)).toBe(query === '' ? '/device' : `/device/result${query}`);
  for (const chosen of ['approve', 'deny'] as const)
    expect(resultOf(typed, chosen)).toBe(
      query === '' ? '/device' : `/device/result${query}&chosen=${chosen}`,
    );
});

test.each<[unknown, unknown, object, string]>([
  ['bcdfghjk', undefined, { userCode: 'BCDF-GHJK' }, '/device?user_code=BCDF-GHJK'],
  // That page sets up what an approval takes, and leads on to the code.
  [
    'BCDF-GHJK',
    'security',
    { userCode: 'BCDF-GHJK', next: 'security' },
    '/account/security?user_code=BCDF-GHJK',
  ],
  [undefined, 'delete', { next: 'delete' }, '/account/delete'],
  // A code is what somebody waits for.
  ['BCDF-GHJK', 'sessions', { userCode: 'BCDF-GHJK', next: 'sessions' }, '/device?user_code=BCDF-GHJK'],
  ['AEIO', '/evil', {}, '/device'],
  [['BCDF-GHJK'], ['sessions'], {}, '/device'],
  [7, 'constructor', {}, '/device'],
  [null, 'signIn', {}, '/device'],
])(
  'the code %j and the page %j of a link are carried where they are ours, and lead there',
  (code, next, pending, path) => {
    expect(carried(code, next)).toEqual(pending);
    expect(pendingPage(carried(code, next))).toBe(path);
  },
);

test('each page of the account can be returned to', () => {
  for (const [next, path] of Object.entries(accountPages)) expect(pendingPage(carried('', next))).toBe(path);
  expect(pendingPage({})).toBe('/device');
});

test('a link carries what is pending, and an address that was typed', () => {
  expect(withPending(paths.signIn, {})).toBe('/signin');
  expect(withPending(paths.signIn, { userCode: '' }, '')).toBe('/signin');
  expect(withPending(paths.signUp, { userCode: 'BCDF-GHJK', next: 'programs' }, 'a+b@c.example')).toBe(
    '/signup?user_code=BCDF-GHJK&next=programs&email=a%2Bb%40c.example',
  );
  expect(providerSignInPath('corp', { next: 'security' })).toBe('/signin/corp?next=security');
});

test('a redirect is one to GET, says nothing, and is kept nowhere', async () => {
  const { status, location, header, body } = await servedAlone((ctx: Context) => seeOther(ctx, '/x?a=1'), {
    method: 'POST',
  });
  expect([status, location, header('Cache-Control'), body]).toEqual([303, '/x?a=1', 'no-store', '']);
  const signIn = await servedAlone((ctx: Context) => signInFirst(ctx, 'address'));
  expect([signIn.status, signIn.location]).toEqual([303, '/signin?next=address']);
  const coded = await servedAlone((ctx: Context) => signInFirst(ctx, 'security', 'BCDF-GHJK'));
  expect(coded.location).toBe('/signin?user_code=BCDF-GHJK&next=security');
});
