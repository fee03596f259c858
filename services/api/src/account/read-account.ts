import type { WireOwner, WireUser } from '@ravi/contract';
import type { Context, Middleware } from 'koa';
import type { Authenticator } from '../access/authenticator.ts';
import type { Principal } from '../access/principal.ts';

export interface ReadAccountDeps {
  readonly authenticator: Authenticator;
}

/** `GET /api/auth/user/`: the account behind the credential. */
export function readAccount({ authenticator }: ReadAccountDeps): Middleware {
  return async (ctx) => {
    answer(ctx, userOf(await authenticator.require(ctx, 'read the account')));
  };
}

/** `GET /api/master/`: the account of the credential; a credential for one identity alone learns only the owner's name. */
export function readOwner({ authenticator }: ReadAccountDeps): Middleware {
  return async (ctx) => {
    const caller = await authenticator.require(ctx, "read the owner's name");
    const user = userOf(caller);
    const { first_name, last_name } = user;
    answer(ctx, caller.role === 'identity' ? { first_name, last_name } : user);
  };
}

function userOf({ account }: Principal): WireUser {
  const { id, email, firstName, lastName } = account;
  return { id, email, first_name: firstName, last_name: lastName };
}

function answer(ctx: Context, body: WireOwner): void {
  ctx.set('Cache-Control', 'no-store');
  ctx.body = body;
}
