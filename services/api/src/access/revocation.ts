import type { AccountStore } from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { ApiKeyStore, EndReason, GrantStore, StoredApiKey } from '@ravi/credentials';
import type { Clock } from '@ravi/runtime';

/** What ending credentials needs. */
export interface RevocationDeps {
  readonly accountStore: AccountStore;
  readonly grants: GrantStore;
  readonly apiKeys: ApiKeyStore;
  readonly audit: AuditLog;
  readonly clock: Clock;
}

/** Who ends something, and from where. */
export interface Revoker {
  readonly userId: number;
  readonly address: string;
}

/** Looks for keys that a program made in the very moment in which it lost its own; each look ends what it finds. */
const looks = 5;

/** Ends credentials of an account, everywhere at once, and notes each in the audit log. */
export class Revocation {
  readonly #deps: RevocationDeps;

  constructor(deps: RevocationDeps) {
    this.#deps = deps;
  }

  /** Ends all that came from one login: its tokens, its keys, and keys made with them. False when there is no such grant. */
  async endGrant(by: Revoker, grantId: string, reason: EndReason): Promise<boolean> {
    if (!(await this.endTokens(by, grantId, reason))) return false;
    await this.#endKeys(by, (key) => key.grantId === grantId, reason);
    return true;
  }

  /** Ends every grant and every key of an account. */
  async endAll(by: Revoker): Promise<void> {
    // First of all: what was approved and is collected only later is not handed over any more.
    await this.#deps.accountStore.noteAllEnded(by.userId, this.#deps.clock.nowMs());
    const held = await this.#deps.grants.list(by.userId);
    await Promise.all(held.map((grant) => this.endTokens(by, grant.id, 'revoked')));
    await this.#endKeys(by, () => true, 'revoked');
  }

  /** Ends the keys of one identity, and the tokens that were granted it alone. */
  async endIdentity(by: Revoker, identityUuid: string): Promise<void> {
    const held = await this.#deps.grants.list(by.userId);
    const its = held.filter((grant) => grant.scope === 'identity' && grant.identityUuid === identityUuid);
    await Promise.all(its.map((grant) => this.endTokens(by, grant.id, 'identity_deleted')));
    await this.#endKeys(by, (key) => key.identityUuid === identityUuid, 'identity_deleted');
  }

  /** Ends one key. False when it had ended already. */
  async endKey(by: Revoker, key: StoredApiKey, reason: EndReason): Promise<boolean> {
    const { apiKeys, audit, clock } = this.#deps;
    const ended = await apiKeys.revoke(key.hash, by.userId, reason, clock.nowMs());
    if (ended)
      audit.note({ event: 'key_revoked', key: key.id, user: by.userId, reason, address: by.address });
    return ended;
  }

  /** Ends both tokens of a login, and leaves its keys. False when there is no such grant. */
  async endTokens(by: Revoker, grantId: string, reason: EndReason): Promise<boolean> {
    const { grants, audit, clock } = this.#deps;
    const ended = await grants.end(grantId, by.userId, reason, clock.nowMs());
    if (ended === 'ended') {
      audit.note({ event: 'grant_ended', grant: grantId, user: by.userId, reason, address: by.address });
    }
    return ended !== 'unknown';
  }

  /** Looks again until none is left: a program may be making keys meanwhile. */
  async #endKeys(by: Revoker, which: (key: StoredApiKey) => boolean, reason: EndReason): Promise<void> {
    const { apiKeys, clock } = this.#deps;
    for (let look = 0; look < looks; look++) {
      const keys = (await apiKeys.list(by.userId, clock.nowMs())).filter(which);
      if (keys.length === 0) return;
      await Promise.all(keys.map((key) => this.endKey(by, key, reason)));
    }
  }
}
