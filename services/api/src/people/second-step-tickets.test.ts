import type { Account, AccountStore } from '@ravi/accounts';
import { deriveServiceKeys, Secret, type ServiceKeyGenerations } from '@ravi/runtime';
import type { Context } from 'koa';
import type { HostCookies } from '../http/host-cookies.ts';
import { SecondSteps } from './second-step-tickets.ts';

const [former, current] = [
  new Secret('the secret of before, long enough'),
  new Secret('a secret, long enough too'),
];
const ctx = {} as Context;
const account = { id: 7, sessionsEpoch: '5', blocked: false } as Account;

let nowMs: number;
let stored: Account | null;
let cookie: { readonly value: string; readonly seconds: number };
beforeEach(() => {
  nowMs = 1_900_000_000_000;
  stored = account;
  cookie = { value: '', seconds: 0 };
});

/** Second steps of an api; by default after no rotation of `SECRET`. */
function stepsWith(keys: ServiceKeyGenerations = deriveServiceKeys(current)): SecondSteps {
  return new SecondSteps({
    cookies: {
      get: () => cookie.value,
      set: (_ctx: Context, _name: string, value: string, seconds: number) => (cookie = { value, seconds }),
    } as unknown as HostCookies,
    accountStore: {
      read: async (id) => (id === 7 && stored ? { account: stored, identities: [] } : null),
    } satisfies Pick<AccountStore, 'read'>,
    keys,
    clock: { nowMs: () => nowMs },
  });
}

test('the first step is known in its browser for ten minutes, by password or provider, and no longer', async () => {
  const steps = stepsWith();
  expect(await steps.read(ctx)).toBeNull();
  steps.begin(ctx, account);
  expect(cookie.seconds).toBe(600);
  nowMs += 599_000;
  expect(await steps.read(ctx)).toEqual({ account, provider: '' });
  nowMs += 1_000;
  expect(await steps.read(ctx)).toBeNull();
  steps.begin(ctx, account, 'corp');
  expect(await steps.read(ctx)).toEqual({ account, provider: 'corp' });
  steps.end(ctx);
  expect(cookie).toEqual({ value: '', seconds: 0 });
});

test('what was told in a ticket cannot be changed, and another SECRET opens none', async () => {
  const steps = stepsWith();
  steps.begin(ctx, account);
  const [endsAt = '', ...rest] = cookie.value.split('.');
  for (const forged of [
    [String(Number(endsAt) + 600), ...rest],
    [endsAt, '8', ...rest.slice(1)],
    [endsAt, '7', '6', ...rest.slice(2)],
    [endsAt, '7', '5', 'corp', ...rest.slice(3)],
    [endsAt, ...rest.slice(0, -1), 'A'.repeat(43)],
  ]) {
    const { value } = cookie;
    cookie = { value: forged.join('.'), seconds: 0 };
    expect(await steps.read(ctx)).toBeNull();
    cookie = { value, seconds: 0 };
  }
  expect(await stepsWith(deriveServiceKeys(former)).read(ctx)).toBeNull();
});

test('a ticket from before a rotation of SECRET is good while SECRET_PREVIOUS is set', async () => {
  stepsWith(deriveServiceKeys(former)).begin(ctx, account);
  expect(await stepsWith(deriveServiceKeys(current, former)).read(ctx)).not.toBeNull();
});

test.each([
  ['its sessions were ended', { ...account, sessionsEpoch: '6' }],
  ['it was blocked', { ...account, blocked: true }],
  ['it is gone', null],
])('a ticket of an account is worth nothing once %s', async (_, now) => {
  const steps = stepsWith();
  steps.begin(ctx, account);
  stored = now;
  expect(await steps.read(ctx)).toBeNull();
});
