import { type FoldedUserCode, generateUserCode, type Progress } from '@ravi/device-login';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import type { Middleware } from 'koa';
import { servedAlone } from '../../../../test/support/served-alone.ts';
import type { Routes } from '../http/routes.ts';
import { HeldWaits } from './held-waits.ts';
import { createLogin, type LoginDeps, type LoginSettings } from './index.ts';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** The feature, with nothing around it but an account that is signed in and logins that stay as they are. */
function open(settings: Partial<LoginSettings> = {}) {
  let visitors = 0;
  // Each visit is another person's.
  const sessions = {
    requireSameOrigin: () => undefined,
    read: async () => ({ account: { id: ++visitors } }),
  };
  return createLogin({
    access: {},
    people: { sessions },
    tokens: { grantTypes: { register: () => undefined } },
    logins: { watch: async (): Promise<Progress> => 'waiting' },
    keys: deriveServiceKeys(new Secret('a secret of a test that is long enough')),
    metrics: {},
    settings: {
      recheckSeconds: 1_000,
      pollIntervalSeconds: 5,
      longPollDefaultSeconds: 50,
      longPollMaxSeconds: 120,
      maxHeldWaits: 10,
      identityEmailDomains: ['agents.test'],
      publicUrl: 'https://login.example.com',
      ...settings,
    },
  } as unknown as LoginDeps);
}

test('held logins are looked through as often as RECHECK_SECONDS says', () => {
  const login = open();
  // A sweep is spread over the second half of its time, which is a fifth more or less. The next one is planned once it is over.
  jest.advanceTimersByTime(399_999);
  expect(jest.getTimerCount()).toBe(1);
  jest.advanceTimersByTime(200_001);
  expect(jest.getTimerCount()).toBe(0);
  login.stopHolding?.();
});

test('where wake-ups may have been lost, held logins are looked through at once', () => {
  const login = open();
  const own = Object.getOwnPropertyDescriptor(HeldWaits.prototype, 'sweep') ?? {};
  const spreads: number[] = [];
  HeldWaits.prototype.sweep = async (spreadMs) => void spreads.push(spreadMs);
  try {
    login.onGap();
    expect(spreads).toEqual([0]);
  } finally {
    Object.defineProperty(HeldWaits.prototype, 'sweep', own);
    login.stopHolding?.();
  }
});

/** The page that follows a login. */
function followedBy(login: ReturnType<typeof createLogin>): Middleware {
  const mounted = new Map<string, Middleware>();
  const router = {
    get: (path: string, serve: Middleware) => mounted.set(path, serve),
    post: () => undefined,
  };
  login.mount({ call: () => undefined, router } as unknown as Routes);
  const follow = mounted.get('/api/auth/device/status');
  if (follow === undefined) throw new Error('There is no such page.');
  return follow;
}

/** Opens the page that follows a login; resolves to how long it was held, in seconds. */
async function heldFor(code: FoldedUserCode, longPollMaxSeconds: number): Promise<number> {
  const login = open({ longPollMaxSeconds });
  const follow = followedBy(login);
  const beganMs = Date.now();
  const held = servedAlone(follow, { url: `/?user_code=${code}` }).then(() => Date.now() - beganMs);
  await jest.advanceTimersByTimeAsync(200_000);
  login.stopHolding?.();
  return Math.round((await held) / 1_000);
}

test('a page that follows a login is held for 25 seconds, as any proxy allows, or for less where the operator says so', async () => {
  const code = generateUserCode();
  expect(await heldFor(code, 120)).toBe(25);
  expect(await heldFor(code, 10)).toBe(10);
});

test('pages get a tenth as many places as programs: with more of them open, each further one is told to ask again', async () => {
  const login = open({ maxHeldWaits: 25 });
  const [follow, url] = [followedBy(login), `/?user_code=${generateUserCode()}`];
  const pages = [1, 2, 3, 4].map(() => servedAlone(follow, { url }));
  await jest.advanceTimersByTimeAsync(1_000);
  expect(login.watchedNow).toBe(3);
  login.stopHolding?.();
  const again = (await Promise.all(pages)).map(({ header }) => header('Retry-After'));
  expect(again.filter(Boolean)).toEqual(['5']);
});
