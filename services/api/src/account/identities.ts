import type {
  AccountStore,
  Identity,
  IdentityStore,
  IdentityChanges,
  IdentityWriteOutcome,
} from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import { wireIdentity } from '@ravi/contract';
import type { Clock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { RouterContext } from '@koa/router';
import type { Middleware } from 'koa';
import type { Authenticator } from '../access/authenticator.ts';
import type { Capability } from '../access/capabilities.ts';
import type { Principal } from '../access/principal.ts';
import { clientAddress } from '../http/client-address.ts';
import type { RequestState } from '../http/request-state.ts';
import type { Limits } from '../limits/limits.ts';
import { writingProgram } from './writing-program.ts';
import { Problem } from '../http/problem.ts';
import { parseBody } from '../http/parse-body.ts';
import {
  changeIdentityInput,
  createIdentityInput,
  fullAddress,
  replaceIdentityInput,
} from './identity-input.ts';

export interface IdentitiesDeps {
  readonly authenticator: Authenticator;
  readonly accountStore: AccountStore;
  readonly identities: IdentityStore;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: AuditLog;
  /** The allowed domains, the one for generated addresses first. */
  readonly identityEmailDomains: readonly string[];
}

/** One of the identity calls: a router's handler. */
type Handler = Middleware<RequestState, Pick<RouterContext, 'params'>>;

/** `GET /api/identities/`: a plain array, oldest first; an identity key sees itself alone. */
export function listIdentities({ authenticator, accountStore }: IdentitiesDeps): Handler {
  return async (ctx) => {
    const { userId, identityUuid, role } = await authenticator.require(ctx, 'read identities');
    const owner = await accountStore.read(userId);
    const all = owner?.identities ?? [];
    const seen = role === 'identity' ? all.filter(({ uuid }) => uuid === identityUuid) : all;
    answer(ctx, 200, seen.map(wireIdentity));
  };
}

/** `POST /api/identities/`: adds an identity; name and address are generated if they are absent. */
export function createIdentity(deps: IdentitiesDeps): Handler {
  const { authenticator, identities, limits, clock, identityEmailDomains: domains } = deps;
  return async (ctx) => {
    const caller = await authenticator.require(ctx, 'change identities');
    const { userId } = caller;
    await limits.admitWrite(writingProgram(caller));
    const input = parseBody(createIdentityInput, ctx.request.body);
    if (input.provision_phone) {
      throw new Problem(
        'invalid_request',
        'provision_phone: this service provides no phone numbers; leave it out.',
        { field: 'provision_phone' },
      );
    }
    const changes = { name: input.name, email: fullAddress(input.email, domains) };
    const writing = await identities.add(userId, changes, { domain: domains[0] ?? '', nowMs: clock.nowMs() });
    if (writing.kind === 'written') note(deps, ctx, 'identity_created', userId, writing.identity.uuid);
    // Also where it is refused: an earlier try of this request may have added it, when too few replicas confirmed that.
    await deps.accountStore.replicated(userId);
    answer(ctx, 201, wireIdentity(written(writing)));
  };
}

/** `GET /api/identities/{uuid}/`. */
export function readIdentity({ authenticator, identities }: IdentitiesDeps): Handler {
  return async (ctx) => {
    const caller = await authenticator.require(ctx, 'read identities');
    const identity = await identities.find(caller.userId, visibleUuid(ctx.params, caller));
    if (!identity) throw unknownIdentity();
    answer(ctx, 200, wireIdentity(identity));
  };
}

/** `PUT /api/identities/{uuid}/`: replaces name and, if named, address. */
export const replaceIdentity = (deps: IdentitiesDeps): Handler => change(deps, replaceIdentityInput);

/** `PATCH /api/identities/{uuid}/`: changes the fields that are present. */
export const changeIdentity = (deps: IdentitiesDeps): Handler => change(deps, changeIdentityInput);

/** `DELETE /api/identities/{uuid}/`: removes it; its keys, and tokens for it alone, end with it. */
export function deleteIdentity(deps: IdentitiesDeps): Handler {
  const { authenticator, identities, limits, clock, logger } = deps;
  return async (ctx) => {
    const caller = await authenticator.require(ctx, 'change identities');
    await limits.admitWrite(writingProgram(caller));
    const uuid = visibleUuid(ctx.params, caller);
    // That ends its keys and tokens: every look-up of one looks up the identity too.
    const removed = await identities.remove(caller.userId, uuid, clock.nowMs());
    if (removed) {
      logger.info(
        { userId: caller.userId, identityUuid: uuid, requestId: ctx.state.requestId },
        'identity deleted',
      );
      note(deps, ctx, 'identity_deleted', caller.userId, uuid);
    }
    // Also where there is none: an earlier try of this request may have removed it, when too few replicas confirmed that.
    await deps.accountStore.replicated(caller.userId);
    if (!removed) throw unknownIdentity();
    ctx.status = 204;
  };
}

function change(
  deps: IdentitiesDeps,
  schema: typeof replaceIdentityInput | typeof changeIdentityInput,
): Handler {
  const { authenticator, identities, limits, clock, identityEmailDomains: domains } = deps;
  return async (ctx) => {
    const caller = await authenticator.require(ctx, 'change identities' satisfies Capability);
    await limits.admitWrite(writingProgram(caller));
    const { name, email } = parseBody(schema, ctx.request.body);
    const changes: IdentityChanges = { name, email: fullAddress(email, domains) };
    const writing = await identities.change(
      caller.userId,
      visibleUuid(ctx.params, caller),
      changes,
      clock.nowMs(),
    );
    if (writing.kind === 'written') note(deps, ctx, 'identity_changed', caller.userId, writing.identity.uuid);
    await deps.accountStore.replicated(caller.userId);
    answer(ctx, 200, wireIdentity(written(writing)));
  };
}

function note(
  { audit }: IdentitiesDeps,
  ctx: Parameters<Handler>[0],
  event: 'identity_created' | 'identity_changed' | 'identity_deleted',
  user: number,
  identity: string,
): void {
  audit.note({ event, identity, user, address: clientAddress(ctx) });
}

/** The uuid of the path, if the caller may know of it. */
function visibleUuid(params: Readonly<Record<string, string | undefined>>, caller: Principal): string {
  const uuid = (params['uuid'] ?? '').toLowerCase();
  if (!/^[0-9a-f-]{36}$/.test(uuid)) throw unknownIdentity();
  if (caller.role === 'identity' && caller.identityUuid !== uuid) throw unknownIdentity();
  return uuid;
}

function written(writing: IdentityWriteOutcome): Identity {
  switch (writing.kind) {
    case 'written':
    case 'same':
      return writing.identity;
    case 'nameTaken':
      throw new Problem('conflict', 'name: another identity of this account has it.', { field: 'name' });
    case 'emailTaken':
      throw new Problem('conflict', 'email: this address is taken.', { field: 'email' });
    case 'tooMany':
      throw new Problem('conflict', 'This account cannot have more identities. Delete one first.');
    case 'exists':
    case 'unknown':
      throw unknownIdentity();
  }
}

const unknownIdentity = () => new Problem('not_found', 'This account has no such identity.');

function answer(ctx: Parameters<Handler>[0], status: number, body: object): void {
  ctx.status = status;
  ctx.set('Cache-Control', 'no-store');
  ctx.body = body;
}
