import type { LoginBench, StoredLogin } from './logins.ts';

/** The lease of the request that collects, and the account that decides. */
export const lease = 'the-lease';
export const owner = 7;

/** How a login of this bench comes into each state. */
export function statesOn(bench: () => LoginBench) {
  const states = {
    pending: async (_login: StoredLogin) => undefined,
    approved: ({ deviceCode }: StoredLogin) => bench().store.approve(deviceCode.loginId, owner, ''),
    denied: ({ deviceCode }: StoredLogin) => bench().store.deny(deviceCode.loginId, owner),
    aborted: async (login: StoredLogin) => {
      await states.approved(login);
      return bench().store.abort(login.deviceCode.loginId);
    },
    issued: async (login: StoredLogin) => {
      await states.approved(login);
      return bench().store.settle(login.deviceCode.loginId, 'sealed');
    },
    leased: async (login: StoredLogin) => {
      await states.issued(login);
      await bench().redeem(login, { kind: 'poll' }, lease);
      // For as long as a test takes, on a busy machine too.
      await bench().redis.hset(bench().keyOf(login), 'leased_until', Date.now() + 600_000);
    },
    lapsed: async (login: StoredLogin) => {
      await states.leased(login);
      return bench().lapseLease(login);
    },
    redeemed: async (login: StoredLogin) => {
      await states.leased(login);
      return bench().store.complete(login.deviceCode.loginId, lease);
    },
    expired: (login: StoredLogin) => bench().expire(login),
    gone: (login: StoredLogin) => bench().redis.del(bench().keyOf(login)),
  } satisfies Record<string, (login: StoredLogin) => Promise<unknown>>;
  return states;
}
