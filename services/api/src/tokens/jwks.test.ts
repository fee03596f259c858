import { jwksMaxAgeSeconds, PublishedKeys } from '@ravi/credentials';
import type { RedisClient } from '@ravi/redis';
import { jwks } from './jwks.ts';

/** The keys of a Redis in which there is one with this `kid`, or that fails. */
const keysOf = (kid: () => string) => {
  const hgetall = async () => {
    const name = kid();
    return { [name]: JSON.stringify({ kid: name }), [`${name}:published_at`]: '0', [`${name}:held_at`]: '0' };
  };
  return new PublishedKeys({ hgetall } as unknown as RedisClient);
};

test('the keys are read once a second, and may be kept for as long as an issuer waits before it signs with a new one', async () => {
  let [nowMs, readings] = [0, 0];
  const keys = keysOf(() => `reading ${++readings}`);
  const serve = jwks(keys, { nowMs: () => nowMs });
  const ask = async () => {
    const headers: string[] = [];
    const ctx = { body: null, set: (name: string, value: string) => headers.push(`${name}: ${value}`) };
    await serve(ctx as never, async () => undefined);
    expect(headers).toEqual([`Cache-Control: public, max-age=${jwksMaxAgeSeconds}`]);
    return ctx.body;
  };
  expect(await ask()).toEqual({ keys: [{ kid: 'reading 1' }] });
  nowMs = 999;
  expect(await ask()).toEqual({ keys: [{ kid: 'reading 1' }] });
  nowMs = 1_000;
  expect(await ask()).toEqual({ keys: [{ kid: 'reading 2' }] });
  // The clock was set back.
  nowMs = 500;
  expect(await ask()).toEqual({ keys: [{ kid: 'reading 3' }] });
});

describe('while Redis is away', () => {
  const away = new Error('Connection is closed.');
  let nowMs: number;
  let kid: string;
  let failure: Error | null;
  beforeEach(() => {
    [nowMs, kid, failure] = [0, 'a key', null];
  });

  function serving() {
    const keys = keysOf(() => {
      if (failure !== null) throw failure;
      return kid;
    });
    const serve = jwks(keys, { nowMs: () => nowMs });
    const ask = async () => {
      const ctx = { body: null, set: () => undefined };
      await serve(ctx as never, async () => undefined);
      return ctx.body;
    };
    return { keys, ask };
  }

  test('the keys are those that were read last, for an hour; any other failure is one', async () => {
    const { ask } = serving();
    failure = away;
    await expect(ask()).rejects.toBe(away);
    failure = null;
    const served = { keys: [{ kid }] };
    expect(await ask()).toEqual(served);
    failure = away;
    nowMs = 3_599_999;
    expect(await ask()).toEqual(served);
    failure = new Error('a mistake of ours');
    await expect(ask()).rejects.toThrow('a mistake of ours');
    failure = away;
    nowMs = 3_600_000;
    await expect(ask()).rejects.toBe(away);
  });

  test('they are those of the last check of a token, where nobody asked for them since a rotation', async () => {
    const { keys, ask } = serving();
    expect(await ask()).toEqual({ keys: [{ kid: 'a key' }] });
    kid = 'the next key';
    await keys.list(1_800_000);
    failure = away;
    for (const atMs of [1_800_001, 5_399_999]) {
      nowMs = atMs;
      expect(await ask()).toEqual({ keys: [{ kid: 'the next key' }] });
    }
  });
});
