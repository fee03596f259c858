import type { Credentials } from './credentials.ts';
import { LoginError } from './login-error.ts';
import {
  type Answer,
  away,
  credentials,
  json,
  others,
  server,
  SessionWorld,
} from '../../../test/support/session-world.ts';

describe('a log-out', () => {
  test('ends the login that the store has', async () => {
    const world = new SessionWorld();
    const session = await world.session();
    await world.store.write(others);
    expect(await session.logout()).toEqual({ kind: 'ended' });
    expect(world.calls).toEqual(['logout/ access-9']);
    expect(await world.store.read()).toBeNull();
    await expect(session.accessToken()).rejects.toMatchObject({ code: 'not_logged_in' });
  });

  test('ends the login that the session has, where the store holds what is no login', async () => {
    const world = new SessionWorld();
    const read = () => Promise.reject(new LoginError('store_corrupted', 'It is broken.'));
    const session = await world.session({}, { ...world.store, read });
    expect(await session.logout()).toEqual({ kind: 'ended' });
    expect(world.calls).toEqual(['logout/ access-0']);
    expect(await world.store.read()).toBeNull();
  });

  test('ends the login that the session has, and keeps what is stored, where a store fails in words of its own', async () => {
    const world = new SessionWorld();
    const read = () => Promise.reject(new Error('locked'));
    const session = await world.session({}, { ...world.store, read });
    await expect(session.logout()).rejects.toThrow('locked');
    await expect(session.accessToken()).rejects.toThrow('locked');
    expect(world.calls).toEqual(['logout/ access-0']);
    expect(await world.store.read()).toEqual(credentials);
  });

  test('that the service hears of at a later try ends the login', async () => {
    const world = new SessionWorld(away, () => new Response(null, { status: 204 }));
    const session = await world.session();
    expect(await session.logout()).toEqual({ kind: 'ended' });
    expect(world.calls).toEqual(['logout/ access-0', 'logout/ access-0']);
    expect(world.pauses).toEqual([500]);
  });

  test.each<[string, Answer, string, number]>([
    ['does not hear of', away, `${server} answers 503: gone`, 3],
    ['refuses', json(403, { detail: 'Not here.' }), `${server} refuses: Not here.`, 1],
  ])('that the service %s is one here only', async (_, answer, reason, tries) => {
    const world = new SessionWorld(answer);
    const session = await world.session();
    expect(await session.logout()).toEqual({ kind: 'endedHereOnly', reason });
    expect(world.calls).toHaveLength(tries);
    expect(await world.store.read()).toBeNull();
  });
});

describe.each([{ server: 'https://another.example' }, { clientId: 'another-client' }])(
  'where a login with %j took its place in the store, a log-out',
  (changed) => {
    const another: Credentials = { ...others, ...changed };

    test('ends its own login alone', async () => {
      const world = new SessionWorld();
      const session = await world.session();
      await world.store.write(another);
      expect(await session.logout()).toEqual({ kind: 'ended' });
      expect(world.calls).toEqual(['logout/ access-0']);
      expect(await world.store.read()).toEqual(another);
    });

    test('clears nothing while the store cannot be read', async () => {
      const world = new SessionWorld();
      const unusable = new LoginError('store_unusable', 'It is locked.');
      const session = await world.session({}, { ...world.store, read: () => Promise.reject(unusable) });
      await world.store.write(another);
      await expect(session.logout()).rejects.toBe(unusable);
      expect(world.calls).toEqual(['logout/ access-0']);
      expect(await world.store.read()).toEqual(another);
    });
  },
);
