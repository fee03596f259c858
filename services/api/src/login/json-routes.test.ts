import { type LoginId, mintDeviceCode } from '@ravi/device-login';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import type { Call, Operation } from '../http/call.ts';
import type { Routes } from '../http/routes.ts';
import { type JsonApiDeps, mountJsonApi } from './json-routes.ts';

const keys = deriveServiceKeys(new Secret('a secret of a test that is long enough'));
const loginId = Buffer.alloc(16, 7).toString('base64url') as LoginId;
const code = mintDeviceCode(loginId, 1_800_000_000_000, keys.current).text;

/** For how many seconds a program is held by an api that holds for this long without a wish, and never longer than `max`. */
async function held({ usual, max }: { usual: number; max: number }, prefer?: string) {
  let waited: number | null = null;
  const mounted = new Map<string, Operation>();
  const routes = {
    call: (path: string, its: Operation) => mounted.set(path, its),
    router: { get: () => undefined },
  };
  mountJsonApi(
    routes as unknown as Routes,
    {
      keys,
      clock: { nowMs: () => 0 },
      logger: { debug: () => undefined },
      heldWaits: {
        hold: async (_code: unknown, _reply: unknown, waitMs: number) => (waited = waitMs / 1000),
      },
      longPollDefaultSeconds: usual,
      longPollMaxSeconds: max,
    } as unknown as JsonApiDeps,
  );
  const headers = prefer === undefined ? {} : { prefer };
  const reply = { addHeader: () => undefined };
  const call = { address: '192.0.2.1', requestId: 'r', headers, reply } as unknown as Call;
  await mounted.get('/api/auth/device/token')?.(call, { device_code: code, wait: true });
  return waited;
}

test('no program is held for longer than the operator allows, whether it says for how long or not', async () => {
  expect(await held({ usual: 60, max: 120 })).toBe(60);
  expect(await held({ usual: 60, max: 120 }, 'wait=90')).toBe(90);
  expect(await held({ usual: 60, max: 120 }, 'wait=300')).toBe(120);
  // As before a proxy that waits for half a minute.
  expect(await held({ usual: 60, max: 25 })).toBe(25);
  expect(await held({ usual: 60, max: 25 }, 'wait=60')).toBe(25);
});
