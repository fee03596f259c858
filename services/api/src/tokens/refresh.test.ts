import type { StoredGrant, TokenClaims } from '@ravi/credentials';
import type { Call } from '../http/call.ts';
import type { Refreshment } from './minting.ts';
import { type PresentedRefreshToken, refresh, type RefreshDeps } from './refresh.ts';

const tokens = { access: 'access', refresh: 'refresh' };
const call = { requestId: 'r', address: '192.0.2.1' } as Call;

/** What is known of the presented token, and what was done. */
let claims: Partial<TokenClaims> | null;
let grant: Partial<StoredGrant> | null;
let refreshment: Refreshment;
let done: string[];
let looks: number;
let notReplicated: Error | null;
beforeEach(() => {
  claims = { client_id: 'moon', grant_id: 'grant', sub: '7', jti: 'jti', seq: 3 };
  grant = { scope: 'account', requestedScope: 'account mail', identityUuid: 'mine', resource: '' };
  refreshment = { kind: 'refreshed', tokens } as unknown as Refreshment;
  [done, looks, notReplicated] = [[], 0, null];
});

function present(more: Omit<Partial<PresentedRefreshToken>, 'client'> = {}, client: object = {}) {
  const deps = {
    tokenVerifier: { verify: async (_: string, kind: string) => (kind === 'refresh' ? claims : null) },
    minting: {
      refresh: async (
        _text: string,
        _claims: TokenClaims,
        how: { keyThumbprint: string; accessScope?: string },
      ) => {
        done.push(`mint ${JSON.stringify(how)}`);
        return refreshment;
      },
    },
    oauthClients: { scopes: ['account', 'identity', 'mail'] },
    credentials: {
      findGrant: async () => {
        looks++;
        return grant;
      },
      noteRefresh: (its: unknown) => void done.push(its === grant ? 'used' : 'another used'),
    },
    revocation: {
      grantEndedByReuse: async (id: string) => {
        done.push(`ended ${id}`);
        if (notReplicated) throw notReplicated;
      },
      grantEndReplicated: async (id: string) => {
        done.push(`had ended ${id}`);
        if (notReplicated) throw notReplicated;
      },
    },
    limits: { admitRefresh: async (id: string, user: number) => void done.push(`admitted ${id} ${user}`) },
    clock: { nowMs: () => 1 },
    logger: { info: () => undefined, warn: () => undefined },
    audit: {
      note: ({ event, grant: of, user, address }: Readonly<Record<string, unknown>>) =>
        void done.push(`audit ${String(event)} ${String(of)} ${String(user)} ${String(address)}`),
    },
  } as unknown as RefreshDeps;
  return refresh(deps, call, {
    text: 'token',
    ...more,
    client: { id: 'moon', keyThumbprint: '', ...client },
  });
}

const admitted = 'admitted grant 7';
const minted = 'mint {"keyThumbprint":""}';

test('a pair is minted within the limits of its login and account, and noted', async () => {
  expect(await present()).toEqual({ kind: 'refreshed', tokens });
  expect(done).toEqual([admitted, minted, 'used', 'audit refreshed grant 7 192.0.2.1']);
  // Whether it still stands, while the pair is minted.
  expect(looks).toBe(1);
});

test('a token that is none, another client’s, or bound to a key that was not proven asks nobody', async () => {
  expect(await present({}, { id: 'sun' })).toEqual({ kind: 'invalid' });
  claims = { ...claims, cnf: { jkt: 'a-key' } };
  expect(await present()).toEqual({ kind: 'unproven' });
  expect(await present({}, { keyThumbprint: 'another' })).toEqual({ kind: 'unproven' });
  claims = null;
  expect(await present()).toEqual({ kind: 'invalid' });
  expect(done).toEqual([]);
});

test('the tokens are bound to the key that was proven', async () => {
  claims = { ...claims, cnf: { jkt: 'a-key' } };
  expect((await present({}, { keyThumbprint: 'a-key' })).kind).toBe('refreshed');
  expect(done).toContain('mint {"keyThumbprint":"a-key"}');
});

test('an access token is narrowed as was asked; more, or another service, than was granted is refused before anything is written', async () => {
  expect((await present({ scope: 'identity' })).kind).toBe('refreshed');
  expect(done).toContain('mint {"keyThumbprint":"","accessScope":"identity"}');
  done = [];
  expect((await present({ scope: 'account mail' })).kind).toBe('refreshed');
  expect((await present({}, { resource: '' })).kind).toBe('refreshed');
  expect(done.filter((step) => step.startsWith('mint'))).toEqual([minted, minted]);
  done = [];
  expect(await present({ scope: 'account' }, { resource: 'https://mail.example.com' })).toEqual({
    kind: 'otherResource',
  });
  grant = { ...grant, scope: 'identity', requestedScope: '' };
  expect(await present({ scope: 'account' })).toEqual({ kind: 'otherScope' });
  expect(done).toEqual([admitted, admitted]);
});

test('of a login that has ended the refresh itself tells, whatever else was asked for', async () => {
  grant = null;
  refreshment = { kind: 'ended' };
  for (const asked of [{}, { scope: 'account' }]) expect(await present(asked)).toEqual({ kind: 'invalid' });
  expect(await present({}, { resource: 'https://mail.example.com' })).toEqual({ kind: 'invalid' });
  refreshment = { kind: 'unknown' };
  expect(await present()).toEqual({ kind: 'invalid' });
  // All grants of the account ended: the record of the login does not say so.
  refreshment = { kind: 'refreshed', tokens } as unknown as Refreshment;
  expect(await present()).toEqual({ kind: 'invalid' });
  expect(done.filter((step) => /^audit|used$/.test(step))).toEqual([]);
});

test('a token that was used before is noted, and its login cleared', async () => {
  refreshment = { kind: 'reused' };
  expect(await present()).toEqual({ kind: 'reused' });
  expect(done).toEqual([admitted, minted, 'audit reuse_detected grant 7 192.0.2.1', 'ended grant']);
});

test('while too few replicas know that a copied token ended its login, nobody is told that it has ended', async () => {
  refreshment = { kind: 'reused' };
  notReplicated = new Error('Too few replicas.');
  await expect(present()).rejects.toBe(notReplicated);
  // Nor by the same token once more.
  refreshment = { kind: 'ended' };
  await expect(present()).rejects.toBe(notReplicated);
  notReplicated = null;
  expect(await present()).toEqual({ kind: 'invalid' });
});
