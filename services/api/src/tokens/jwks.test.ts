import { jwksMaxAgeSeconds, type PublishedKeys } from '@ravi/credentials';
import { jwks } from './jwks.ts';

test('the keys are read once a second, and may be kept for as long as an issuer waits before it signs with a new one', async () => {
  let [nowMs, readings] = [0, 0];
  const keys = { list: async () => [{ kid: `reading ${++readings}` }] } as unknown as PublishedKeys;
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

test('while Redis is away, the keys are those that were read last, for an hour; any other failure is one', async () => {
  let nowMs = 0;
  let failure: Error | null = null;
  const list = () => (failure === null ? Promise.resolve([{ kid: 'a key' }]) : Promise.reject(failure));
  const serve = jwks({ list } as unknown as PublishedKeys, { nowMs: () => nowMs });
  const ask = async () => {
    const ctx = { body: null, set: () => undefined };
    await serve(ctx as never, async () => undefined);
    return ctx.body;
  };
  const away = new Error('Connection is closed.');
  failure = away;
  await expect(ask()).rejects.toBe(away);
  failure = null;
  const keys = { keys: [{ kid: 'a key' }] };
  expect(await ask()).toEqual(keys);
  failure = away;
  nowMs = 3_599_999;
  expect(await ask()).toEqual(keys);
  failure = new Error('a mistake of ours');
  await expect(ask()).rejects.toThrow('a mistake of ours');
  failure = away;
  nowMs = 3_600_000;
  await expect(ask()).rejects.toBe(away);
});
