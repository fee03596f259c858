import type { AccountStore, Identity } from '@ravi/accounts';
import type { ApiKeyStore, GrantStore, StoredApiKey, StoredGrant } from '@ravi/credentials';
import type { Clock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import type { Revocation } from '../../access/revocation.ts';
import type { PasswordAccounts } from '../../people/password-accounts.ts';
import { clientAddress } from '../../http/client-address.ts';
import type { Limits } from '../../limits/limits.ts';
import { personOf } from '../../people/person.ts';
import type { BrowserSessions, SignedIn } from '../../people/browser-sessions.ts';
import type { OAuthClients } from '../../tokens/clients.ts';
import { parseBody } from '../../http/parse-body.ts';
import { seeOther, signInFirst } from '../../pages/see-other.ts';
import { pageTexts, showPage } from '../../pages/show-page.ts';
import { paths } from '../../pages/paths.ts';
import { type ProgramsInput, programsPage, type ShownKey, type ShownProgram } from './programs-page.ts';

/** Programs on one page: the page stays light, however many there are. */
const perPage = 10;

/** What the page of connected programs needs. */
export interface ProgramsPagesDeps {
  readonly sessions: BrowserSessions;
  readonly accountStore: AccountStore;
  readonly grants: GrantStore;
  readonly apiKeys: ApiKeyStore;
  readonly revocation: Revocation;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly passwordAccounts: PasswordAccounts;
  readonly embeddedAccounts: boolean;
  readonly oauthClients: OAuthClients;
}

/** What the page may say of what was just done. */
const doings = ['ended', 'endedAll', 'notMe'] as const;

const formInput = z.object({
  csrf_token: z.string().max(254).catch(''),
  /** What the button that was pressed ends: `all`, or a kind and an id. */
  end: z.string().max(64).catch(''),
});

/** `GET /account/programs`: every login of this person's account that has credentials left. */
export function showPrograms(deps: ProgramsPagesDeps): Middleware {
  const { sessions, accountStore, grants, apiKeys, clock, passwordAccounts, embeddedAccounts, oauthClients } =
    deps;
  return async (ctx) => {
    const signedIn = await sessions.read(ctx);
    if (!signedIn) return signInFirst(ctx, 'programs');
    const { id, email } = signedIn.account;
    const nowMs = clock.nowMs();
    const [owner, held, keys] = await Promise.all([
      accountStore.read(id),
      grants.list(id),
      apiKeys.list(id, nowMs),
    ]);
    const keysOf = Map.groupBy(keys, (key) => key.grantId);
    const alive = held.filter((grant) => grant.state === 'active' || keysOf.has(grant.id)).toReversed();
    const listed = new Set(alive.map((grant) => grant.id));
    const pages = Math.max(1, Math.ceil(alive.length / perPage));
    const page = Math.min(pages, Math.max(1, Number(ctx.query['page']) || 1));
    const done = doings.find((doing) => doing === ctx.query['done']);
    const input: ProgramsInput = {
      csrfToken: sessions.csrfTokenFor(ctx, signedIn),
      account: { email },
      programs: alive
        .slice((page - 1) * perPage, page * perPage)
        .map((grant) =>
          shownProgram(
            grant,
            keysOf.get(grant.id) ?? [],
            owner?.identities ?? [],
            oauthClients.registeredName(grant.clientId),
            nowMs,
          ),
        ),
      otherKeys:
        page === pages
          ? keys.filter((key) => !listed.has(key.grantId)).map((key) => shownKey(key, nowMs))
          : [],
      page,
      pages,
      done,
      hasPassword:
        done === 'notMe' && embeddedAccounts && (await passwordAccounts.hasPassword(signedIn.account)),
    };
    showPage(ctx, 200, programsPage(input, pageTexts(ctx)));
  };
}

/** `POST /account/programs/end`: ends a program, a key or everything, at every api at once. Repeating it changes nothing. */
export function endProgram(deps: ProgramsPagesDeps): Middleware {
  const { sessions, limits } = deps;
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const form = parseBody(formInput, ctx.request.body);
    const signedIn = await sessions.read(ctx);
    if (!signedIn) return signInFirst(ctx, 'programs');
    sessions.requireCsrfToken(ctx, signedIn, form.csrf_token);
    await limits.admitWrite(personOf(sessions, signedIn));
    const [what = '', id = ''] = form.end.split('.');
    const ended = await end(deps, ctx, signedIn, what, id);
    const done = what === 'notMe' ? 'notMe' : what === 'all' ? 'endedAll' : 'ended';
    seeOther(ctx, ended ? `${paths.programs}?done=${done}` : paths.programs);
  };
}

async function end(
  deps: ProgramsPagesDeps,
  ctx: Context,
  { account }: SignedIn,
  what: string,
  id: string,
): Promise<boolean> {
  const { apiKeys, revocation, clock, logger } = deps;
  const by = { userId: account.id, address: clientAddress(ctx) };
  const about = { userId: account.id, requestId: String(ctx.state['requestId']) };
  switch (what) {
    case 'program':
    case 'notMe': {
      const reason = what === 'notMe' ? 'not_me' : 'revoked';
      const ended = await revocation.endGrant(by, id, reason);
      if (ended) logger.warn({ ...about, grantId: id, reason }, 'program ended by its person');
      return ended;
    }
    case 'key': {
      const key = (await apiKeys.list(account.id, clock.nowMs())).find((candidate) => candidate.id === id);
      if (!key) return false;
      logger.info({ ...about, keyId: id }, 'API key revoked by its person');
      return revocation.endKey(by, key, 'revoked');
    }
    case 'all':
      await revocation.endAll(by);
      logger.warn(about, 'all programs ended by their person');
      return true;
    default:
      return false;
  }
}

function shownProgram(
  grant: StoredGrant,
  keys: readonly StoredApiKey[],
  identities: readonly Identity[],
  registeredName: string | null,
  nowMs: number,
): ShownProgram {
  const uses = [grant.lastUsedAtMs, grant.refreshedAtMs, ...keys.map((key) => key.lastUsedAtMs)];
  const lastUseMs = Math.max(...uses.map((use) => use ?? 0));
  const identity = identities.find(({ uuid }) => uuid === grant.identityUuid);
  return {
    id: grant.id,
    name: grant.clientName,
    registeredName: registeredName ?? undefined,
    address: grant.address,
    loggedInSecondsAgo: secondsSince(grant.createdAtMs, nowMs),
    usedSecondsAgo: lastUseMs === 0 ? null : secondsSince(lastUseMs, nowMs),
    identityName: grant.scope === 'identity' ? (identity?.name ?? '') : undefined,
    hasTokens: grant.state === 'active',
    keys: keys.map((key) => shownKey(key, nowMs)),
  };
}

function shownKey({ id, prefix, label, kind, lastUsedAtMs }: StoredApiKey, nowMs: number): ShownKey {
  return {
    id,
    prefix,
    label,
    kind,
    usedSecondsAgo: lastUsedAtMs === null ? null : secondsSince(lastUsedAtMs, nowMs),
  };
}

const secondsSince = (thenMs: number, nowMs: number) => Math.max(0, Math.round((nowMs - thenMs) / 1000));
