import { createHash } from 'node:crypto';
import {
  type Account,
  type FactorStore,
  type Factors,
  foldRecoveryCode,
  hashOfRecoveryCode,
  sentAgainMs,
  type ToldOnce,
  totpOwner,
} from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { MailOrigin } from '@ravi/contract';
import type { Clock, ServiceKeyGenerations } from '@ravi/runtime';
import { openKeptSecret, sealKeptSecret } from '@ravi/sealing';
import type { Logger } from '@ravi/telemetry';
import { Problem } from '../http/problem.ts';
import type { Limits } from '../limits/limits.ts';
import type { Guess } from '../limits/wrong-guesses.ts';
import type { AccountMails } from './account-mails.ts';
import type { SignInOrigin } from './password-accounts.ts';
import { foldTotpCode, stepOfCode } from './totp.ts';

export interface FactorCodesDeps {
  readonly factorStore: Pick<FactorStore, 'change' | 'replicated'>;
  readonly toldOnce: Pick<ToldOnce, 'claim'>;
  readonly limits: Pick<Limits, 'admitFactorGuess'>;
  readonly mails: Pick<AccountMails, 'notify'>;
  readonly audit: Pick<AuditLog, 'note'>;
  readonly keys: ServiceKeyGenerations;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error'>;
}

/** Why a code was refused. `unreadable`: its secret was sealed under a `SECRET` that is gone. */
type CodeFault = 'wrong' | 'replayed' | 'none' | 'unreadable';

/** Checks the codes that a second step takes: those of an authenticator app, and recovery codes. */
export class FactorCodes {
  readonly #deps: FactorCodesDeps;

  constructor(deps: FactorCodesDeps) {
    this.#deps = deps;
  }

  /**
   * Checks a code of the authenticator app, or a recovery code, and spends it. Throws 401 with the reason for a wrong or a used one,
   * 429 after too many wrong ones: from strangers' browsers, or from this one if somebody signed in to the account there before. The same
   * form with the same code, sent twice within a minute, is one success: `form` is its CSRF token, which only this page of this browser has.
   */
  async use(
    account: Account,
    typed: string,
    origin: SignInOrigin & Pick<MailOrigin, 'userAgent' | 'language'>,
    form: string | null,
  ): Promise<'totp' | 'recovery_code'> {
    const { factorStore, toldOnce, limits, mails, clock } = this.#deps;
    const { address, browser } = origin;
    const recoveryCode = foldRecoveryCode(typed);
    const factor = recoveryCode === null ? 'totp' : 'recovery_code';
    const guess = await limits.admitFactorGuess({ address, browser, userId: account.id, factor });
    const hash = form && createHash('sha256').update(`${form} ${typed}`).digest('base64url');
    let fault: CodeFault | null;
    try {
      const change = await factorStore.change<CodeFault>(account.id, (factors) => {
        const decided =
          recoveryCode === null
            ? this.#useTotp(account, factors, typed)
            : useRecoveryCode(account, factors, recoveryCode);
        const nowMs = clock.nowMs();
        if (typeof decided === 'string')
          return hash !== null && isSpent(factors, hash, nowMs)
            ? { kind: 'change', factors }
            : { kind: 'refuse', reason: decided };
        return { kind: 'change', factors: hash ? { ...decided, spentForm: { hash, atMs: nowMs } } : decided };
      });
      fault = change.kind === 'changed' ? null : change.kind === 'refused' ? change.reason : 'none';
    } catch (error) {
      void guess.takeBack();
      throw error;
    }
    if (fault === null) {
      void guess.takeBack();
      // Also where a reply of Redis was lost, so that its form came again as a twin.
      const used = recoveryCode && hashOfRecoveryCode(account.id, recoveryCode);
      if (used !== null && (await toldOnce.claim(`used ${used}`)))
        mails.notify('recoveryCodeUsed', account, origin);
      await factorStore.replicated(account.id);
      return factor;
    }
    return this.#refuse(account, fault, address, guess);
  }

  async #refuse(account: Account, fault: CodeFault, address: string, guess: Guess): Promise<never> {
    const { audit, logger } = this.#deps;
    if (fault === 'unreadable')
      logger.error(
        { userId: account.id },
        'the secret of an authenticator app was sealed under another SECRET',
      );
    // A code that was right a moment ago is no guess, so that a form that was sent twice locks nobody out.
    if (fault === 'replayed') void guess.takeBack();
    else await guess.wrong();
    const reason = fault === 'replayed' ? 'replayed_second_factor' : 'wrong_second_factor';
    audit.note({ event: 'sign_in_failed', reason, address, user: account.id });
    const sentence =
      fault === 'replayed'
        ? 'code: was used already. Wait for the next one.'
        : 'code: is not right. Enter the one that the app shows now, or a recovery code.';
    throw new Problem('wrong_credentials', sentence, { field: 'code', reason: fault });
  }

  #useTotp(account: Account, factors: Factors, typed: string): Factors | CodeFault {
    const { keys, clock } = this.#deps;
    const { totp } = factors;
    const code = foldTotpCode(typed);
    if (totp === null) return 'none';
    if (code === null) return 'wrong';
    const opened = openKeptSecret(totp.sealedSecret, totpOwner(account.id), keys);
    if (opened === null) return 'unreadable';
    const nowMs = clock.nowMs();
    const step = stepOfCode(opened.secret, code, nowMs);
    if (step === null) return 'wrong';
    if (step <= totp.lastStep) return 'replayed';
    const sealedSecret = opened.isCurrent
      ? totp.sealedSecret
      : sealKeptSecret(opened.secret, totpOwner(account.id), keys);
    return { ...factors, totp: { ...totp, sealedSecret, lastStep: step, lastUsedAtMs: nowMs } };
  }
}

function isSpent({ spentForm }: Factors, hash: string, nowMs: number): boolean {
  return spentForm?.hash === hash && nowMs - spentForm.atMs < sentAgainMs;
}

function useRecoveryCode(account: Account, factors: Factors, code: string): Factors | CodeFault {
  const used = hashOfRecoveryCode(account.id, code);
  const recoveryCodes = factors.recoveryCodes.filter((left) => left !== used);
  return recoveryCodes.length === factors.recoveryCodes.length ? 'wrong' : { ...factors, recoveryCodes };
}
