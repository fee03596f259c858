import {
  hashMintSecret,
  type MintId,
  type MintState,
  type MintStore,
  type NewMint,
  refreshMintId,
  type RefreshBeginning,
  type UnmintedKey,
} from '@ravi/credentials';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { sealResult, unwrapResultKey } from '@ravi/sealing';
import type { IssuanceQueue } from '../issuance/queue.ts';
import { Minting } from './minting.ts';

const keys = deriveServiceKeys(new Secret('a secret of a test that is long enough'));
const token = 'a refresh token';
const claims = { grant_id: 'grant', jti: 'jti', seq: 3 };
const mintId = refreshMintId('grant', hashMintSecret(Buffer.from(token)));
const pair = { access: 'access', refresh: 'refresh' };
const record = { kind: 'management', userId: 7 } as unknown as UnmintedKey;

/** What Redis and the queue say next. */
let begun: RefreshBeginning;
let state: MintState;
let withdrawn: string | null;
let queueFails: boolean;
let asked: { readonly mint: NewMint; readonly request: unknown } | null;
let steps: string[];
let minting: Minting;
beforeEach(() => {
  jest.useFakeTimers();
  [begun, state, withdrawn] = [{ kind: 'pending' }, { kind: 'open' }, null];
  [queueFails, asked, steps] = [false, null, []];
  const mints = {
    beginRefresh: async (mint: NewMint, request: unknown) => {
      asked = { mint, request };
      return begun;
    },
    beginKey: async (mint: NewMint, request: unknown) => void (asked = { mint, request }),
    check: async () => {
      steps.push('check');
      return state;
    },
    withdraw: async () => {
      steps.push('withdraw');
      return withdrawn;
    },
    replicated: async () => void steps.push('replicated'),
  } as unknown as MintStore;
  const queue = {
    addMint: async () => {
      steps.push('add');
      if (queueFails) throw new Error('the queue is away');
    },
    addMintAgain: async () => void steps.push('add again'),
  } as unknown as IssuanceQueue;
  minting = new Minting({ mints, queue, keys, instance: 'this' });
});
afterEach(() => {
  const left = jest.getTimerCount();
  jest.useRealTimers();
  if (left > 0) throw new Error(`Timers are left: ${left}.`);
});

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

/** What an issuer makes of the request: only whoever asked opens it. */
function sealed(answer: object): string {
  const mint = asked?.mint;
  if (mint === undefined) throw new Error('Nothing was asked for.');
  const key = unwrapResultKey(mint.wrappedKey, mint.mintId, mint.secretHash, keys);
  if (key === null) throw new Error('The key does not open.');
  return sealResult(JSON.stringify(answer), mint.mintId, key);
}

/** Asks for the pair; an error is told by its message. */
const refresh = (options?: Parameters<Minting['refresh']>[2]) =>
  minting.refresh(token, claims, options).catch((error: unknown) => String(error));

test('the request names the token, the key to which the pair is bound, and the scope, and is answered once it is served', async () => {
  const refreshing = refresh({ keyThumbprint: 'thumb', accessScope: 'identity' });
  await pass(0);
  expect(asked?.mint).toMatchObject({ mintId, instance: 'this' });
  expect(asked?.request).toEqual({
    kind: 'refresh',
    jti: 'jti',
    seq: 3,
    keyThumbprint: 'thumb',
    accessScope: 'identity',
  });
  state = { kind: 'settled', sealed: sealed(pair) };
  minting.onWakeup('another');
  await pass(0);
  expect(steps).toEqual(['add']);
  minting.onWakeup(mintId);
  expect(await refreshing).toEqual({ kind: 'refreshed', tokens: pair });
  expect(steps).toEqual(['add', 'check', 'replicated']);
});

test.each(['reused', 'ended', 'unknown'] as const)('a token that is %s asks no issuer', async (kind) => {
  begun = kind === 'reused' ? { kind, userId: 7 } : { kind };
  expect(await refresh()).toEqual({ kind });
  expect(steps).toEqual([]);
});

test('a token that is presented again gets the pair that is there', async () => {
  const first = refresh();
  await pass(0);
  begun = { kind: 'settled', sealed: sealed(pair) };
  expect(await refresh()).toEqual({ kind: 'refreshed', tokens: pair });
  state = { kind: 'refused' };
  minting.onWakeup(mintId);
  // Its login ended meanwhile.
  expect(await first).toEqual({ kind: 'ended' });
});

test('a lost wake-up or job costs a second: the answer is looked for, and the job added again', async () => {
  const refreshing = refresh();
  await pass(999);
  expect(steps).toEqual(['add']);
  await pass(1_001);
  expect(steps).toEqual(['add', 'check', 'add again', 'check', 'add again']);
  state = { kind: 'settled', sealed: sealed(pair) };
  await pass(1_000);
  expect(await refreshing).toEqual({ kind: 'refreshed', tokens: pair });
});

test('a request that no issuer serves within five seconds is withdrawn and told so; one that is served just then is answered', async () => {
  const refused = minting.refresh(token, claims).catch((error: unknown) => error);
  await pass(4_999);
  expect(steps).not.toContain('withdraw');
  await pass(1);
  expect(await refused).toMatchObject({
    message: expect.stringContaining('No issuer is available'),
    retryAfterSeconds: 5,
  });
  expect(steps.at(-1)).toBe('withdraw');
  const served = refresh();
  await pass(0);
  withdrawn = sealed(pair);
  await pass(5_000);
  expect(await served).toEqual({ kind: 'refreshed', tokens: pair });
});

test('where the queue fails nothing is left to be served, and what was served all the same is handed over', async () => {
  queueFails = true;
  expect(await refresh()).toContain('the queue is away');
  expect(steps).toEqual(['add', 'withdraw']);
  withdrawn = sealed(pair);
  expect(await refresh()).toEqual({ kind: 'refreshed', tokens: pair });
});

test('a new key has a request of its own, is opened by whoever asked, and is told to be unavailable where there is none', async () => {
  const making = minting.createKey(record);
  await pass(0);
  expect(asked?.request).toEqual({ kind: 'key', record });
  const { mintId: id } = asked?.mint ?? { mintId: '' as MintId };
  state = { kind: 'settled', sealed: sealed({ key: 'ravi_mgmt_x' }) };
  minting.onWakeup(id);
  expect(await making).toEqual({ key: 'ravi_mgmt_x' });
  const again = minting.createKey(record).catch((error: unknown) => String(error));
  await pass(0);
  expect(asked?.mint.mintId).not.toBe(id);
  state = { kind: 'refused' };
  minting.onWakeup(asked?.mint.mintId ?? '');
  expect(await again).toContain('No issuer is available');
});
