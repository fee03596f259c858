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
