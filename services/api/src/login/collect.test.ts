import { type LoginId, mintDeviceCode, settleGraceMs } from '@ravi/device-login';
import { NotReplicated } from '@ravi/redis';
import { deriveServiceKeys, NewerFormat, Secret } from '@ravi/runtime';
import type { Call } from '../http/call.ts';
import { Problem } from '../http/problem.ts';
import { collect, type CollectDeps, preferredWaitSeconds } from './collect.ts';

const keys = deriveServiceKeys(new Secret('a secret of a test that is long enough'));
const expiresAtMs = 1_800_000_000_000;
const loginId = Buffer.alloc(16, 7).toString('base64url') as LoginId;
const code = mintDeviceCode(loginId, expiresAtMs, keys.current).text;

/** What a call was answered, and who was asked. */
async function ask(
  deviceCode: string,
  waitSeconds?: number,
  {
    nowMs = 0,
    error,
    unproven,
  }: { readonly nowMs?: number; readonly error?: Error; readonly unproven?: Error } = {},
) {
  const done: string[] = [];
  const send = (_status: number, json: string, ...headers: readonly string[]) => {
    const again = headers.indexOf('Retry-After');
    done.push(`${JSON.parse(json).error}${again < 0 ? '' : `, again in ${headers[again + 1]} s`}`);
  };
  const asked = async (what: string) => {
    done.push(what);
    if (error !== undefined) throw error;
  };
  const deps = {
    redeemer: { poll: () => asked('poll') },
    heldWaits: { hold: (_code: unknown, _reply: unknown, waitMs: number) => asked(`hold ${waitMs}`) },
    keys,
    clock: { nowMs: () => nowMs },
    logger: { debug: () => undefined, warn: () => undefined },
    onUnavailable: () => done.push('unavailable'),
    pollIntervalSeconds: 7,
  } as unknown as CollectDeps;
  const call = { address: '192.0.2.1', requestId: 'r', reply: { send } } as unknown as Call;
  const refuse = (reason: Error) => {
    done.push('prove');
    return Promise.reject(reason);
  };
  const client = unproven === undefined ? {} : { prove: () => refuse(unproven) };
  await collect(deps, call, { deviceCode, waitSeconds, ...client });
  return done;
}

test('a code that is not ours, or has expired for longer than its grace, is refused without asking anybody', async () => {
  const other = deriveServiceKeys(new Secret('another secret of a test, long enough'));
  for (const forged of ['', 'x', mintDeviceCode(loginId, expiresAtMs, other.current).text])
    expect(await ask(forged, 5)).toEqual(['invalid_grant']);
  expect(await ask(code, 5, { nowMs: expiresAtMs + settleGraceMs })).toEqual(['expired_token']);
  expect(await ask(code, 5, { nowMs: expiresAtMs + settleGraceMs - 1 })).toEqual(['hold 5000']);
  expect(await ask(code)).toEqual(['poll']);
});

test('while Redis, an issuer, too many replicas or the release that reads a record are away, a program is told to ask again; any other failure is one', async () => {
  const toldLater = ['unavailable', 'authorization_pending, again in 7 s'];
  const lacksIssuer = new Problem('unavailable', 'No issuer is available.', { retryAfterSeconds: 5 });
  const newer = new NewerFormat('An account', 99);
  for (const error of [new NotReplicated(), new Error('Command timed out'), lacksIssuer, newer])
    expect(await ask(code, 5, { error })).toEqual(['hold 5000', ...toldLater]);
  // A proof cannot be looked at without Redis.
  const unproven = new Error('Command timed out');
  expect(await ask(code, 5, { unproven })).toEqual(['prove', ...toldLater]);
  const wrong = new Problem('invalid_dpop_proof', 'It is for another address.');
  await expect(ask(code, 5, { unproven: wrong })).rejects.toBe(wrong);
  await expect(ask(code, 5, { error: new Error('a mistake of ours') })).rejects.toThrow('a mistake of ours');
});

test.each([
  [undefined, undefined],
  ['wait=5', 5],
  ['Wait = 5 ; why=not', 5],
  ['wait="5"', 5],
  ['wait="5', undefined],
  ['respond-async, wait=5, wait=6', 5],
  ['wait=500', 120],
  ['wait', undefined],
  ['wait=soon', undefined],
  ['wait=1234567', undefined],
  ['depth=5', undefined],
])('`Prefer: %s` asks to be held for %s seconds', (prefer, seconds) => {
  const applied: string[] = [];
  const reply = { addHeader: (name: string, value: string) => void applied.push(`${name}: ${value}`) };
  const asked = { headers: { prefer }, reply } as unknown as Parameters<typeof preferredWaitSeconds>[0];
  expect(preferredWaitSeconds(asked, 120)).toBe(seconds);
  expect(applied).toEqual(seconds === undefined ? [] : [`Preference-Applied: wait=${seconds}`]);
});
