import { IncomingMessage, ServerResponse } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';
import timers from 'node:timers/promises';
import { maxSessions, SessionStore } from '@ravi/accounts';
import { deriveServiceKeys, Secret, systemClock } from '@ravi/runtime';
import Koa, { type Context } from 'koa';
import { HostCookies } from '../../services/api/src/http/host-cookies.ts';
import { BrowserSessions } from '../../services/api/src/people/browser-sessions.ts';
import { NewerFormat } from '@ravi/runtime';
import { connectedRedis } from '../support/connected-redis.ts';
import { redisWith } from '../support/redis-with.ts';
import { World } from '../support/credential-world.ts';

const { redis } = await connectedRedis();

const origin = { address: '192.0.2.1', userAgent: 'jest' };
const lifetimes = { idleSeconds: 100, maxSeconds: 1000 };

async function signedIn() {
  const world = new World(redis);
  const sessions = new SessionStore(redis, lifetimes, world.prefix);
  const { id } = await world.person();
  const account = (await world.accounts.read(id))?.account;
  if (!account) throw new Error('The account is gone.');
  return { world, sessions, account };
}

/** @shows ASVS V7.1.2 */
test('one session more than an account may have ends the oldest', async () => {
  const { world, sessions, account } = await signedIn();
  const tokens: string[] = [];
  const nowMs = Date.now();
  for (let count = 0; count <= maxSessions; count++) {
    tokens.push(await sessions.open(account, origin, nowMs + count));
  }
  expect(await sessions.read(tokens[0] ?? '', nowMs)).toBeNull();
  expect((await sessions.read(tokens[1] ?? '', nowMs))?.account).toEqual(account);
  expect(await sessions.list(account.id, Date.now())).toHaveLength(maxSessions);
  // Their list ends with the last that can be in it.
  const [list = ''] = await redis.keys(`${world.prefix}ravi:account-sessions:*`);
  expect(await redis.pttl(list)).toBeGreaterThan(0.9 * lifetimes.maxSeconds * 1000);
  expect(await redis.pttl(list)).toBeLessThanOrEqual(lifetimes.maxSeconds * 1000);
  // The oldest goes on under another token, and ends no other.
  const renewed = await sessions.renew(tokens[1] ?? '', { by: 'passkey', factor: null }, nowMs + 60, '');
  expect((await sessions.read(renewed ?? '', nowMs))?.account).toEqual(account);
  expect(await sessions.list(account.id, Date.now())).toHaveLength(maxSessions);
});

test('of what a browser calls itself a session keeps the first 256 characters', async () => {
  const { sessions, account } = await signedIn();
  await sessions.open(account, { ...origin, userAgent: 'x'.repeat(257) }, Date.now());
  const [session] = await sessions.list(account.id, Date.now());
  expect(session?.userAgent).toBe('x'.repeat(256));
});

/** @shows incomplete end */
test('a sign-in that began before the sessions were ended leaves none', async () => {
  const { world, sessions, account } = await signedIn();
  await world.accounts.end(account.id, 'sessions');
  expect(await sessions.read(await sessions.open(account, origin, Date.now()), Date.now())).toBeNull();
  expect(await sessions.list(account.id, Date.now())).toEqual([]);
});

test('a sign-in that began before its account was deleted leaves nothing of the person', async () => {
  const { world, sessions, account } = await signedIn();
  await redis.del(`${world.prefix}ravi:account:${account.id}`);
  await sessions.open(account, origin, Date.now());
  expect(await redis.keys(`${world.prefix}*session*`)).toEqual([]);
});

/** @shows ASVS V7.3.1, ASVS V7.3.2, forgotten session */
test('a session ends when it is not used, and at the latest some time after the sign-in', async () => {
  const { world, sessions, account } = await signedIn();
  const token = await sessions.open(account, origin, Date.now());
  const key = `${world.prefix}ravi:session:${sessions.idOf(token)}`;
  expect(await redis.pttl(key)).toBeLessThanOrEqual(100_000);
  await sessions.read(token, Date.now() + 950_000);
  expect(await redis.pttl(key)).toBeLessThanOrEqual(50_000);
  expect(await redis.pttl(key)).toBeGreaterThan(0);
});

test('a session has the end that it had at the sign-in, under each token under which it goes on', async () => {
  const { sessions, account } = await signedIn();
  const beganMs = Date.now();
  const byPasskey = { by: 'passkey', factor: null } as const;
  let token: string | null = await sessions.open(account, origin, beganMs);
  for (const goOn of [
    (before: string, nowMs: number) => sessions.renew(before, byPasskey, nowMs, 'a form'),
    (before: string, nowMs: number) => sessions.rotate(before, nowMs),
  ]) {
    const nowMs = beganMs + 60_000;
    expect((await sessions.read(token ?? '', nowMs))?.endsAtMs).toBe(beganMs + 1_000_000);
    token = await goOn(token ?? '', nowMs);
  }
  expect((await sessions.read(token ?? '', beganMs))?.endsAtMs).toBe(beganMs + 1_000_000);
});

/** @shows forgotten session */
test('each api in which a session is used for the first time lets its idle time begin anew, though it is used there only once', async () => {
  const { world, sessions, account } = await signedIn();
  const token = await sessions.open(account, origin, Date.now());
  const key = `${world.prefix}ravi:session:${sessions.idOf(token)}`;
  for (const api of [0, 1]) {
    await redis.pexpire(key, 20_000);
    await new SessionStore(redis, lifetimes, world.prefix).read(token, Date.now());
    expect([api, (await redis.pttl(key)) > 20_000]).toEqual([api, true]);
  }
});

test('where a session ends in the moment in which it goes on under another token, nothing of it is left open, nor listed', async () => {
  const { world, sessions, account } = await signedIn();
  const token = await sessions.open(account, origin, Date.now());
  const before = `${world.prefix}ravi:session:${sessions.idOf(token)}`;
  let ends = true;
  const meanwhile = redisWith(redis, {
    set: async (_args, real) => {
      const reply = await real();
      if (ends) await redis.del(before);
      ends = false;
      return reply;
    },
  });
  const api = new SessionStore(meanwhile, lifetimes, world.prefix);
  expect(await api.renew(token, { by: 'passkey', factor: null }, Date.now(), '')).toBeNull();
  expect(await sessions.list(account.id, Date.now())).toEqual([]);
});

test('a session that is closed several times at once is closed by one of them', async () => {
  const { sessions, account } = await signedIn();
  const token = await sessions.open(account, origin, Date.now());
  const closed = await Promise.all(Array.from({ length: 5 }, () => sessions.close(token)));
  expect(closed.filter(Boolean)).toHaveLength(1);
  expect([await sessions.close('no token'), await sessions.list(account.id, Date.now())]).toEqual([
    false,
    [],
  ]);
});

test.each([
  [60, 6_000],
  [600, 60_000],
  [7_200, 60_000],
])(
  'a session that may rest for %i s begins its time anew where it is used, every %i ms at most, and where the clock was set back',
  async (idleSeconds, everyMs) => {
    const { world, account } = await signedIn();
    const sessions = new SessionStore(redis, { idleSeconds, maxSeconds: 10_000 }, world.prefix);
    const nowMs = Date.now();
    const token = await sessions.open(account, origin, nowMs);
    const key = `${world.prefix}ravi:session:${sessions.idOf(token)}`;
    for (const [laterMs, isRenewed] of [
      [0, true],
      [everyMs - 1, false],
      [everyMs, true],
      [everyMs + 1_000, false],
      [2 * everyMs, true],
      [0, true],
      [everyMs - 1, false],
    ] as const) {
      await redis.pexpire(key, 30_000);
      await sessions.read(token, nowMs + laterMs);
      expect([laterMs, (await redis.pttl(key)) > 30_000]).toEqual([laterMs, isRenewed]);
    }
  },
);

test('a form that may be about to go on elsewhere is waited for, with twenty looks, 50 ms apart', async () => {
  const { sessions, account } = await signedIn();
  const token = await sessions.open(account, origin, Date.now());
  const pause = timers.setTimeout;
  const use = (its: typeof pause) => {
    Object.assign(timers, { setTimeout: its });
    syncBuiltinESMExports();
  };
  const pauses: (number | undefined)[] = [];
  use((ms, value) => {
    pauses.push(ms);
    return pause(0, value);
  });
  try {
    expect(await sessions.awaitContinuedBy(token, 'a form', Date.now())).toBeNull();
  } finally {
    use(pause);
  }
  expect(pauses).toEqual(Array.from({ length: 19 }, () => 50));
});

test('where one form is sent twice at once, the one that ends no session goes on in that of the other', async () => {
  const { world, sessions, account } = await signedIn();
  const token = await sessions.open(account, origin, Date.now());
  const [named, namedToo, over] = [0, 1, 2].map(() => Promise.withResolvers<void>());
  // What the session goes on as: the first names it, then the second, and the first is done before the second goes on.
  const naming = (around: (real: () => Promise<unknown>) => Promise<unknown>) => {
    const set = ([, value, unit]: readonly unknown[], real: () => Promise<unknown>) =>
      unit === 'EX' && /^[\w-]{43}$/.test(String(value)) ? around(real) : real();
    return new SessionStore(redisWith(redis, { set }), lifetimes, world.prefix);
  };
  const first = naming(async (real) => {
    const reply = await real();
    named?.resolve();
    await namedToo?.promise;
    return reply;
  });
  const second = naming(async (real) => {
    await named?.promise;
    const reply = await real();
    namedToo?.resolve();
    await over?.promise;
    return reply;
  });
  const renew = (store: SessionStore) =>
    store.renew(token, { by: 'passkey', factor: null }, Date.now(), 'a form');
  const renewed = await Promise.all([renew(first).finally(() => over?.resolve()), renew(second)]);
  for (const each of renewed) expect((await sessions.read(each ?? '', Date.now()))?.account).toEqual(account);
});

test('a form of a session that is gone, or of another one, is waited for in vain by nobody, and one that went on goes on in one session more', async () => {
  const { world, sessions, account } = await signedIn();
  const nowMs = Date.now();
  let looks = 0;
  const get = (_: unknown, real: () => Promise<unknown>) => {
    looks++;
    return real();
  };
  const counted = new SessionStore(redisWith(redis, { get }), lifetimes, world.prefix);
  const [gone, token] = [
    await sessions.open(account, origin, nowMs),
    await sessions.open(account, origin, nowMs),
  ];
  const asked: string[] = [];
  const isItsForm = (firstId: string) => asked.push(firstId) === 0;
  expect(await counted.awaitContinuedBy(gone, 'a form of another session', nowMs, isItsForm)).toBeNull();
  expect([looks, asked]).toEqual([2, [sessions.idOf(gone)]]);
  await sessions.close(gone);
  looks = 0;
  expect(await counted.awaitContinuedBy(gone, 'a form', nowMs)).toBeNull();
  // Its own record, and what went on.
  expect(looks).toBe(2);
  await sessions.renew(token, { by: 'passkey', factor: null }, nowMs, 'a form');
  expect(await counted.awaitContinuedBy(token, 'a form', nowMs)).not.toBeNull();
  expect(await sessions.list(account.id, Date.now())).toHaveLength(2);
});

test('a closed session leaves no entry, one of a newer release is left alone, and the form that changed a token is known for a minute', async () => {
  const { world, sessions, account } = await signedIn();
  const nowMs = Date.now();
  await sessions.close(await sessions.open(account, origin, nowMs));
  expect(await redis.exists(`${world.prefix}ravi:account-sessions:${account.id}`)).toBe(0);

  const token = await sessions.open(account, origin, nowMs);
  const renewed = (await sessions.renew(token, { by: 'passkey', factor: null }, nowMs, 'a form')) ?? '';
  const place = `${world.prefix}ravi:session:${sessions.idOf(renewed)}`;
  const form = (await redis.keys(`${world.prefix}ravi:session:*`)).find((key) => key !== place) ?? '';
  const leftMs = await redis.pttl(form);
  expect([leftMs > 30_000, leftMs <= 60_000]).toEqual([true, true]);

  const record = JSON.parse((await redis.get(place)) ?? '') as object;
  await redis.set(place, JSON.stringify({ ...record, v: 99 }), 'KEEPTTL');
  await expect(sessions.read(renewed, nowMs)).rejects.toThrow(NewerFormat);
});

test('the list tells the newest first, and forgets those that have ended by themselves', async () => {
  const { world, sessions, account } = await signedIn();
  const nowMs = Date.now();
  const ids: string[] = [];
  for (const laterMs of [0, 2, 1])
    ids.push(sessions.idOf(await sessions.open(account, origin, nowMs + laterMs)));
  const [first = '', last = '', middle = ''] = ids;
  const listed = async () => (await sessions.list(account.id, Date.now())).map(({ id }) => id);
  expect(await listed()).toEqual([last, middle, first]);
  await redis.del(`${world.prefix}ravi:session:${middle}`);
  expect(await listed()).toEqual([last, first]);
  await sessions.list(account.id, nowMs + 60_001);
  expect(await redis.zcard(`${world.prefix}ravi:account-sessions:${account.id}`)).toBe(2);
});

test('a session that begins while somebody looks at the list stands in it from then on, and goes on under another token', async () => {
  const { world, sessions, account } = await signedIn();
  const looking = redisWith(redis, {
    set: async (_args, real) => {
      expect(await sessions.list(account.id, Date.now())).toEqual([]);
      return real();
    },
  });
  const token = await new SessionStore(looking, lifetimes, world.prefix).open(account, origin, Date.now());
  expect((await sessions.list(account.id, Date.now())).map(({ id }) => id)).toEqual([sessions.idOf(token)]);
  const renewed = await sessions.renew(token, { by: 'passkey', factor: null }, Date.now(), '');
  expect((await sessions.read(renewed ?? '', Date.now()))?.account).toEqual(account);
  expect(await sessions.read(token, Date.now())).toBeNull();
});

test('a process that dies while it opens a session leaves none that its person does not see', async () => {
  const { world, account } = await signedIn();
  const lists = `${world.prefix}ravi:account-sessions:`;
  const dies = (args: readonly unknown[], real: () => Promise<unknown>) => {
    if (args.some((arg) => String(arg).startsWith(lists))) throw new Error('The process died.');
    return real();
  };
  const dying = new SessionStore(redisWith(redis, { eval: dies, evalsha: dies }), lifetimes, world.prefix);
  await expect(dying.open(account, origin, Date.now())).rejects.toThrow('died');
  expect(await redis.keys(`${world.prefix}ravi:session:*`)).toEqual([]);
});

test('where a process dies before it named the session that goes on, the one of before is still open: nobody is signed out by their own form', async () => {
  const { world, sessions, account } = await signedIn();
  const token = await sessions.open(account, origin, Date.now());
  // What goes on is named by its id alone.
  const set = ([, value]: readonly unknown[], real: () => Promise<unknown>) =>
    String(value).startsWith('{') ? real() : Promise.reject(new Error('The process died.'));
  const dying = new SessionStore(redisWith(redis, { set }), lifetimes, world.prefix);
  const method = { by: 'passkey', factor: null } as const;
  await expect(dying.renew(token, method, Date.now(), 'a form')).rejects.toThrow('died');
  expect((await sessions.read(token, Date.now()))?.account).toEqual(account);
  expect(await sessions.renew(token, method, Date.now(), 'a form')).not.toBeNull();
});

test('a session has ended, and is told so, also where its entry in the list cannot be removed just then', async () => {
  const { world, sessions, account } = await signedIn();
  const away = redisWith(redis, { zrem: () => Promise.reject(new Error('Connection is closed.')) });
  const late = new SessionStore(away, lifetimes, world.prefix);
  const [one, two] = [
    await late.open(account, origin, Date.now()),
    await late.open(account, origin, Date.now()),
  ];
  expect([await late.close(one), await late.end(account.id, late.idOf(two))]).toEqual([true, true]);
  expect(await sessions.list(account.id, Date.now())).toEqual([]);
});

/** @shows ASVS V7.4.1, somebody else’s */
test('a session that was ended or closed opens nothing, at no api; a stranger ends none', async () => {
  const { world, sessions, account } = await signedIn();
  const elsewhere = new SessionStore(redis, lifetimes, world.prefix);
  const nowMs = Date.now();
  const [ended, closed, kept] = await Promise.all(
    [0, 1, 2].map((later) => sessions.open(account, origin, nowMs + later)),
  );
  const all = [ended, closed, kept].map(String);
  for (const token of all) expect(await elsewhere.read(token, nowMs)).not.toBeNull();
  const stranger = await world.person();
  for (const token of all) expect(await sessions.end(stranger.id, sessions.idOf(token))).toBe(false);
  expect(await sessions.list(account.id, Date.now())).toHaveLength(3);

  expect(await sessions.end(account.id, sessions.idOf(String(ended)))).toBe(true);
  await sessions.close(String(closed));
  for (const store of [sessions, elsewhere]) {
    const open = await Promise.all(all.map(async (token) => (await store.read(token, nowMs)) !== null));
    expect(open).toEqual([false, false, true]);
  }
  expect((await sessions.list(account.id, Date.now())).map(({ id }) => id)).toEqual([
    sessions.idOf(String(kept)),
  ]);
  expect(await redis.zcard(`${world.prefix}ravi:account-sessions:${account.id}`)).toBe(1);
});

/** A request with this cookie; and the token that its answer set. */
function withCookie(token: string): Context {
  const message = new IncomingMessage(new Socket());
  message.headers.cookie = `__Host-ravi_session=${token}`;
  return new Koa().createContext(message, new ServerResponse(message));
}
const tokenSetBy = ({ response }: Context) =>
  /ravi_session=([^;]+)/.exec(String(response.headers['set-cookie']))?.[1] ?? '';

test('of two requests of a form that began in one session, one ends all others, and the other goes on in the session of the first', async () => {
  const { world, sessions, account } = await signedIn();
  const publicUrl = 'https://login.example.com';
  const api = new BrowserSessions({
    sessionStore: sessions,
    accountStore: world.accounts,
    keys: deriveServiceKeys(new Secret('a secret that is long enough for a test')),
    cookies: new HostCookies(publicUrl),
    clock: systemClock,
    publicUrl,
  });
  const [token, other] = [
    await sessions.open(account, origin, Date.now()),
    await sessions.open(account, origin, Date.now()),
  ];
  const [first, second] = [withCookie(token), withCookie(token)];
  const began = [await api.read(first), await api.read(second)] as const;
  if (!began[0] || !began[1]) throw new Error('Nobody is signed in.');
  const ended = await api.endOthers(first, began[0], 'a form', account.sessionsEpoch);
  expect(Number(ended?.sessionsEpoch)).toBeGreaterThan(Number(account.sessionsEpoch));
  expect(await api.endOthers(second, began[1], 'a form', account.sessionsEpoch)).toBeNull();
  expect(await api.awaitTwin(second, 'another form')).toBeNull();
  expect((await api.awaitTwin(second, 'a form'))?.account).toEqual(ended);
  const now = [tokenSetBy(first), tokenSetBy(second), token, other].map((each) => api.read(withCookie(each)));
  expect((await Promise.all(now)).map((session) => session?.account.id)).toEqual([
    account.id,
    account.id,
    undefined,
    undefined,
  ]);
});

/** @shows ASVS V7.3.1, ASVS V7.3.2, forgotten session */
test('a session that goes on under its own token, as where Redis is full, has no more time than it had; one that ends meanwhile stays so', async () => {
  const { world, sessions, account } = await signedIn();
  const token = await sessions.open(account, origin, Date.now());
  const key = `${world.prefix}ravi:session:${sessions.idOf(token)}`;
  const ended = await world.accounts.end(account.id, 'sessions');
  await redis.pexpire(key, 30_000);
  await sessions.moveOn(token, ended?.epoch ?? '');
  // Before it is read: that begins its time anew.
  const leftMs = await redis.pttl(key);
  expect([leftMs > 0, leftMs <= 30_000]).toEqual([true, true]);
  expect((await sessions.read(token, Date.now()))?.account.id).toBe(account.id);

  const ending = redisWith(redis, {
    get: async (_args, real) => {
      const record = await real();
      await redis.del(key);
      return record;
    },
  });
  await new SessionStore(ending, lifetimes, world.prefix).moveOn(token, ended?.epoch ?? '');
  expect(await redis.exists(key)).toBe(0);
});
