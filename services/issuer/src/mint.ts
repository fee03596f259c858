import {
  generateApiKey,
  grantOfMint,
  type GrantStore,
  grantTtlMs,
  hashApiKey,
  keyPrefix,
  type MintId,
  type MintRequest,
  type MintSettlement,
  type MintStore,
} from '@ravi/credentials';
import { type SigningKey, signTokenPair } from '@ravi/credentials/signing';
import type { Clock, ServiceKeyGenerations } from '@ravi/runtime';
import { sealResult, unwrapResultKey } from '@ravi/sealing';

export interface MintDeps {
  readonly mints: MintStore;
  readonly grants: GrantStore;
  /** The key to sign with now. */
  readonly signingKey: () => SigningKey;
  readonly serviceKeys: ServiceKeyGenerations;
  readonly issuer: string;
  readonly clock: Clock;
}

/**
 * Serves one mint request: mints, seals to whoever asked, settles. Harmless to repeat; a request that was withdrawn or
 * overtaken is left alone. Rejects when Redis is away; the job is then tried again.
 */
export async function mint(deps: MintDeps, mintId: MintId): Promise<MintSettlement> {
  const pending = await deps.mints.readPending(mintId);
  const resultKey =
    pending && unwrapResultKey(pending.wrappedKey, mintId, pending.secretHash, deps.serviceKeys);
  if (!resultKey) return { kind: 'refused', waiters: [] };
  const seal = (result: object) => sealResult(JSON.stringify(result), mintId, resultKey);
  const { request } = pending;
  return request.kind === 'refresh'
    ? refresh(deps, mintId, request, seal)
    : deps.mints.settle(mintId, seal(newKey(request)));
}

async function refresh(
  deps: MintDeps,
  mintId: MintId,
  { jti, keyThumbprint }: Extract<MintRequest, { kind: 'refresh' }>,
  seal: (result: object) => string,
): Promise<MintSettlement> {
  const grant = await deps.grants.find(grantOfMint(mintId));
  if (!grant) return { kind: 'refused', waiters: [] };
  const nowMs = deps.clock.nowMs();
  const tokens = signTokenPair(
    { issuer: deps.issuer, grant: { ...grant, keyThumbprint }, nowMs },
    deps.signingKey(),
  );
  return deps.mints.settleRefresh(mintId, {
    jti,
    nextJti: tokens.refreshJti,
    sealed: seal({ ...tokens, keyThumbprint }),
    nowMs,
    grantTtlMs: grantTtlMs(grant),
  });
}

/** A key and its record: the api stores the record when it opens this, before it answers. */
function newKey({ record }: Extract<MintRequest, { kind: 'key' }>): object {
  const key = generateApiKey(record.kind);
  return { key, hash: hashApiKey(key), record: { ...record, prefix: keyPrefix(key) } };
}
