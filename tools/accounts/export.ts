import type { AccountWithIdentities } from '@ravi/accounts';
import type { AuditRecord } from '@ravi/audit';
import type { Operator } from './operator.ts';
import {
  everyEntry,
  everyKey,
  factorData,
  keyData,
  loginData,
  providerData,
  signInOf,
  viewOf,
} from './person-data.ts';
import { type CommandResult, done } from './result.ts';

/**
 * All that is stored about a person, for the person, without what opens or proves something, such as hashes of passwords, keys and
 * sessions. Read in small parts, the audit log as far back as it goes.
 */
export async function exportAccount(
  operator: Operator,
  owner: AccountWithIdentities,
): Promise<CommandResult> {
  const { accounts, factors, linked, sessions, grants, clock, note, by } = operator;
  const { account, identities } = owner;
  const { id, email, emailVerified, firstName, lastName, blocked, language } = account;
  await note({ event: 'account_exported', user: id, by });
  const view = viewOf(account, identities);
  const open = await sessions.list(id, clock.nowMs());
  const document = {
    exportedAt: new Date(clock.nowMs()).toISOString(),
    account: {
      id,
      email,
      emailVerified,
      firstName,
      lastName,
      blocked,
      language,
      createdAt: new Date((await accounts.createdAtMs(id)) ?? 0).toISOString(),
      signsInBy: await signInOf(accounts, account),
    },
    secondFactors: factorData(await factors.read(id)),
    providers: (await linked.links(id)).map(providerData),
    identities,
    keptBackAddresses: await accounts.givenUpAddresses(id),
    sessions: open.map(({ address, userAgent, startedAtMs }) => ({
      address,
      userAgent,
      startedAt: new Date(startedAtMs).toISOString(),
    })),
    logins: (await collect(everyEntry((request) => grants.page(view, request, clock.nowMs())))).map(
      loginData,
    ),
    apiKeys: (await collect(everyKey(operator, view))).map(keyData),
    events: await collect(eventsOf(operator, id)),
  };
  return done(JSON.stringify(document, null, 2), document);
}

async function collect<Entry>(entries: AsyncIterable<Entry>): Promise<Entry[]> {
  const all: Entry[] = [];
  for await (const entry of entries) all.push(entry);
  return all;
}

async function* eventsOf({ auditReader }: Operator, userId: number): AsyncGenerator<AuditRecord> {
  for (let position = '0'; ;) {
    const entries = await auditReader.after(position);
    for (const { record } of entries) if ('user' in record && record.user === userId) yield record;
    const last = entries.at(-1);
    if (last === undefined) return;
    position = last.position;
  }
}
