import type { Middleware } from 'koa';
import { Problem } from '../http/problem.ts';

/** What comes before a call or form of accounts with a password: reading its body; or, where they are off, 404. */
export function passwordSteps(embeddedAccounts: boolean, readBody: Middleware): readonly Middleware[] {
  return [embeddedAccounts ? readBody : refuse];
}

const refuse: Middleware = () => {
  throw new Problem(
    'not_found',
    'Accounts with e-mail and password are switched off here. Open /signin in a browser and sign in through a provider.',
  );
};
