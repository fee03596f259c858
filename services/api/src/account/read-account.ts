import type { AccountStore } from '@ravi/accounts';
import type { WireUser } from '@ravi/contract';
import type { Middleware } from 'koa';
import type { Authenticator } from '../access/authenticator.ts';
import { Problem } from '../http/problem.ts';

export interface ReadAccountDeps {
  readonly authenticator: Authenticator;
  readonly accountStore: AccountStore;
}

/** `GET /api/auth/user/`, `GET /api/master/`: the account behind the credential. */
export function readAccount({ authenticator, accountStore }: ReadAccountDeps): Middleware {
  return async (ctx) => {
    const { userId } = await authenticator.require(ctx, 'read the account');
    const owner = await accountStore.read(userId);
    if (!owner) throw new Problem('not_found', 'The account is gone.');
    const { id, email, firstName, lastName } = owner.account;
    ctx.set('Cache-Control', 'no-store');
    ctx.body = { id, email, first_name: firstName, last_name: lastName } satisfies WireUser;
  };
}
