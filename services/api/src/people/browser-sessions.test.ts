import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Account } from '@ravi/accounts';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import Koa, { type Context } from 'koa';
import { HostCookies } from '../http/host-cookies.ts';
import { BrowserSessions, type BrowserSessionsDeps } from './browser-sessions.ts';

const https = 'https://login.example.com';
const former = new Secret('the secret of a test that was used before');
const current = new Secret('the secret of a test that is used now, so');
const ada = { id: 7, sessionsEpoch: '1', language: 'en' } as Account;
const byPassword = { by: 'password', factor: null } as const;

const nowMs = Date.parse('2026-06-01T12:00:00Z');
/** A session of a while ago. */
const endsAtMs = nowMs + 1_199_001;

/** The sessions that are open, by their tokens, and what was done, in order. */
let open: Map<string, { account: Account; firstId: string; endsAtMs: number }>;
let done: string[];
/** What a change of a session's token gives. */
let next: string | null;
/** Why Redis refuses that change; null where it does not. */
let fails: Error | null;
/** In which session the twin of a form goes on. */
let ofTwin: string | null;
beforeEach(() => {
  open = new Map([['here', { account: ada, firstId: 'id of here', endsAtMs }]]);
  [done, next, fails, ofTwin] = [[], 'next', null, null];
});

function sessions(publicUrl = https, keys = deriveServiceKeys(current)): BrowserSessions {
  const changed =
    (how: string) =>
    async (token: string, ...more: readonly unknown[]) => {
      done.push([how, token, ...more.filter((word) => typeof word === 'string')].join(' '));
      if (fails !== null) throw fails;
      return next;
    };
  return new BrowserSessions({
    sessionStore: {
      maxSeconds: 5_000,
      idOf: (token: string) => `id of ${token}`,
      read: async (token: string) => open.get(token) ?? null,
      open: async ({ id }: Account) => {
        done.push(`opened for ${id}`);
        return 'opened';
      },
      close: async (token: string) => {
        done.push(`closed ${token}`);
        return open.delete(token);
      },
      renew: async (token: string, _method: object, _nowMs: number, form: string, epoch = '') =>
        changed('renewed')(token, form, epoch),
      rotate: async (token: string, _nowMs: number, form = '', epoch = '') =>
        changed('rotated')(token, form, epoch),
      moveOn: async (token: string, epoch: string) => void done.push(`moved ${token} to ${epoch}`),
      continuedBy: async (token: string, form: string) => {
        done.push(`looked for ${token} and ${form}`);
        return ofTwin;
      },
      awaitContinuedBy: async (
        token: string,
        form: string,
        _nowMs: number,
        isItsForm: (firstId: string) => boolean,
      ) => {
        done.push(`waited for ${token} and ${form}`);
        if (isItsForm(`id of ${token}`)) done.push('it is its own form');
        return ofTwin;
      },
      list: async () => [{ id: 'id of newer' }, { id: 'id of here' }, { id: 'id of older' }],
      end: async (_userId: number, id: string) => id === 'id of newer',
      replicated: async (id: string) => {
        done.push(`replicated ${id}`);
        throw new Error('no replica has it');
      },
    },
    accountStore: {
      noteLanguage: async (_id: number, language: string) => void done.push(language),
      end: async (id: number, what: string, _block: unknown, epoch: string) => {
        done.push(`ended ${what} of ${id} in ${epoch}`);
        return epoch === ada.sessionsEpoch ? { epoch: '2' } : null;
      },
      replicated: async (id: number) => void done.push(`replicated account ${id}`),
    },
    keys,
    cookies: new HostCookies(publicUrl),
    clock: { nowMs: () => nowMs },
    publicUrl,
  } as unknown as BrowserSessionsDeps);
}

function request(headers: Readonly<Record<string, string>> = {}): Context {
  const message = new IncomingMessage(new Socket());
  Object.assign(message.headers, headers);
  return new Koa().createContext(message, new ServerResponse(message));
}

const cookie = '__Host-ravi_session=here';
/** The cookies that an answer sets, with how long they live. */
const setBy = (ctx: Context) =>
  [ctx.response.headers['set-cookie'] ?? []]
    .flat()
    .map((set) => set.replace(/^__Host-ravi_(\w+)=(\S*);.*Max-Age=(\d+);.*$/, '$1 $2 $3'));
const signedIn = { account: ada, token: 'here', firstId: 'id of here', endsAtMs } as const;
const here = signedIn as unknown as Parameters<BrowserSessions['close']>[1];

test('a call of a page needs the session, its own CSRF token and this site', async () => {
  const its = sessions();
  const token = its.csrfTokenFor(request({ cookie }), here);
  const call = (headers: Readonly<Record<string, string>>) =>
    its.require(request({ cookie, 'x-csrf-token': token, ...headers }));
  expect(await call({})).toEqual({ ...open.get('here'), token: 'here' });
  await expect(call({ cookie: '' })).rejects.toMatchObject({ code: 'not_signed_in' });
  await expect(call({ cookie: '__Host-ravi_session=gone' })).rejects.toMatchObject({ code: 'not_signed_in' });
  await expect(call({ 'x-csrf-token': '' })).rejects.toMatchObject({ code: 'csrf', reason: undefined });
  const theirs = its.csrfTokenFor(request(), { ...here, firstId: 'id of another' });
  await expect(call({ 'x-csrf-token': theirs })).rejects.toMatchObject({ code: 'csrf' });
  await expect(call({ origin: 'https://evil.example' })).rejects.toMatchObject({ code: 'cross_site' });
});

test.each([
  [{}, true],
  [{ 'sec-fetch-site': 'none' }, true],
  [{ 'sec-fetch-site': 'same-origin', origin: https }, true],
  [{ 'sec-fetch-site': 'same-site' }, false],
  [{ 'sec-fetch-site': 'cross-site' }, false],
  [{ origin: 'null' }, false],
  [{ origin: 'http://login.example.com', host: 'login.example.com' }, false],
])('a request that comes with %j is ours: %p', (headers, isOurs) => {
  let taken = true;
  try {
    sessions().requireSameOrigin(request(headers));
  } catch {
    taken = false;
  }
  expect(taken).toBe(isOurs);
});

test('without TLS this machine may have another name, but no page of another one is ours', () => {
  const its = sessions('http://localhost:3000');
  const from = (origin: string) => () => its.requireSameOrigin(request({ origin, host: '192.0.2.1:3000' }));
  expect(from('http://192.0.2.1:3000')).not.toThrow();
  expect(from('http://localhost:3000')).not.toThrow();
  for (const origin of ['http://192.0.2.1', 'https://192.0.2.1:3000', 'http://evil.example'])
    expect(from(origin)).toThrow('another site');
});

test('a form of a visit is taken in this visit alone, also while SECRET is changed; who lost the cookie is told so', () => {
  const its = sessions();
  const page = request();
  const token = its.csrfTokenFor(page, null);
  const [set = ''] = setBy(page);
  expect(set).toMatch(/^visit [\w-]{43} 3600$/);
  const visit = `__Host-ravi_visit=${set.split(' ')[1]}`;
  // Another page of it keeps the cookie, for an hour from then on, and has a token that looks like another one.
  const other = request({ cookie: visit });
  const next = its.csrfTokenFor(other, null);
  expect([setBy(other), next === token]).toEqual([[set], false]);
  const after = sessions(
    https,
    deriveServiceKeys(new Secret('the secret of a test that comes next'), current),
  );
  for (const each of [token, next]) {
    expect(() => its.requireCsrfToken(request({ cookie: visit }), null, each)).not.toThrow();
    expect(() => after.requireCsrfToken(request({ cookie: visit }), null, each)).not.toThrow();
    expect(() =>
      sessions(https, deriveServiceKeys(former)).requireCsrfToken(request({ cookie: visit }), null, each),
    ).toThrow('CSRF token');
  }
  const take = (cookies: string, presented?: string) => () =>
    its.requireCsrfToken(request({ cookie: cookies }), null, presented);
  expect(take('', token)).toThrow(expect.objectContaining({ code: 'csrf', reason: 'no_cookie' }));
  expect(take(`__Host-ravi_visit=${'A'.repeat(43)}`, token)).toThrow('CSRF token');
  expect(take(visit)).toThrow(expect.objectContaining({ code: 'csrf', reason: undefined }));
  // What is no visit is replaced.
  const planted = request({ cookie: '__Host-ravi_visit=short' });
  its.csrfTokenFor(planted, null);
  expect(setBy(planted)).toHaveLength(1);
});

test('signing in ends the session of before in this browser, and notes the language where the browser told another one', async () => {
  const ctx = request({ cookie, 'accept-language': 'de' });
  const token = await sessions().open(ctx, ada, byPassword);
  expect(done).toEqual(['de', 'closed here', 'opened for 7']);
  expect(setBy(ctx)).toEqual(['session opened 5000']);
  const opened = { ...here, firstId: 'id of opened' };
  expect(() => sessions().requireCsrfToken(request(), opened, token)).not.toThrow();
  for (const said of ['en', '*']) {
    done = [];
    await sessions().open(request({ 'accept-language': said }), ada, byPassword);
    expect(done).toEqual(['opened for 7']);
  }
});

test('a session goes on under another cookie, which lives for the rest of it: by the proof that was given, or by none; one that has just ended gets no cookie', async () => {
  const its = sessions();
  const ctx = request({ cookie });
  await its.renew(ctx, here, byPassword, 'a form');
  expect(await its.goOnAlone(ctx, here, '2', 'a form')).toEqual({ ...ada, sessionsEpoch: '2' });
  expect((await its.goOnAlone(ctx, here, '3', 'a form', byPassword)).sessionsEpoch).toBe('3');
  expect(done).toEqual(['renewed here a form ', 'rotated here a form 2', 'renewed here a form 3']);
  expect(setBy(ctx)).toEqual(Array(3).fill('session next 1200'));
  next = null;
  const late = request({ cookie });
  await its.renew(late, here, byPassword, 'a form');
  await its.goOnAlone(late, here, '2', 'a form');
  expect(setBy(late)).toEqual([]);
});

test('a person sees this session first; signing out takes its cookie, and is told, before replicas are waited for', async () => {
  const listed = await sessions().list(here);
  expect(listed.map(({ session, current: isThis }) => [session.id, isThis])).toEqual([
    ['id of here', true],
    ['id of newer', false],
    ['id of older', false],
  ]);
  const ctx = request({ cookie });
  await expect(sessions().end(ctx, here, 'id of here', () => done.push('told'))).rejects.toThrow(
    'no replica has it',
  );
  expect([done, setBy(ctx)]).toEqual([['closed here', 'told', 'replicated id of here'], ['session  0']]);
  // A twin of the request, which was signed in as well when it came: this browser is signed out, and nobody is told again.
  done = [];
  await expect(sessions().close(ctx, here, () => done.push('told'))).rejects.toThrow('no replica has it');
  expect([done, setBy(ctx)]).toEqual([
    ['closed here', 'replicated id of here'],
    ['session  0', 'session  0'],
  ]);
});

test('an ended session is told though no replica has it; one that is nobody’s or ended before is not', async () => {
  const end = async (id: string) => {
    const ended: string[] = [];
    const ctx = request({ cookie });
    await expect(sessions().end(ctx, here, id, () => ended.push(id))).rejects.toThrow('no replica has it');
    return { told: ended.length, cookies: setBy(ctx).length };
  };
  expect(await end('id of newer')).toEqual({ told: 1, cookies: 0 });
  expect(await end('id of somebody else')).toEqual({ told: 0, cookies: 0 });
  expect(done).toEqual(['replicated id of newer', 'replicated id of somebody else']);
});

test('where there is no room for another session this one goes on under its cookie; any other failure is told', async () => {
  fails = new Error('OOM command not allowed when used memory > maxmemory.');
  const ctx = request({ cookie });
  expect((await sessions().goOnAlone(ctx, here, '2', 'a form')).sessionsEpoch).toBe('2');
  expect([done.at(-1), setBy(ctx)]).toEqual(['moved here to 2', []]);
  fails = new Error('Redis is away');
  await expect(sessions().goOnAlone(ctx, here, '2', 'a form')).rejects.toThrow('Redis is away');
});

test('a form whose answer was lost goes on in the session of its twin, where that is open; nobody without a cookie does', async () => {
  const its = sessions();
  for (const read of [its.readForForm.bind(its), its.awaitForForm.bind(its)]) {
    const signedInHere = request({ cookie });
    done = [];
    expect(await read(signedInHere, 'a form')).toEqual({ ...open.get('here'), token: 'here' });
    expect([done, setBy(signedInHere)]).toEqual([[], []]);
    const before = { cookie: '__Host-ravi_session=before' };
    for (const [token, found] of [
      [null, null],
      ['gone', null],
      ['here', { ...open.get('here'), token: 'here' }],
    ] as const) {
      ofTwin = token;
      const ctx = request(before);
      expect(await read(ctx, 'a form')).toEqual(found);
      expect(setBy(ctx)).toEqual(found === null ? [] : ['session here 1200']);
    }
    expect(await read(request(), 'a form')).toBeNull();
    expect(new Set(done)).toEqual(
      new Set([`${read.name.includes('await') ? 'waited' : 'looked'} for before and a form`]),
    );
  }
});

test('only a form of the session that ended is waited for', async () => {
  const its = sessions();
  const before = { ...here, firstId: 'id of before' };
  const form = its.csrfTokenFor(request(), before);
  for (const [sent, isItsForm] of [
    [form, true],
    [its.csrfTokenFor(request(), here), false],
    ['a form', false],
  ] as const) {
    done = [];
    expect(await its.awaitTwin(request({ cookie: '__Host-ravi_session=before' }), sent)).toBeNull();
    expect(done).toEqual([`waited for before and ${sent}`, ...(isItsForm ? ['it is its own form'] : [])]);
  }
});

test('all other sessions end in the epoch that was looked at, and this one goes on in the next; in another epoch nothing ends', async () => {
  const ctx = request({ cookie });
  expect(await sessions().endOthers(ctx, here, 'a form', '1')).toEqual({ ...ada, sessionsEpoch: '2' });
  expect(done).toEqual(['ended sessions of 7 in 1', 'rotated here a form 2']);
  expect(setBy(ctx)).toEqual(['session next 1200']);
  const late = request({ cookie });
  expect(await sessions().endOthers(late, here, 'a form', '3')).toBeNull();
  expect(setBy(late)).toEqual([]);
  await sessions().replicated(ada);
  expect(done.slice(2)).toEqual(['ended sessions of 7 in 3', 'replicated account 7']);
});
