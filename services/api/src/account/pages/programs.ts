import type { AccountStore, Identity } from '@ravi/accounts';
import type { ApiKeyStore, GrantStore, Lifetimes, StoredApiKey, StoredGrant } from '@ravi/credentials';
import type { Clock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import type { Revocation } from '../../access/revocation.ts';
import type { PasswordAccounts } from '../../people/password-accounts.ts';
import { clientAddress } from '../../http/client-address.ts';
import type { Limits } from '../../limits/limits.ts';
import { signsInWithPassword } from '../../people/signs-in-with-password.ts';
import { writingPerson } from '../../people/writing-person.ts';
import type { BrowserSessions, SignedIn } from '../../people/browser-sessions.ts';
import type { OAuthClients } from '../../tokens/clients.ts';
import { parseBody } from '../../http/parse-body.ts';
import { Problem } from '../../http/problem.ts';
import { seeOther, signInFirst } from '../../pages/see-other.ts';
import { pageTexts, showPageUncompressed } from '../../pages/show-page.ts';
import { paths } from '../../pages/paths.ts';
import { searchPrograms, searchWords } from '../program-search.ts';
import {
  pagePath,
  type ProgramsInput,
  programsPage,
  type ShownKey,
  type ShownProgram,
} from './programs-page.ts';

/** Programs on one page, however many there are. */
const perPage = 50;

export interface ProgramsPagesDeps {
  readonly sessions: BrowserSessions;
  readonly accountStore: AccountStore;
  readonly grants: GrantStore;
  readonly apiKeys: ApiKeyStore;
  readonly revocation: Revocation;
  readonly limits: Limits;
  readonly lifetimes: Lifetimes;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly passwordAccounts: PasswordAccounts;
  readonly embeddedAccounts: boolean;
  readonly oauthClients: OAuthClients;
}

/** What the page may say of what was just done. */
const notices = ['ended', 'endedAll', 'notMe'] as const;

const formInput = z.object({
  csrf_token: z.string().max(254).catch(''),
  /** What the button that was pressed ends: `all`, or a word and the id of a program. */
  end: z.string().max(64).catch(''),
  /** Where the person was; empty for the first page of all programs. */
  page: z
    .string()
    .regex(/^\d{1,6}$/)
    .catch(''),
  name: z.string().max(254).catch(''),
});

/** `GET /account/programs`: every login of this person's account that has credentials left; with `name`, those that are called so. */
export function showPrograms(deps: ProgramsPagesDeps): Middleware {
  const { sessions, accountStore, grants, apiKeys, clock, oauthClients } = deps;
  const programIdleMs = deps.lifetimes.programsEndUnused ? deps.lifetimes.programIdleMs : null;
  return async (ctx) => {
    const signedIn = await sessions.read(ctx);
    if (!signedIn) return signInFirst(ctx, 'programs');
    const { id, email } = signedIn.account;
    const nowMs = clock.nowMs();
    const owner = await accountStore.read(id);
    if (!owner) return signInFirst(ctx, 'programs');
    const { account, identities } = owner;
    const view = { id, epoch: account.epoch, identityUuids: new Set(identities.map(({ uuid }) => uuid)) };
    const search = searchWords(ctx.query['name']);
    const page = Math.min(100_000, Math.max(1, Math.floor(Number(ctx.query['page'])) || 1));
    const done = notices.find((notice) => notice === ctx.query['done']);
    const request = { offset: (page - 1) * perPage, count: perPage };
    const listing =
      search === '' ? grants.page(view, request, nowMs) : searchPrograms(deps, view, search, request, nowMs);
    const [listed, made] = await Promise.all([
      done === undefined ? listing : listing.catch(nullWhereRefused),
      apiKeys.made(view, nowMs),
    ]);
    // Whoever ended many programs within a search is told of the last one, too.
    if (listed === null) return seeOther(ctx, pagePath(1, '', doneFields(done, ctx.query['program'])));
    const pages = Math.max(1, Math.ceil(listed.total / perPage));
    // As once the programs of the last page have ended.
    if (page > pages) return seeOther(ctx, pagePath(pages, search, doneFields(done, ctx.query['program'])));
    const madeOf = Map.groupBy(made, (key) => key.grantId);
    const programs = await Promise.all(
      listed.entries.map(async (grant) => {
        const brought = await Promise.all(grant.keyIds.map((keyId) => apiKeys.findAlive(view, keyId, nowMs)));
        const keys = [...brought.filter((key) => key !== null), ...(madeOf.get(grant.id) ?? [])];
        const registeredName = oauthClients.registeredName(grant.clientId);
        return shownProgram({ grant, keys, identities, registeredName, programIdleMs, nowMs });
      }),
    );
    const input: ProgramsInput = {
      csrfToken: sessions.csrfTokenFor(ctx, signedIn),
      account: { email },
      programs,
      page,
      pages,
      search,
      done,
      endedName: done && (await endedName(deps, id, ctx.query['program'])),
      hasPassword: done === 'notMe' && (await signsInWithPassword(deps, signedIn.account)),
    };
    showPageUncompressed(ctx, 200, programsPage(input, pageTexts(ctx)));
  };
}

/** Null for a search that is one too many; throws any other error again. */
function nullWhereRefused(error: unknown): null {
  if (error instanceof Problem && error.code === 'rate_limited') return null;
  throw error;
}

/** The fields of the address of this page that say what was just done. */
function doneFields(done: ProgramsInput['done'], program: unknown): Record<string, string> {
  if (done === undefined) return {};
  return typeof program === 'string' ? { done, program } : { done };
}

/** The name of a program of this account that has ended; undefined for any other, and once it is forgotten. */
async function endedName(
  { grants, oauthClients }: Pick<ProgramsPagesDeps, 'grants' | 'oauthClients'>,
  userId: number,
  grantId: unknown,
): Promise<string | undefined> {
  if (typeof grantId !== 'string' || !/^[\w-]{1,64}$/.test(grantId)) return undefined;
  const grant = await grants.find(grantId);
  if (grant?.userId !== userId || grant.state !== 'ended') return undefined;
  return oauthClients.registeredName(grant.clientId) ?? grant.clientName;
}

/** `POST /account/programs/end`: ends a program or everything, at every api at once, and leads back to where that was. Repeating it changes nothing. */
export function endProgram(deps: ProgramsPagesDeps): Middleware {
  const { sessions, limits } = deps;
  return async (ctx) => {
    sessions.requireSameOrigin(ctx);
    const form = parseBody(formInput, ctx.request.body);
    const signedIn = await sessions.read(ctx);
    if (!signedIn) return signInFirst(ctx, 'programs');
    sessions.requireCsrfToken(ctx, signedIn, form.csrf_token);
    await limits.admitWrite(writingPerson(sessions, signedIn));
    const [what = '', id = ''] = form.end.split('.');
    const ended = await end(deps, ctx, signedIn, what, id);
    const done = what === 'notMe' ? 'notMe' : what === 'all' ? 'endedAll' : 'ended';
    const fields = doneFields(ended ? done : undefined, done === 'endedAll' ? undefined : id);
    if (form.page !== '') return seeOther(ctx, pagePath(Number(form.page), searchWords(form.name), fields));
    const query = new URLSearchParams(fields).toString();
    seeOther(ctx, query === '' ? paths.programs : `${paths.programs}?${query}`);
  };
}

async function end(
  deps: ProgramsPagesDeps,
  ctx: Context,
  { account }: SignedIn,
  what: string,
  id: string,
): Promise<boolean> {
  const { revocation, logger } = deps;
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
    case 'all':
      await revocation.endAll(by);
      logger.warn(about, 'all programs ended by their person');
      return true;
    default:
      return false;
  }
}

function shownProgram(program: {
  readonly grant: StoredGrant;
  readonly keys: readonly StoredApiKey[];
  readonly identities: readonly Identity[];
  readonly registeredName: string | null;
  readonly programIdleMs: number | null;
  readonly nowMs: number;
}): ShownProgram {
  const { grant, keys, identities, registeredName, programIdleMs, nowMs } = program;
  const uses = [grant.lastUsedAtMs, grant.refreshedAtMs, ...keys.map((key) => key.lastUsedAtMs)];
  const lastUseMs = Math.max(...uses.map((use) => use ?? 0));
  const identity = identities.find(({ uuid }) => uuid === grant.identityUuid);
  const secondsUntil = (thenMs: number) => Math.max(0, Math.round((thenMs - nowMs) / 1000));
  const unusedEndMs = programIdleMs === null ? null : Math.max(lastUseMs, grant.createdAtMs) + programIdleMs;
  return {
    id: grant.id,
    name: grant.clientName,
    registeredName: registeredName ?? undefined,
    address: grant.address,
    loggedInSecondsAgo: secondsSince(grant.createdAtMs, nowMs),
    usedSecondsAgo: lastUseMs === 0 ? null : secondsSince(lastUseMs, nowMs),
    identityName: grant.scope === 'identity' ? (identity?.name ?? '') : undefined,
    hasTokens: nowMs < grant.refreshExpiresAtMs,
    endsInSeconds: grant.expiresAtMs === null ? null : secondsUntil(grant.expiresAtMs),
    endsUnusedInSeconds: unusedEndMs === null ? null : secondsUntil(unusedEndMs),
    keys: keys.map((key) => shownKey(key, nowMs)),
  };
}

function shownKey(key: StoredApiKey, nowMs: number): ShownKey {
  const { prefix, label, kind, lastUsedAtMs, expiresAtMs } = key;
  return {
    prefix,
    label,
    kind,
    usedSecondsAgo: lastUsedAtMs === null ? null : secondsSince(lastUsedAtMs, nowMs),
    endsInSeconds: expiresAtMs === null ? null : Math.max(0, Math.round((expiresAtMs - nowMs) / 1000)),
  };
}

const secondsSince = (thenMs: number, nowMs: number) => Math.max(0, Math.round((nowMs - thenMs) / 1000));
