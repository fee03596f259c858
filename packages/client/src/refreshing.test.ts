import type { Credentials } from './credentials.ts';
import { LoginError } from './login-error.ts';
import { createSession } from './session.ts';
import { memoryStore } from './stores/memory-store.ts';
import type { CredentialStore } from './stores/credential-store.ts';
import { keptLogin } from '../../../test/support/kept-login.ts';

const server = 'https://login.example.com';
const hourMs = 3_600_000;
const issuedAtMs = 1_000_000;
const credentials: Credentials = { ...keptLogin, issuedAtMs, expiresAtMs: issuedAtMs + hourMs };
/** What another process left in the store. */
const others: Credentials = { ...credentials, accessToken: 'access-9', refreshToken: 'refresh-9' };

type Answer = () => Response | Promise<Response>;
const json =
  (status: number, body: object, headers: Record<string, string> = {}): Answer =>
  () =>
    Response.json(body, { status, headers });
const away = json(503, { detail: 'gone' });
const ended = json(401, { detail: 'It was ended.' });

/** A session, its store and its service, whose answers to refreshes are given, the last for ever; else each gives another token. */
class World {
  nowMs = issuedAtMs;
  readonly pauses: number[] = [];
  /** The calls of the service, each with the refresh token or the credential that it got. */
  readonly calls: string[] = [];
  readonly store = memoryStore();
  readonly #answers: readonly Answer[];

  constructor(...answers: readonly Answer[]) {
    this.#answers = answers;
  }

  readonly #fetch: typeof fetch = async (input, init) => {
    const path = (input instanceof Request ? input.url : input.toString()).replace(`${server}/api/auth/`, '');
    const { refresh }: { refresh?: unknown } = JSON.parse(typeof init?.body === 'string' ? init.body : '{}');
    const shown = refresh ?? new Headers(init?.headers).get('authorization')?.replace('Bearer ', '');
    this.calls.push(`${path} ${typeof shown === 'string' ? shown : ''}`);
    if (path === 'logout/' && this.#answers.length === 0) return new Response(null, { status: 204 });
    const count = this.calls.length;
    const given = json(200, { access: `access-${count}`, refresh: `refresh-${count}` });
    return (this.#answers[count - 1] ?? this.#answers.at(-1) ?? given)();
  };

  async session(changed: Partial<Credentials> = {}, store: CredentialStore = this.store) {
    const own = { ...credentials, ...changed };
    await this.store.write(own);
    const clock = {
      monotonicMs: () => 0,
      nowMs: () => this.nowMs,
      random: () => 0.5,
      pause: async (ms: number) => {
        if (this.pauses.push(ms) > 100) throw new Error('It waits without end.');
      },
    };
    return createSession({ credentials: own, store, clock, fetch: this.#fetch });
  }
}

describe('a token is refreshed', () => {
  test.each([
    ['a minute before it ends', hourMs, hourMs - 60_000],
    ['in the last tenth of its time, where that is shorter', 100_000, 90_000],
  ])('%s', async (_, lifetimeMs, dueMs) => {
    const world = new World();
    const session = await world.session({ expiresAtMs: issuedAtMs + lifetimeMs });
    world.nowMs = issuedAtMs + dueMs - 1;
    expect(await session.accessToken()).toBe('access-0');
    world.nowMs = issuedAtMs + dueMs;
    expect(await session.accessToken()).toBe('access-1');
    expect(world.calls).toEqual(['token/refresh/ refresh-0']);
    expect(await world.store.read()).toMatchObject({ accessToken: 'access-1', refreshToken: 'refresh-1' });
  });

  test('never before it is refused, where the server does not say when it ends', async () => {
    const world = new World();
    const session = await world.session({ expiresAtMs: null });
    world.nowMs = issuedAtMs + 1_000 * hourMs;
    expect((await session.credentials()).accessToken).toBe('access-0');
  });

  test('at once where that is asked for', async () => {
    const world = new World();
    const session = await world.session();
    await session.refresh();
    expect(await session.accessToken()).toBe('access-1');
  });

  test('once for all who ask meanwhile', async () => {
    const world = new World();
    const session = await world.session();
    await Promise.all([session.refresh(), session.refresh(), session.refresh()]);
    expect(world.calls).toHaveLength(1);
    await session.refresh();
    expect(world.calls).toEqual(['token/refresh/ refresh-0', 'token/refresh/ refresh-1']);
  });
});

describe('while the service is away', () => {
  const unavailable = { code: 'unavailable', message: `${server} answers 503: gone.` };

  test('a token that is due is used until it ends', async () => {
    const world = new World(away);
    const session = await world.session();
    world.nowMs = issuedAtMs + hourMs - 1;
    expect(await session.accessToken()).toBe('access-0');
    world.nowMs = issuedAtMs + hourMs;
    await expect(session.accessToken()).rejects.toMatchObject(unavailable);
    expect(await world.store.read()).toMatchObject({ accessToken: 'access-0' });
  });

  test.each([
    [{}, [300, 500]],
    [{ 'retry-after': '1' }, [1_300, 1_500]],
    [{ 'retry-after': '60' }, [2_300, 2_500]],
  ])('a refresh is tried three times: %j', async (headers, pauses) => {
    const world = new World(json(503, { detail: 'gone' }, headers));
    const session = await world.session();
    await expect(session.refresh()).rejects.toMatchObject(unavailable);
    expect(world.calls).toEqual(Array(3).fill('token/refresh/ refresh-0'));
    expect(world.pauses).toEqual(pauses);
  });

  test('a later try counts', async () => {
    const world = new World(away, json(200, { access: 'access-1', refresh: 'refresh-1' }));
    const session = await world.session();
    await session.refresh();
    expect(await session.accessToken()).toBe('access-1');
    expect(world.calls).toHaveLength(2);
  });
});

describe('a login that has ended', () => {
  const reason = `The login has ended: log in again. ${server} says: It was ended.`;

  test('is told at once, also while its token would still be good, and is forgotten', async () => {
    const world = new World(ended);
    const session = await world.session();
    world.nowMs = issuedAtMs + hourMs - 1;
    await expect(session.accessToken()).rejects.toMatchObject({ code: 'session_ended', message: reason });
    expect(world.calls).toHaveLength(1);
    expect(await world.store.read()).toBeNull();
  });

  test('is no login any more, although its access token is to live on: whoever asks is told so, without a call', async () => {
    const world = new World(ended);
    const session = await world.session();
    await expect(session.refresh()).rejects.toMatchObject({ code: 'session_ended' });
    await expect(session.accessToken()).rejects.toMatchObject({ code: 'not_logged_in' });
    expect(world.calls).toHaveLength(1);
  });

  test('by a log-out elsewhere is told without a call', async () => {
    const world = new World();
    const session = await world.session();
    await world.store.clear();
    await expect(session.refresh()).rejects.toMatchObject({ code: 'not_logged_in' });
    expect(world.calls).toEqual([]);
  });

  test('by its age, where it cannot be refreshed, is told without a call', async () => {
    const world = new World();
    const session = await world.session({ refreshToken: null });
    await expect(session.refresh()).rejects.toMatchObject({ code: 'session_ended' });
    expect(world.calls).toEqual([]);
  });

  test('is another one than a refusal', async () => {
    const world = new World(json(403, { detail: 'Not here.' }));
    const session = await world.session();
    await expect(session.refresh()).rejects.toMatchObject({
      code: 'refused',
      message: `${server} refuses: Not here.`,
    });
    expect(await world.store.read()).toEqual(credentials);
  });
});

describe('where another process', () => {
  test('refreshed before, its token is taken', async () => {
    const world = new World();
    const session = await world.session();
    await world.store.write(others);
    await session.refresh();
    expect(await session.credentials()).toEqual(others);
    expect(world.calls).toEqual([]);
  });

  test('refreshed before, and its token is due, too, that one is refreshed', async () => {
    const world = new World();
    const session = await world.session();
    await world.store.write({ ...others, expiresAtMs: issuedAtMs });
    await session.refresh();
    expect(await session.accessToken()).toBe('access-1');
    expect(world.calls).toEqual(['token/refresh/ refresh-9']);
  });

  test.each<[string, Answer]>([
    ['refused', ended],
    ['answered', json(200, { access: 'access-1', refresh: 'refresh-1' })],
  ])('refreshed while this one was %s, its token is taken', async (_, answer) => {
    const world: World = new World(async () => {
      await world.store.write(others);
      return answer();
    });
    const session = await world.session();
    await session.refresh();
    expect(await session.accessToken()).toBe('access-9');
    expect(await world.store.read()).toEqual(others);
  });

  test('cleared the store while this one was answered, the answer counts', async () => {
    const world: World = new World(async () => {
      await world.store.clear();
      return Response.json({ access: 'access-1', refresh: 'refresh-1' });
    });
    const session = await world.session();
    await session.refresh();
    expect(await session.accessToken()).toBe('access-1');
  });
});

describe('a refreshed token that the store did not take', () => {
  const unkept = async (world: World) => {
    let isFull = true;
    const write = (given: Credentials) =>
      isFull ? Promise.reject(new Error('full')) : world.store.write(given);
    const session = await world.session({}, { ...world.store, write });
    await expect(session.refresh()).rejects.toThrow('full');
    isFull = false;
    return session;
  };

  test('is no more than what another process logged in to since', async () => {
    const world = new World();
    const session = await unkept(world);
    await world.store.write(others);
    await session.refresh();
    expect(await session.accessToken()).toBe('access-9');
    expect(await world.store.read()).toEqual(others);
  });

  test('is nothing where the login was ended since', async () => {
    const world = new World();
    const session = await unkept(world);
    await world.store.clear();
    await expect(session.refresh()).rejects.toMatchObject({ code: 'not_logged_in' });
    expect(await world.store.read()).toBeNull();
  });
});

describe.each([{ server: 'https://another.example' }, { clientId: 'another-client' }])(
  'where a login with %j took its place in the store',
  (changed) => {
    const another: Credentials = { ...others, ...changed };

    test('a session sends none of its tokens', async () => {
      const world = new World();
      const session = await world.session();
      await world.store.write(another);
      await expect(session.refresh()).rejects.toMatchObject({ code: 'not_logged_in' });
      expect(world.calls).toEqual([]);
      expect(await session.accessToken()).toBe('access-0');
    });

    test('a refusal that comes later clears nothing', async () => {
      const world: World = new World(async () => {
        await world.store.write(another);
        return ended();
      });
      const session = await world.session();
      await expect(session.refresh()).rejects.toMatchObject({ code: 'session_ended' });
      expect(await world.store.read()).toEqual(another);
    });

    test.each<[string, number]>([
      ['is ended', 204],
      ['is not used, where it cannot be ended', 503],
    ])('what a refresh gives that comes later is not kept, and %s', async (_, status) => {
      const world: World = new World(
        async () => {
          await world.store.write(another);
          return Response.json({ access: 'access-1', refresh: 'refresh-1' });
        },
        () => new Response(null, { status }),
      );
      const session = await world.session();
      await expect(session.refresh()).rejects.toMatchObject({ code: 'not_logged_in' });
      expect(world.calls).toEqual(['token/refresh/ refresh-0', 'logout/ access-1']);
      expect(await world.store.read()).toEqual(another);
      await expect(session.refresh()).rejects.toMatchObject({ code: 'not_logged_in' });
      expect(world.calls).toHaveLength(2);
    });

    test('a log-out ends its own login alone', async () => {
      const world = new World();
      const session = await world.session();
      await world.store.write(another);
      expect(await session.logout()).toEqual({ kind: 'ended' });
      expect(world.calls).toEqual(['logout/ access-0']);
      expect(await world.store.read()).toEqual(another);
    });

    test('a log-out clears nothing while the store cannot be read', async () => {
      const world = new World();
      const unusable = new LoginError('store_unusable', 'It is locked.');
      const session = await world.session({}, { ...world.store, read: () => Promise.reject(unusable) });
      await world.store.write(another);
      await expect(session.logout()).rejects.toBe(unusable);
      expect(world.calls).toEqual(['logout/ access-0']);
      expect(await world.store.read()).toEqual(another);
    });
  },
);

describe('a log-out', () => {
  test('ends the login that the store has', async () => {
    const world = new World();
    const session = await world.session();
    await world.store.write(others);
    expect(await session.logout()).toEqual({ kind: 'ended' });
    expect(world.calls).toEqual(['logout/ access-9']);
    expect(await world.store.read()).toBeNull();
    await expect(session.accessToken()).rejects.toMatchObject({ code: 'not_logged_in' });
  });

  test('ends the login that the session has, where the store holds what is no login', async () => {
    const world = new World();
    const read = () => Promise.reject(new LoginError('store_corrupted', 'It is broken.'));
    const session = await world.session({}, { ...world.store, read });
    expect(await session.logout()).toEqual({ kind: 'ended' });
    expect(world.calls).toEqual(['logout/ access-0']);
    expect(await world.store.read()).toBeNull();
  });

  test('ends the login that the session has, and keeps what is stored, where a store fails in words of its own', async () => {
    const world = new World();
    const read = () => Promise.reject(new Error('locked'));
    const session = await world.session({}, { ...world.store, read });
    await expect(session.logout()).rejects.toThrow('locked');
    await expect(session.accessToken()).rejects.toThrow('locked');
    expect(world.calls).toEqual(['logout/ access-0']);
    expect(await world.store.read()).toEqual(credentials);
  });

  test('that the service hears of at a later try ends the login', async () => {
    const world = new World(away, () => new Response(null, { status: 204 }));
    const session = await world.session();
    expect(await session.logout()).toEqual({ kind: 'ended' });
    expect(world.calls).toEqual(['logout/ access-0', 'logout/ access-0']);
    expect(world.pauses).toEqual([500]);
  });

  test.each<[string, Answer, string, number]>([
    ['does not hear of', away, `${server} answers 503: gone`, 3],
    ['refuses', json(403, { detail: 'Not here.' }), `${server} refuses: Not here.`, 1],
  ])('that the service %s is one here only', async (_, answer, reason, tries) => {
    const world = new World(answer);
    const session = await world.session();
    expect(await session.logout()).toEqual({ kind: 'endedHereOnly', reason });
    expect(world.calls).toHaveLength(tries);
    expect(await world.store.read()).toBeNull();
  });
});
