import {
  apiKeyId,
  generateApiKey,
  grantOfMint,
  type GrantStore,
  grantTtlMs,
  hashApiKey,
  keyPrefix,
  type Lifetimes,
  type MintId,
  type MintRequest,
  type MintSettlement,
  type MintStore,
  scopeText,
  type StoredGrant,
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
  readonly lifetimes: Lifetimes;
  /** How long a refresh token that is sent again gets the same pair. */
  readonly refreshGraceMs: number;
  readonly clock: Clock;
  /** The channel on which the settling script wakes the waiting instances, `%s` for their names; empty if it cannot. */
  readonly wakeupChannel: string;
}

/**
 * Serves one mint request: mints, seals the result to the secret of the request, settles. Harmless to repeat; a request that was
 * withdrawn or overtaken is left alone. Rejects when Redis is away; the job is then tried again.
 */
export async function mint(deps: MintDeps, mintId: MintId): Promise<MintSettlement> {
  // Both are read at once, though a request for a new key moves no grant on.
  const [pending, grant] = await Promise.all([
    deps.mints.readPending(mintId),
    deps.grants.find(grantOfMint(mintId)),
  ]);
  const resultKey =
    pending && unwrapResultKey(pending.wrappedKey, mintId, pending.secretHash, deps.serviceKeys);
  if (!resultKey) return { kind: 'refused', waiters: [] };
  const seal = (result: object) => sealResult(JSON.stringify(result), mintId, resultKey);
  const { request } = pending;
  if (request.kind === 'key') return deps.mints.settle(mintId, seal(newKey(request)));
  if (grant === null) return { kind: 'refused', waiters: [] };
  // Redis's clock counts where this machine's is behind: otherwise the tokens might have expired already.
  const nowMs = Math.max(deps.clock.nowMs(), pending.askedAtMs);
  return refresh(deps, { mintId, request, grant, nowMs }, seal);
}

interface Refresh {
  readonly mintId: MintId;
  readonly request: Extract<MintRequest, { kind: 'refresh' }>;
  readonly grant: StoredGrant;
  readonly nowMs: number;
}

async function refresh(
  deps: MintDeps,
  { mintId, request, grant, nowMs }: Refresh,
  seal: (result: object) => string,
): Promise<MintSettlement> {
  const { issuer, lifetimes, wakeupChannel } = deps;
  const { jti, seq, keyThumbprint, accessScope } = request;
  const nextSeq = seq + 1;
  const scope = accessScope ?? scopeText(grant.scope, grant.requestedScope);
  const {
    access,
    refresh: next,
    refreshJti,
    refreshExpiresAtMs,
    accessExpiresAtMs,
  } = signTokenPair(
    { issuer, grant: { ...grant, keyThumbprint }, seq: nextSeq, accessScope: scope, lifetimes, nowMs },
    deps.signingKey(),
  );
  const pair = {
    jti,
    nextJti: refreshJti,
    nextSeq,
    sealed: seal({ access, refresh: next, accessExpiresAtMs, keyThumbprint, scope }),
    refreshExpiresAtMs,
    graceMs: deps.refreshGraceMs,
    grantTtlMs: grantTtlMs({ ...grant, refreshExpiresAtMs }, nowMs, lifetimes.programIdleMs),
  };
  return deps.mints.settleRefresh(mintId, pair, wakeupChannel);
}

/** A key and its record: the api stores the record when it opens this, before it answers. */
function newKey({ record }: Extract<MintRequest, { kind: 'key' }>): object {
  const key = generateApiKey(record.kind);
  const hash = hashApiKey(key);
  return { key, hash, record: { ...record, id: apiKeyId(hash), prefix: keyPrefix(key) } };
}
