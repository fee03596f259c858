import type { Middleware } from 'koa';
import { Problem } from '../http/problem.ts';

/** The steps before a call or form of password accounts: reading the body; or 404 if these accounts are off. */
export function passwordSteps(embeddedAccounts: boolean, readBody: Middleware): readonly Middleware[] {
  return [embeddedAccounts ? readBody : refuse];
}

const refuse: Middleware = () => {
  throw new Problem(
    'not_found',
    'Accounts with e-mail and password are switched off here. Open /signin in a browser and sign in through a provider.',
  );
};
