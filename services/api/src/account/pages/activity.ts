import type { AuditReader, AuditRecord } from '@ravi/audit';
import type { GrantStore } from '@ravi/credentials';
import type { PastDecisions } from '@ravi/device-login';
import type { Clock } from '@ravi/runtime';
import type { Middleware } from 'koa';
import type { Limits } from '../../limits/limits.ts';
import { signInFirst } from '../../pages/see-other.ts';
import { pageTexts, showPageUncompressed } from '../../pages/show-page.ts';
import type { BrowserSessions } from '../../people/browser-sessions.ts';
import type { OAuthClients } from '../../tokens/clients.ts';
import { activityPage, type ShownEvent, type ShownEventName } from './activity-page.ts';

export interface ActivityPagesDeps {
  readonly sessions: BrowserSessions;
  readonly auditReader: AuditReader;
  readonly limits: Pick<Limits, 'admitActivityLook'>;
  readonly grants: GrantStore;
  readonly pastDecisions: Pick<PastDecisions, 'all'>;
  readonly oauthClients: OAuthClients;
  readonly clock: Clock;
}

/** What a failed sign-in means for the person, by its reason, where that is more than a failure. */
const failures: Readonly<Record<string, ShownEvent['failure']>> = {
  wrong_second_factor: 'passwordKnown',
  wrong_current_password: 'wrongOwnPassword',
};

const shownMs = 30 * 86_400_000;
const perPage = 50;

/** `GET /account/activity`: the events of this account in the audit log, page by page, of the last 30 days. */
export function showActivity(deps: ActivityPagesDeps): Middleware {
  const { sessions, auditReader, limits, clock } = deps;
  return async (ctx) => {
    const signedIn = await sessions.read(ctx);
    if (!signedIn) return signInFirst(ctx, 'activity');
    const { id, email } = signedIn.account;
    await limits.admitActivityLook(id);
    const nowMs = clock.nowMs();
    const { before } = ctx.query;
    const position = typeof before === 'string' && /^\d{1,15}-\d{1,10}$/.test(before) ? before : '+';
    const window = { sinceMs: nowMs - shownMs, count: perPage };
    const { entries, next } = await auditReader.aboutBefore(id, position, window);
    const texts = pageTexts(ctx);
    const records = entries.flatMap(({ record }) =>
      Object.hasOwn(texts.activity.events, record.event) ? [record] : [],
    );
    const names = await programNames(records, id, deps);
    const events = records.map((record): ShownEvent => ({
      // The others are filtered out above.
      event: record.event as ShownEventName,
      secondsAgo: Math.max(0, Math.round((nowMs - Date.parse(record.at)) / 1000)),
      address: 'address' in record ? record.address : undefined,
      about: nameOf(record, names),
      failure: record.event === 'sign_in_failed' ? failures[record.reason] : undefined,
      factor: 'factor' in record ? record.factor : undefined,
      byOperator: 'by' in record,
    }));
    const csrfToken = sessions.csrfTokenFor(ctx, signedIn);
    showPageUncompressed(ctx, 200, activityPage({ csrfToken, account: { email }, events, next }, texts));
  };
}

const grantOf = (record: AuditRecord) => ('grant' in record ? record.grant : undefined);

/** The program that an event is about, if it is known: what it called itself when its human decided, or the client that it logged in as. */
function nameOf(record: AuditRecord, names: ReadonlyMap<string, string>): string | undefined {
  const grant = grantOf(record);
  if (grant !== undefined) return names.get(grant);
  if (record.event === 'denied') return record.client;
  return record.event === 'approved' ? names.get(record.login) : undefined;
}

/**
 * The names of the account's programs, by their grants and logins: ended ones too, and those that never came. One that is forgotten is
 * known by these records alone.
 */
async function programNames(
  records: readonly AuditRecord[],
  userId: number,
  { grants, pastDecisions, oauthClients }: ActivityPagesDeps,
): Promise<ReadonlyMap<string, string>> {
  const ids = new Set(records.map(grantOf).filter((id) => id !== undefined));
  const found = await Promise.all(Array.from(ids, (id) => grants.find(id)));
  const names = new Map(
    found.flatMap((grant) =>
      grant?.userId === userId
        ? [[grant.id, oauthClients.registeredName(grant.clientId) ?? grant.clientName] as const]
        : [],
    ),
  );
  for (const record of records) {
    if (record.event !== 'redeemed') continue;
    const name = names.get(record.grant) ?? record.client;
    names.set(record.login, name).set(record.grant, name);
  }
  if (records.some((record) => record.event === 'approved' && !names.has(record.login))) {
    for (const { loginId, clientId, clientName } of await pastDecisions.all(userId))
      if (!names.has(loginId)) names.set(loginId, oauthClients.registeredName(clientId) ?? clientName);
  }
  return names;
}
