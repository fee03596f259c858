import { setTimeout as pause } from 'node:timers/promises';
import {
  type Account,
  type AccountStore,
  AccountTraces,
  eraseAccount,
  type OpenDeletions,
  type ResetLinks,
  type ToldOnce,
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
  readonly deletions: OpenDeletions;
  readonly toldOnce: Pick<ToldOnce, 'claim' | 'isClaimed'>;
  readonly audit: Pick<AuditLog, 'note'>;
  readonly mails: Pick<AccountMails, 'tellAt'>;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  readonly prefix?: string;
}

const retryAfterMs = 5_000;

/** How often this process looks for deletions that another began and left. */
const lookEveryMs = 60_000;

/** Deletes accounts for their owners, and finishes deletions that any process, also an operator's, left half-done. */
export class AccountDeletion {
  readonly #deps: AccountDeletionDeps;
  readonly #erasing = new Map<number, Promise<void>>();
  readonly #stopping = new AbortController();
  #looking: Promise<void> = Promise.resolve();

  constructor(deps: AccountDeletionDeps) {
    this.#deps = deps;
  }

  /**
   * Deletes an account. When it resolves, nothing of the account works any more and nobody can sign in. Its data is removed
   * afterwards, and nobody waits for that: if this process dies, another finishes it. Rejects with `NotReplicated` if the end may
   * still be lost. `form` is the token of the form that asks for it: sent twice, it is told and removed once.
   */
  async delete(account: Account, origin: MailOrigin, form: string): Promise<void> {
    const { accountStore, resetLinks, deletions, toldOnce, audit, mails } = this.#deps;
    const { id, email } = account;
    // Noted before the first step, so that no deletion that has begun is forgotten.
    await deletions.note(id);
    if ((await accountStore.end(id, 'everything', 'delete')) === null) return deletions.forget(id);
    await resetLinks.drop(account);
    await accountStore.replicated(id);
    if (!(await toldOnce.claim(deletionBy(form)))) return;
    audit.note({ event: 'account_deleted', user: id, address: origin.address });
    void deletions.markTold(id).catch(() => undefined);
    if (account.emailVerified) mails.tellAt(email, 'accountDeleted', id, origin);
    const erasing = this.#erase(account).finally(() => this.#erasing.delete(id));
    this.#erasing.set(id, erasing);
  }

  /** Whether the form with this token deleted an account a moment ago: sent twice, it finds neither its session nor the password any more. */
  async isDoneBy(form: string): Promise<boolean> {
    return form !== '' && this.#deps.toldOnce.isClaimed(deletionBy(form));
  }

  /** Looks for deletions that another process began and left, now and at intervals, and finishes them. */
  start(): void {
    this.#looking = this.#look();
  }

  /** Resolves once this process removes nothing any more; another process removes what is left. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#looking, ...this.#erasing.values()]);
  }

  /** Finishes each deletion that was left, one after the other. Rejects when Redis is away. */
  async finishInterrupted(): Promise<void> {
    const { accountStore, resetLinks, deletions, audit, logger } = this.#deps;
    for (let id = await deletions.take(); id !== null; id = await deletions.take()) {
      const account = (await accountStore.read(id))?.account ?? null;
      // It is finished, it never took its first step, or an operator took it back.
      const deletion = await deletions.stateOf(id);
      if (account === null || deletion === null) {
        await deletions.forget(id);
        continue;
      }
      logger.info({ userId: id }, 'a deletion that was interrupted is being finished');
      if (deletion === 'begun') audit.note({ event: 'account_deleted', user: id });
      await deletions.markTold(id);
      await resetLinks.drop(account);
      await this.#erase(account);
      if (this.#stopping.signal.aborted) return;
    }
  }

  async #look(): Promise<void> {
    for (;;) {
      try {
        await this.finishInterrupted();
      } catch (error) {
        this.#deps.logger.warn({ error }, 'deletions that were interrupted could not be looked for');
      }
      try {
        // A fifth more or less, so that instances do not look together. It keeps no process alive.
        const afterMs = lookEveryMs * (0.8 + Math.random() * 0.4);
        await pause(afterMs, undefined, { signal: this.#stopping.signal, ref: false });
      } catch {
        return;
      }
    }
  }

  async #erase(account: Account): Promise<void> {
    const { redis, accountStore: accounts, deletions, logger, prefix = '' } = this.#deps;
    const traces = new AccountTraces(redis, prefix);
    const removers = [removeCredentialTraces, removeLoginTraces];
    const about = { userId: account.id };
    for (;;) {
      try {
        const erasure = { redis, accounts, traces, deletions, removers, prefix };
        const removed = await deletions.during(account.id, () => eraseAccount(erasure, account));
        await deletions.forget(account.id);
        if (removed === null) logger.info(about, 'a deletion was taken back: the account stays');
        else logger.info({ ...about, removed }, 'a deleted account is removed');
        return;
      } catch (error) {
        logger.warn({ ...about, error }, 'what a deleted account left could not be removed; trying again');
      }
      try {
        await pause(retryAfterMs, undefined, { signal: this.#stopping.signal });
      } catch {
        logger.warn(about, 'a deletion is interrupted: another process finishes it');
        return;
      }
    }
  }
}

const deletionBy = (form: string) => `deletion by ${form}`;
