import type { AccountStore } from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { WireApiKey, WireNewApiKey } from '@ravi/contract';
import {
  type AccountEpoch,
  type AccountView,
  apiKeyEnd,
  type ApiKeyKind,
  type ApiKeyRecord,
  type ApiKeyStore,
  type Lifetimes,
  maxKeyGenerations,
  maxMadeKeys,
  type NewApiKey,
  type StoredApiKey,
  tokensEndAtMs,
} from '@ravi/credentials';
import type { Clock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { RouterContext } from '@koa/router';
import type { Middleware } from 'koa';
import { z } from 'zod';
import type { Authenticator } from '../access/authenticator.ts';
import type { Credentials } from '../access/credentials.ts';
import type { Revocation } from '../access/revocation.ts';
import type { Principal } from '../access/principal.ts';
import { clientAddress } from '../http/client-address.ts';
import type { RequestState } from '../http/request-state.ts';
import type { Minting } from '../tokens/minting.ts';
import type { Limits } from '../limits/limits.ts';
import { sendListPage } from './paged-list.ts';
import { writingProgram } from './writing-program.ts';
import { Problem } from '../http/problem.ts';
import { parseBody, shownName, text } from '../http/parse-body.ts';

export interface ApiKeysDeps {
  readonly authenticator: Authenticator;
  readonly accountStore: AccountStore;
  readonly apiKeys: ApiKeyStore;
  readonly credentials: Credentials;
  readonly revocation: Revocation;
  readonly minting: Minting;
  readonly limits: Limits;
  readonly lifetimes: Lifetimes;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: AuditLog;
}

type Handler = Middleware<RequestState, Pick<RouterContext, 'params'>>;

const seconds = z
  .number('must be a number of seconds')
  .int('must be a whole number of seconds')
  .min(60, 'must be at least 60 seconds')
  .max(10 * 365 * 86_400, 'must be at most ten years');

const common = {
  label: shownName.default(''),
  /** In seconds; absent, or empty as in forms, for the lifetime that the operator gives to a key. */
  expires_in: z
    .union([z.literal('').transform(() => undefined), z.number(), z.string().transform(Number)], {
      error: 'must be a number of seconds',
    })
    .pipe(seconds.optional())
    .optional(),
};
/** A management key opens the whole account: whoever names an identity wants less than that. */
const noIdentity = z
  .literal('', 'a management key is for the whole account: make a key of kind identity, or leave this out')
  .default('');
const inputs = {
  management: z.object({ ...common, identity_uuid: noIdentity }),
  identity: z.object({ ...common, identity_uuid: text(36, 36) }),
};

/** `GET /api/auth/keys/{kind}/`: the account's keys of this kind, the first handed over first, 50 a page, without the keys themselves. */
export function listApiKeys(
  { authenticator, accountStore, apiKeys, clock }: ApiKeysDeps,
  kind: ApiKeyKind,
): Handler {
  return async (ctx) => {
    const { userId } = await authenticator.require(ctx, 'manage keys');
    const account = await viewOf(accountStore, userId);
    await sendListPage(ctx, async (request) => {
      const { entries, total } = await apiKeys.page(account, kind, request, clock.nowMs());
      return { entries: entries.map((key) => wireKey(key, key.lastUsedAtMs)), total };
    });
  };
}

/** `POST /api/auth/keys/{kind}/`: makes a key and shows it, this once. The issuer mints it: 503 if none is available. */
export function createApiKey(deps: ApiKeysDeps, kind: ApiKeyKind): Handler {
  const { authenticator, accountStore, apiKeys, minting, lifetimes, limits, clock } = deps;
  const { logger, audit } = deps;
  return async (ctx) => {
    const caller = await authenticator.require(ctx, 'make keys');
    const { userId, grant } = caller;
    await limits.admitWrite(writingProgram(caller));
    const input = parseBody(inputs[kind], ctx.request.body);
    const identityUuid = input.identity_uuid.toLowerCase();
    const ancestorIds = ancestorsOf(caller);
    if (ancestorIds.length >= maxKeyGenerations) {
      throw new Problem(
        'forbidden',
        'This key descends from too many others: make the new one with an access token.',
      );
    }
    await requireRoom(deps, userId, grant.accountEpoch);
    const nowMs = clock.nowMs();
    const expiresAtMs = apiKeyEnd(lifetimes, {
      nowMs,
      ttlSeconds: input.expires_in ?? null,
      makerEndsAtMs: endOf(caller, lifetimes),
    });
    if (kind === 'identity' && !(await accountStore.ownsIdentity(userId, identityUuid))) {
      throw new Problem('invalid_request', 'identity_uuid: is not an identity of this account.', {
        field: 'identity_uuid',
      });
    }
    const { key, hash, record } = await minting.createKey({
      kind,
      userId,
      identityUuid,
      label: input.label,
      createdAtMs: nowMs,
      expiresAtMs,
      grantId: grant.id,
      ancestorIds,
    });
    const place = accountStore.epochPlace(userId, grant.accountEpoch, identityUuid);
    const isAlive = await addKey(deps, { hash, record }, place);
    // The caller's credential or grant may have ended meanwhile. Then the key is dead, and the answer must not say otherwise.
    if (!isAlive) {
      await apiKeys.revoke(record.id, userId, 'revoked');
      throw new Problem('invalid_token', 'This credential was revoked a moment ago. Log in again.');
    }
    logger.info({ keyId: record.id, userId, requestId: ctx.state.requestId }, 'API key created');
    audit.note({
      event: 'key_created',
      key: record.id,
      kind,
      user: userId,
      grant: record.grantId,
      address: clientAddress(ctx),
      ...(identityUuid === '' ? {} : { identity: identityUuid }),
    });
    ctx.status = 201;
    ctx.set('Cache-Control', 'no-store');
    ctx.body = { key, ...wireKey(record, null) } satisfies WireNewApiKey;
  };
}

/** `DELETE /api/auth/keys/{kind}/{id}/`: revokes a key, and those that descend from it, everywhere at once. */
export function deleteApiKey(
  { authenticator, accountStore, apiKeys, revocation, limits, clock, logger }: ApiKeysDeps,
  kind: ApiKeyKind,
): Handler {
  return async (ctx) => {
    const caller = await authenticator.require(ctx, 'manage keys');
    const { userId, grant } = caller;
    await limits.admitWrite(writingProgram(caller));
    const id = (ctx.params['id'] ?? '').toLowerCase();
    const account = await viewOf(accountStore, userId);
    const isId = /^[0-9a-f-]{36}$/.test(id);
    const key = isId ? await apiKeys.findAlive(account, id, clock.nowMs()) : null;
    const by = { userId, address: clientAddress(ctx) };
    if (key?.kind !== kind || !(await revocation.endKey(by, key, grant.accountEpoch, 'revoked'))) {
      // An earlier try of this request may have ended it, when too few replicas confirmed that.
      if (isId && key === null) await revocation.keyEndReplicated(id);
      throw new Problem('not_found', 'This account has no such key.');
    }
    logger.info({ keyId: key.id, userId, requestId: ctx.state.requestId }, 'API key revoked');
    ctx.status = 204;
  };
}

/**
 * Writes a new key, and tells whether it works. Where that fails, also for `NotReplicated`, or because a reply of Redis was lost, nobody gets
 * the key, and it is revoked, as far as that can be done.
 */
async function addKey(
  { apiKeys, credentials, clock, logger }: ApiKeysDeps,
  key: NewApiKey,
  place: AccountEpoch,
): Promise<boolean> {
  const { id, userId } = key.record;
  try {
    await apiKeys.add(key, place, clock.nowMs());
    await apiKeys.replicated(id);
    return (await credentials.findKey(key.hash)) !== null;
  } catch (error) {
    await apiKeys
      .revoke(id, userId, 'revoked')
      .catch(() => logger.warn({ keyId: id }, 'a key that nobody received could not be revoked'));
    throw error;
  }
}

/** The account as its lists are read. Throws 404 when it is gone. */
async function viewOf(accountStore: AccountStore, userId: number): Promise<AccountView> {
  const owner = await accountStore.read(userId);
  if (!owner) throw new Problem('not_found', 'The account is gone.');
  const { id, epoch } = owner.account;
  return { id, epoch, identityUuids: new Set(owner.identities.map(({ uuid }) => uuid)) };
}

/** Throws 409 if the account already has the maximum of keys made by keys. Keys that ended make room. */
async function requireRoom(
  { accountStore, apiKeys, clock }: ApiKeysDeps,
  userId: number,
  epoch: string,
): Promise<void> {
  if ((await apiKeys.countMade(userId, epoch)) < maxMadeKeys) return;
  const living = await apiKeys.made(await viewOf(accountStore, userId), clock.nowMs());
  if (living.length >= maxMadeKeys) {
    throw new Problem('conflict', 'This account cannot have more keys. Delete some first.');
  }
}

/** The keys from which a key descends that this caller makes, the nearest first. */
function ancestorsOf(caller: Principal): readonly string[] {
  return caller.credential === 'key' ? [caller.key.id, ...caller.key.ancestorIds] : [];
}

/** The latest end of a key that this caller makes: that of the caller's own credential; null for none. */
function endOf(caller: Principal, lifetimes: Lifetimes): number | null {
  return caller.credential === 'key' ? caller.key.expiresAtMs : tokensEndAtMs(caller.grant, lifetimes);
}

function wireKey(key: ApiKeyRecord | StoredApiKey, lastUsedAtMs: number | null): WireApiKey {
  return {
    id: key.id,
    label: key.label,
    prefix: key.prefix,
    created_dt: new Date(key.createdAtMs).toISOString(),
    last_used_dt: lastUsedAtMs === null ? null : new Date(lastUsedAtMs).toISOString(),
    expires_dt: key.expiresAtMs === null ? null : new Date(key.expiresAtMs).toISOString(),
    ...(key.kind === 'identity' ? { identity_uuid: key.identityUuid } : {}),
  };
}
