import type { AccountStore } from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import { type ApiKeyStore, type EndReason, type GrantStore, type StoredApiKey } from '@ravi/credentials';
import type { Clock } from '@ravi/runtime';

export interface RevocationDeps {
  readonly accountStore: AccountStore;
  readonly grants: GrantStore;
  readonly apiKeys: ApiKeyStore;
  readonly audit: Pick<AuditLog, 'note'>;
  readonly clock: Clock;
}

/** Who ends something, and from where. */
export interface Revoker {
  readonly userId: number;
  readonly address: string;
}

/**
 * Ends credentials of an account, everywhere at once, and notes it in the audit log. Each end is one write, however many credentials
 * it ends: every look-up honours it. Redis is cleaned up afterwards; nobody waits for that. Rejects with `NotReplicated` if the end
 * may still be lost (`RECORDS_REPLICAS`): the same call again waits again.
 */
export class Revocation {
  readonly #deps: RevocationDeps;
  readonly #clearing = new Set<Promise<void>>();

  constructor(deps: RevocationDeps) {
    this.#deps = deps;
  }

  /** Ends all that came from one login: its tokens, its keys, and keys made with them. False when there is no such grant. */
  async endGrant(by: Revoker, grantId: string, reason: EndReason): Promise<boolean> {
    const { grants, audit } = this.#deps;
    const ended = await grants.end(grantId, by.userId, reason);
    if (ended === 'ended') {
      audit.note({ event: 'grant_ended', grant: grantId, user: by.userId, reason, address: by.address });
      this.#clear(() => this.#clearGrant(grantId));
    }
    if (ended !== 'unknown') await this.grantEndReplicated(grantId);
    return ended !== 'unknown';
  }

  /** A refresh token that was used before ended its grant. */
  async grantEndedByReuse(grantId: string): Promise<void> {
    this.#clear(() => this.#clearGrant(grantId));
    await this.grantEndReplicated(grantId);
  }

  /** Resolves once enough replicas know of the end of a grant, whoever ended it: an earlier try of the same call may have. */
  async grantEndReplicated(grantId: string): Promise<void> {
    await this.#deps.grants.replicated(grantId, []);
  }

  /** Ends every grant of an account, and with them every key. */
  async endAll(by: Revoker): Promise<void> {
    const { accountStore } = this.#deps;
    const ended = await accountStore.end(by.userId, 'grants');
    if (ended === null) return;
    this.allEnded(by, ended.former);
    await accountStore.replicated(by.userId);
  }

  /** Notes that every grant of an account ended together with something else, and cleans up; `former` is the epoch of those grants. */
  allEnded({ userId: user, address }: Revoker, former: string): void {
    this.#deps.audit.note({ event: 'all_ended', user, address });
    this.#clear(() => this.#clearEpoch(user, former));
  }

  /** Ends one key, and the keys that descend from it. False if it had ended already. */
  async endKey(by: Revoker, key: StoredApiKey, epoch: string, reason: EndReason): Promise<boolean> {
    const { apiKeys, audit } = this.#deps;
    const ended = await apiKeys.revoke(key.id, by.userId, reason);
    if (ended) {
      audit.note({ event: 'key_revoked', key: key.id, user: by.userId, reason, address: by.address });
      this.#clear(() => apiKeys.unlist(key, epoch));
    }
    await this.keyEndReplicated(key.id);
    return ended;
  }

  /** Resolves once enough replicas know that no such key is alive: an earlier try of the same call may have ended it. */
  async keyEndReplicated(keyId: string): Promise<void> {
    await this.#deps.apiKeys.replicated(keyId);
  }

  /** Resolves once the clean-up is done. */
  async close(): Promise<void> {
    await Promise.all(this.#clearing);
  }

  /** Removes what ended from Redis. If it fails, the credentials have ended all the same, and their entries expire. */
  #clear(work: () => Promise<void>): void {
    const clearing = work().catch(() => undefined);
    this.#clearing.add(clearing);
    void clearing.finally(() => this.#clearing.delete(clearing));
  }

  async #clearGrant(grantId: string): Promise<void> {
    const { grants, apiKeys, clock } = this.#deps;
    const grant = await grants.find(grantId);
    if (grant?.state !== 'ended') return;
    await grants.unlist(grant);
    await apiKeys.clearGrant(grant, clock.nowMs());
  }

  /** In small steps: an account may have had many credentials, and Redis serves others meanwhile. */
  async #clearEpoch(userId: number, epoch: string): Promise<void> {
    const { grants, apiKeys } = this.#deps;
    await grants.clearEpoch(userId, epoch);
    await apiKeys.clearEpoch(userId, epoch);
  }
}
