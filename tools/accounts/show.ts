import type { AccountWithIdentities } from '@ravi/accounts';
import type { Operator } from './operator.ts';
import { factorData, loginData, signInOf, viewOf } from './person-data.ts';
import { type CommandResult, done, moment, plain } from './result.ts';

/** Logins that are shown: those used last. */
const shownLogins = 10;

/** What there is of an account: itself, its identities, open sessions, and how many logins and keys it has. */
export async function showAccount(operator: Operator, owner: AccountWithIdentities): Promise<CommandResult> {
  const { accounts, factors, sessions, grants, apiKeys, clock, note, by } = operator;
  const { account, identities } = owner;
  await note({ event: 'account_shown', user: account.id, by });
  const view = viewOf(account, identities);
  const nowMs = clock.nowMs();
  const first = { offset: 0, count: 1 };
  const [signsInBy, secondFactors, open, logins, management, identity] = await Promise.all([
    signInOf(accounts, account),
    factors.read(account.id).then(factorData),
    sessions.list(account.id, nowMs),
    grants.page(view, { offset: 0, count: shownLogins }, nowMs),
    apiKeys.page(view, 'management', first, nowMs),
    apiKeys.page(view, 'identity', first, nowMs),
  ]);
  const { id, email, emailVerified, firstName, lastName, blocked } = account;
  const keys = management.total + identity.total;
  const text = [
    `${id}  ${plain(email)}  ${plain(`${firstName} ${lastName}`.trim())}`,
    blocked ? 'blocked: nobody signs in' : `signs in by ${signsInBy}`,
    emailVerified ? 'the e-mail address is confirmed' : 'nobody confirmed the e-mail address',
    factorLine(secondFactors),
    `identities: ${identities.length}`,
    ...identities.map(({ name, email: address }) => `  ${plain(address)}  ${plain(name)}`),
    `sessions: ${open.length}`,
    ...open.map(({ address, startedAtMs }) => `  ${moment(startedAtMs)}  ${address}`),
    `logins: ${logins.total}${logins.total > shownLogins ? `, the last used ${shownLogins}:` : ''}`,
    ...logins.entries.map(
      (grant) =>
        `  ${moment(grant.lastUsedAtMs ?? grant.createdAtMs)}  ${grant.address}  ${plain(grant.clientName)}`,
    ),
    `API keys: ${keys}`,
  ];
  return done(text.join('\n'), {
    id,
    email,
    emailVerified,
    firstName,
    lastName,
    blocked,
    signsInBy,
    secondFactors,
    identities,
    sessions: open.map(({ address, userAgent, startedAtMs }) => ({
      address,
      userAgent,
      startedAt: new Date(startedAtMs).toISOString(),
    })),
    logins: { total: logins.total, lastUsed: logins.entries.map(loginData) },
    apiKeys: { management: management.total, identity: identity.total },
  });
}

function factorLine({
  authenticatorApp,
  passkeys,
  recoveryCodesLeft,
}: ReturnType<typeof factorData>): string {
  const told = [
    ...(authenticatorApp === null ? [] : ['an authenticator app']),
    ...passkeys.map(({ name }) => `the passkey "${plain(name)}"`),
  ];
  return told.length === 0
    ? 'no second factor'
    : `second factors: ${told.join(', ')}; ${recoveryCodesLeft} recovery codes left`;
}
