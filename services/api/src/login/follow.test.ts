import { EventEmitter } from 'node:events';
import { foldUserCode, formatUserCode, generateUserCode, type LoginId, loginIdOf } from '@ravi/device-login';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { followLogin, type FollowDeps } from './follow.ts';
import type { Watched } from './watched-pages.ts';

const keys = deriveServiceKeys(
  new Secret('a secret of a test that is long enough'),
  new Secret('the former secret, which is long enough'),
);
const code = generateUserCode();
const typed = formatUserCode(code);
const unknown: Watched = { progress: 'unknown', turnedAway: false };

/** A page that asks how a login of this code goes; `watched` is what is known of each login. */
function page(
  query: unknown,
  watched: ReadonlyMap<LoginId, Watched>,
  { closed = false, signedIn = true, whileReading = (_res: EventEmitter): unknown => null } = {},
) {
  const asked: LoginId[] = [];
  const gone: AbortSignal[] = [];
  const res = new EventEmitter();
  const headers = new Map<string, string>();
  const ctx = {
    query: { user_code: query },
    res,
    set: (name: string, value: string) => headers.set(name, value),
  };
  const deps = {
    watchedPages: {
      closed,
      follow: async (id: LoginId, _user: number, signal: AbortSignal) => {
        asked.push(id);
        gone.push(signal);
        return watched.get(id) ?? unknown;
      },
    },
    sessions: {
      requireSameOrigin: () => undefined,
      read: async () => {
        whileReading(res);
        return signedIn ? { account: { id: 7 } } : null;
      },
    },
    keys,
  } as unknown as FollowDeps;
  const body = async () => {
    await followLogin(deps)(ctx as never, async () => undefined);
    return (ctx as { readonly body?: unknown }).body;
  };
  return { asked, gone, res, headers, body };
}

const idOf = (generation: 'current' | 'previous') => {
  const folded = foldUserCode(typed);
  const ofGeneration = keys[generation];
  if (folded === null || ofGeneration === undefined) throw new Error('There is no such code.');
  return loginIdOf(folded, ofGeneration);
};
const known = (generation: 'current' | 'previous', more: Partial<Watched> = {}) =>
  new Map([[idOf(generation), { progress: 'waiting', turnedAway: false, ...more } as Watched]]);

test('a page follows the login of its code, of whichever secret, and hears no more of others', async () => {
  const current = page(typed, known('current'));
  expect(await current.body()).toEqual({ status: 'approved' });
  expect(current.asked).toEqual([idOf('current')]);
  expect([...current.headers.keys()]).toEqual(['Cache-Control']);
  const former = page(typed, known('previous', { progress: 'collected' }));
  expect(await former.body()).toEqual({ status: 'collected' });
  expect(former.asked).toEqual([idOf('current'), idOf('previous')]);
});

test('a page that is not signed in, or asks for a login that its person did not decide, learns nothing', async () => {
  await expect(page(typed, known('current'), { signedIn: false }).body()).rejects.toMatchObject({
    code: 'not_signed_in',
  });
  for (const query of [typed, undefined, ['a'], 'not a code'])
    await expect(page(query, new Map()).body()).rejects.toMatchObject({ code: 'not_found' });
});

test('a page that could not be held is told when to ask again, one of a process that stops asks another', async () => {
  const full = page(typed, known('current', { turnedAway: true }));
  await full.body();
  expect(full.headers.get('Retry-After')).toBe('5');
  const stopping = page(typed, known('current'), { closed: true });
  await stopping.body();
  expect(stopping.headers.get('Connection')).toBe('close');
});

test('a page that was closed is followed no longer', async () => {
  const closing = page(typed, known('current'));
  await closing.body();
  expect(closing.gone.map(({ aborted }) => aborted)).toEqual([false]);
  closing.res.emit('close');
  expect(closing.gone.map(({ aborted }) => aborted)).toEqual([true]);
  const early = page(typed, known('current'), { whileReading: (res) => res.emit('close') });
  await early.body();
  expect(early.gone.map(({ aborted }) => aborted)).toEqual([true]);
});
