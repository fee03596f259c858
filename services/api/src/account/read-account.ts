import type { WireUser } from '@ravi/contract';
import type { Middleware } from 'koa';
import type { Authenticator } from '../access/authenticator.ts';

export interface ReadAccountDeps {
  readonly authenticator: Authenticator;
}

/** `GET /api/auth/user/`, `GET /api/master/`: the account behind the credential. */
export function readAccount({ authenticator }: ReadAccountDeps): Middleware {
  return async (ctx) => {
    const { account } = await authenticator.require(ctx, 'read the account');
    const { id, email, firstName, lastName } = account;
    ctx.set('Cache-Control', 'no-store');
    ctx.body = { id, email, first_name: firstName, last_name: lastName } satisfies WireUser;
  };
}
