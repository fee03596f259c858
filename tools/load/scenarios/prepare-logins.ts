import type { Login } from '../measuring/ledger.ts';
import { closedLoop } from './closed-loop.ts';
import { startLogin } from './login-steps.ts';
import type { Run } from './run.ts';

/** Starts this process's share of logins. Those that fail are missing from the result, and in the ledger. */
export async function prepareLogins(run: Run): Promise<Login[]> {
  const logins: Login[] = [];
  let begun = 0;
  await closedLoop(run.share.connections, Number.POSITIVE_INFINITY, run.stopping, () => {
    if (begun >= run.share.clients) return null;
    begun++;
    return startLogin(run).then((login) => {
      if (login !== null) logins.push(login);
    });
  });
  return logins;
}
