import { randomUUID } from 'node:crypto';
import type { IdentityStore } from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { WireApiKey, WireNewApiKey } from '@ravi/contract';
import {
  type ApiKeyKind,
  type ApiKeyRecord,
  type ApiKeyStore,
  hashApiKey,
  type StoredApiKey,
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
import { writerOf } from './writer.ts';
import { Problem } from '../http/problem.ts';
import { parseBody, text } from '../http/parse-body.ts';

/** API keys that an account may have. */
const maxKeys = 500;

/** What the key calls need. */
export interface ApiKeysDeps {
  readonly authenticator: Authenticator;
  readonly identities: IdentityStore;
  readonly apiKeys: ApiKeyStore;
  readonly credentials: Credentials;
  readonly revocation: Revocation;
  readonly minting: Minting;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: AuditLog;
}

type Handler = Middleware<RequestState, Pick<RouterContext, 'params'>>;

const common = {
  label: z
    .string({ error: 'must be a string' })
    .trim()
    .max(64, { error: 'must have at most 64 characters', abort: true })
    .regex(/^\P{Cc}*$/u, 'must not contain control characters')
    .default(''),
  /** Seconds; absent for a key without end. */
  expires_in: z.coerce
    .number('must be a number of seconds')
    .int('must be a whole number of seconds')
    .min(60, 'must be at least 60 seconds')
    .max(10 * 365 * 86_400, 'must be at most ten years')
    .optional(),
};
const inputs = {
  management: z.object(common).extend({ identity_uuid: z.literal('').default('').catch('') }),
  identity: z.object({ ...common, identity_uuid: text(36, 36) }),
};

/** `GET /api/auth/keys/{kind}/`: the account's keys of this kind, oldest first, without the keys themselves. */
export function listApiKeys({ authenticator, apiKeys, clock }: ApiKeysDeps, kind: ApiKeyKind): Handler {
  return async (ctx) => {
    const { userId } = await authenticator.require(ctx, 'manage keys');
    const keys = await apiKeys.list(userId, clock.nowMs());
    ctx.set('Cache-Control', 'no-store');
    ctx.body = keys.filter((key) => key.kind === kind).map((key) => wireKey(key, key.lastUsedAtMs));
  };
}

/** `POST /api/auth/keys/{kind}/`: a new key, told this once. Minted by the issuer: 503 where none is there. */
export function createApiKey(deps: ApiKeysDeps, kind: ApiKeyKind): Handler {
  const { authenticator, credentials, identities, apiKeys, minting, limits, clock, logger, audit } = deps;
  return async (ctx) => {
    const caller = await authenticator.require(ctx, 'manage keys');
    const { userId } = caller;
    await limits.admitWrite(writerOf(caller));
    const input = parseBody(inputs[kind], ctx.request.body);
    const identityUuid = input.identity_uuid.toLowerCase();
    if (kind === 'identity' && !(await identities.find(userId, identityUuid))) {
      throw new Problem('invalid_request', 'identity_uuid: is not an identity of this account.');
    }
    const nowMs = clock.nowMs();
    if ((await apiKeys.list(userId, nowMs)).length >= maxKeys) {
      throw new Problem('conflict', 'This account cannot have more keys. Delete some first.');
    }
    const { key, record } = await minting.createKey({
      id: randomUUID(),
      kind,
      userId,
      identityUuid,
      label: input.label,
      createdAtMs: nowMs,
      expiresAtMs: expiry(input.expires_in, nowMs, caller),
      grantId: grantOf(caller),
    });
    // What was ended while the key was made ends the key too: it was not there yet to be ended with it.
    const orphaned =
      !(await credentials.stillValid(caller)) ||
      (kind === 'identity' && !(await identities.find(userId, identityUuid)));
    if (orphaned) {
      await apiKeys.revoke(hashApiKey(key), userId, 'revoked', clock.nowMs());
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

/** `DELETE /api/auth/keys/{kind}/{id}/`: revokes a key, everywhere at once. */
export function deleteApiKey(
  { authenticator, apiKeys, revocation, limits, clock, logger }: ApiKeysDeps,
  kind: ApiKeyKind,
): Handler {
  return async (ctx) => {
    const caller = await authenticator.require(ctx, 'manage keys');
    const { userId } = caller;
    await limits.admitWrite(writerOf(caller));
    const keys = await apiKeys.list(userId, clock.nowMs());
    const key = keys.find(({ id, kind: itsKind }) => id === ctx.params['id'] && itsKind === kind);
    const by = { userId, address: clientAddress(ctx) };
    if (!key || !(await revocation.endKey(by, key, 'revoked'))) {
      throw new Problem('not_found', 'This account has no such key.');
    }
    logger.info({ keyId: key.id, userId, requestId: ctx.state.requestId }, 'API key revoked');
    ctx.status = 204;
  };
}

/** A key that a program makes ends with what the program itself was granted, at the latest. */
function expiry(seconds: number | undefined, nowMs: number, caller: Principal): number | null {
  const callerEndsAtMs = caller.credential === 'key' ? caller.key.expiresAtMs : caller.grant.expiresAtMs;
  const asked = seconds === undefined ? null : nowMs + seconds * 1000;
  if (asked === null || callerEndsAtMs === null) return asked ?? callerEndsAtMs;
  return Math.min(asked, callerEndsAtMs);
}

/** The login from which the key descends: who revokes that, revokes the key. */
const grantOf = (caller: Principal) => (caller.credential === 'key' ? caller.key.grantId : caller.grant.id);

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
