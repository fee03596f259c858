import type { Credentials } from './credentials.ts';
import {
  type Answer,
  away,
  credentials,
  hourMs,
  issuedAtMs,
  json,
  others,
  server,
  SessionWorld,
} from '../../../test/support/session-world.ts';

const ended = json(401, { detail: 'It was ended.' });

describe('a token is refreshed', () => {
  test.each([
    ['a minute before it ends', hourMs, hourMs - 60_000],
    ['in the last tenth of its time, where that is shorter', 100_000, 90_000],
  ])('%s', async (_, lifetimeMs, dueMs) => {
    const world = new SessionWorld();
    const session = await world.session({ expiresAtMs: issuedAtMs + lifetimeMs });
    world.nowMs = issuedAtMs + dueMs - 1;
    expect(await session.accessToken()).toBe('access-0');
    world.nowMs = issuedAtMs + dueMs;
    expect(await session.accessToken()).toBe('access-1');
    expect(world.calls).toEqual(['token/refresh/ refresh-0']);
    expect(await world.store.read()).toMatchObject({ accessToken: 'access-1', refreshToken: 'refresh-1' });
  });

  test('never before it is refused, where the server does not say when it ends', async () => {
    const world = new SessionWorld();
    const session = await world.session({ expiresAtMs: null });
    world.nowMs = issuedAtMs + 1_000 * hourMs;
    expect((await session.credentials()).accessToken).toBe('access-0');
  });

  test('at once where that is asked for', async () => {
    const world = new SessionWorld();
    const session = await world.session();
    await session.refresh();
    expect(await session.accessToken()).toBe('access-1');
  });

  test('once for all who ask meanwhile', async () => {
    const world = new SessionWorld();
    const session = await world.session();
    await Promise.all([session.refresh(), session.refresh(), session.refresh()]);
    expect(world.calls).toHaveLength(1);
    await session.refresh();
    expect(world.calls).toEqual(['token/refresh/ refresh-0', 'token/refresh/ refresh-1']);
  });
});

describe('while the service is away', () => {
  const unavailable = { code: 'unavailable', message: `${server} answers 503: gone.` };

  test.each<[string, Answer, object]>([
    ['', away, unavailable],
    [
      ', also where a page of a proxy answers',
      () => new Response('<h1>Hello</h1>'),
      { code: 'unexpected_answer' },
    ],
    [', also where a gateway refuses', json(401, {}), { code: 'unexpected_answer' }],
  ])('a token that is due is used until it ends%s', async (_, answer, error) => {
    const world = new SessionWorld(answer);
    const session = await world.session();
    world.nowMs = issuedAtMs + hourMs - 1;
    expect(await session.accessToken()).toBe('access-0');
    world.nowMs = issuedAtMs + hourMs;
    await expect(session.accessToken()).rejects.toMatchObject(error);
    expect(await world.store.read()).toMatchObject({ accessToken: 'access-0' });
  });

  test.each([
    [{}, [300, 500]],
    [{ 'retry-after': '1' }, [1_300, 1_500]],
    [{ 'retry-after': '60' }, [2_300, 2_500]],
  ])('a refresh is tried three times: %j', async (headers, pauses) => {
    const world = new SessionWorld(json(503, { detail: 'gone' }, headers));
    const session = await world.session();
    await expect(session.refresh()).rejects.toMatchObject(unavailable);
    expect(world.calls).toEqual(Array(3).fill('token/refresh/ refresh-0'));
    expect(world.pauses).toEqual(pauses);
  });

  test('a later try counts', async () => {
    const world = new SessionWorld(away, json(200, { access: 'access-1', refresh: 'refresh-1' }));
    const session = await world.session();
    await session.refresh();
    expect(await session.accessToken()).toBe('access-1');
    expect(world.calls).toHaveLength(2);
  });
});

describe('a login that has ended', () => {
  const reason = `The login has ended: log in again. ${server} says: It was ended.`;

  test('is told at once, also while its token would still be good, and is forgotten', async () => {
    const world = new SessionWorld(ended);
    const session = await world.session();
    world.nowMs = issuedAtMs + hourMs - 1;
    await expect(session.accessToken()).rejects.toMatchObject({ code: 'session_ended', message: reason });
    expect(world.calls).toHaveLength(1);
    expect(await world.store.read()).toBeNull();
  });

  test('is no login any more, although its access token is to live on: whoever asks is told so, without a call', async () => {
    const world = new SessionWorld(ended);
    const session = await world.session();
    await expect(session.refresh()).rejects.toMatchObject({ code: 'session_ended' });
    await expect(session.accessToken()).rejects.toMatchObject({ code: 'not_logged_in' });
    expect(world.calls).toHaveLength(1);
  });

  test('by a log-out elsewhere is told without a call', async () => {
    const world = new SessionWorld();
    const session = await world.session();
    await world.store.clear();
    await expect(session.refresh()).rejects.toMatchObject({ code: 'not_logged_in' });
    expect(world.calls).toEqual([]);
  });

  test('by its age, where it cannot be refreshed, is told without a call', async () => {
    const world = new SessionWorld();
    const session = await world.session({ refreshToken: null });
    await expect(session.refresh()).rejects.toMatchObject({ code: 'session_ended' });
    expect(world.calls).toEqual([]);
  });

  test('is another one than a refusal', async () => {
    const world = new SessionWorld(json(403, { detail: 'Not here.' }));
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
    const world = new SessionWorld();
    const session = await world.session();
    await world.store.write(others);
    await session.refresh();
    expect(await session.credentials()).toEqual(others);
    expect(world.calls).toEqual([]);
  });

  test('refreshed before, and its token is due, too, that one is refreshed', async () => {
    const world = new SessionWorld();
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
    const world: SessionWorld = new SessionWorld(async () => {
      await world.store.write(others);
      return answer();
    });
    const session = await world.session();
    await session.refresh();
    expect(await session.accessToken()).toBe('access-9');
    expect(await world.store.read()).toEqual(others);
  });

  test('cleared the store while this one was answered, the answer counts', async () => {
    const world: SessionWorld = new SessionWorld(async () => {
      await world.store.clear();
      return Response.json({ access: 'access-1', refresh: 'refresh-1' });
    });
    const session = await world.session();
    await session.refresh();
    expect(await session.accessToken()).toBe('access-1');
  });
});

describe('a refreshed token that the store did not take', () => {
  const unkept = async (world: SessionWorld) => {
    let isFull = true;
    const write = (given: Credentials) =>
      isFull ? Promise.reject(new Error('full')) : world.store.write(given);
    const session = await world.session({}, { ...world.store, write });
    await expect(session.refresh()).rejects.toThrow('full');
    isFull = false;
    return session;
  };

  test('is no more than what another process logged in to since', async () => {
    const world = new SessionWorld();
    const session = await unkept(world);
    await world.store.write(others);
    await session.refresh();
    expect(await session.accessToken()).toBe('access-9');
    expect(await world.store.read()).toEqual(others);
  });

  test('is nothing where the login was ended since', async () => {
    const world = new SessionWorld();
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
      const world = new SessionWorld();
      const session = await world.session();
      await world.store.write(another);
      await expect(session.refresh()).rejects.toMatchObject({ code: 'not_logged_in' });
      expect(world.calls).toEqual([]);
      expect(await session.accessToken()).toBe('access-0');
    });

    test('a refusal that comes later clears nothing', async () => {
      const world: SessionWorld = new SessionWorld(async () => {
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
      const world: SessionWorld = new SessionWorld(
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
  },
);
