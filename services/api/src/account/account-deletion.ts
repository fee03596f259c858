import { setTimeout as pause } from 'node:timers/promises';
import {
  type Account,
  type AccountStore,
  AccountTraces,
  eraseAccount,
  type ResetLinks,
} from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { MailOrigin } from '@ravi/contract';
import { removeCredentialTraces } from '@ravi/credentials';
import { removeLoginTraces } from '@ravi/device-login';
import type { RedisClient } from '@ravi/redis';
import type { Logger } from '@ravi/telemetry';
import type { AccountMails } from '../people/account-mails.ts';

export interface AccountDeletionDeps {
  readonly redis: RedisClient;
  readonly accountStore: AccountStore;
  readonly resetLinks: ResetLinks;
  readonly audit: Pick<AuditLog, 'note'>;
  readonly mails: Pick<AccountMails, 'tellAt'>;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
}

const retryAfterMs = 5_000;

/** Deletes accounts for the people whose they are. */
export class AccountDeletion {
  readonly #deps: AccountDeletionDeps;
  readonly #erasing = new Map<number, Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(deps: AccountDeletionDeps) {
    this.#deps = deps;
  }

  /**
   * Deletes an account. When it resolves, nothing of the account works any more and nobody signs in; what it left is removed afterwards,
   * and nobody waits for that. Rejects with `NotReplicated` where the end may yet be lost.
   */
  async delete(account: Account, origin: MailOrigin): Promise<void> {
    const { accountStore, resetLinks, audit, mails } = this.#deps;
    const { id, email } = account;
    if ((await accountStore.end(id, 'everything', 'block')) === null) return;
    await resetLinks.drop(account);
    await accountStore.replicated(id);
    audit.note({ event: 'account_deleted', user: id, address: origin.address });
    if (account.emailVerified) mails.tellAt(email, 'accountDeleted', id, origin);
    const erasing = this.#erase(account).finally(() => this.#erasing.delete(id));
    this.#erasing.set(id, erasing);
  }

  /** Resolves once nothing is being removed, or says in the log what is left to remove. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#erasing.values());
  }

  async #erase(account: Account): Promise<void> {
    const { redis, accountStore: accounts, logger } = this.#deps;
    const traces = new AccountTraces(redis);
    const removers = [removeCredentialTraces, removeLoginTraces];
    const about = { userId: account.id };
    for (;;) {
      try {
        const removed = await eraseAccount({ redis, accounts, traces, removers }, account);
        logger.info({ ...about, removed }, 'an account was deleted by its person');
        return;
      } catch (error) {
        logger.warn({ ...about, error }, 'what a deleted account left could not be removed; trying again');
      }
      try {
        await pause(retryAfterMs, undefined, { signal: this.#stopping.signal });
      } catch {
        logger.error(about, 'a deletion was interrupted: finish it with npm run accounts -- delete');
        return;
      }
    }
  }
}
