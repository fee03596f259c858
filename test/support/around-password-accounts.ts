import { systemClock } from '@ravi/runtime';
import type { PasswordAccountsDeps } from '../../services/api/src/people/password-accounts.ts';
import { PasswordPolicy } from '../../services/api/src/people/password-policy.ts';

const guess = { wrong: async () => undefined, takeBack: async () => undefined };

/** What sign-up and sign-in by password need beside the accounts, in a test that is not about it: no limits, and no log. */
export const aroundPasswordAccounts = {
  limits: {
    admitSignUp: async () => undefined,
    refuseHopelessSignIn: () => undefined,
    admitSignIn: async () => guess,
  },
  clock: systemClock,
  audit: { note: () => undefined },
  identityEmailDomain: 'agents.example.com',
  toldOnce: { claim: async () => true, isClaimed: async () => true },
  passwordPolicy: new PasswordPolicy({ alone: 15, withSecondFactor: 8 }, 'https://login.example.com', 'Ravi'),
} satisfies Partial<PasswordAccountsDeps>;
