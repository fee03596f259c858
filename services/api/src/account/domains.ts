import type { DomainStore } from '@ravi/accounts';
import type { WireDomain } from '@ravi/contract';
import type { Clock } from '@ravi/runtime';
import type { Middleware } from 'koa';
import type { Authenticator } from '../access/authenticator.ts';

export interface ListDomainsDeps {
  readonly authenticator: Authenticator;
  readonly domains: DomainStore;
  readonly clock: Clock;
  readonly identityEmailDomains: readonly string[];
}

/** `GET /api/domains/`: the domains under which identities may have addresses, all the operator's own. */
export function listDomains({
  authenticator,
  domains,
  clock,
  identityEmailDomains,
}: ListDomainsDeps): Middleware {
  return async (ctx) => {
    await authenticator.require(ctx, 'read domains');
    const known = await domains.list(identityEmailDomains, clock.nowMs());
    ctx.set('Cache-Control', 'no-store');
    ctx.body = known.map(({ uuid, domain, createdAt }): WireDomain => ({
      uuid,
      domain,
      is_platform: true,
      is_verified: true,
      created_dt: createdAt,
    }));
  };
}
