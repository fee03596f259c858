import { createHash } from 'node:crypto';
import {
  type Account,
  type FactorStore,
  type Factors,
  foldRecoveryCode,
  hashOfRecoveryCode,
  newRecoveryCodes,
  takeSecondStep,
  type Totp,
  totpOwner,
} from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { MailOrigin } from '@ravi/contract';
import type { Clock, ServiceKeyGenerations } from '@ravi/runtime';
import { openKeptSecret, sealKeptSecret } from '@ravi/sealing';
import type { Logger } from '@ravi/telemetry';
import { Problem } from '../http/problem.ts';
import type { Limits } from '../limits/limits.ts';
import type { AccountMails } from './account-mails.ts';
import { CodesOfForm, sentAgainMs, withCodes } from './codes-of-form.ts';
import type { SignInOrigin } from './password-accounts.ts';
import type { SignInUndo } from './sign-in-undo.ts';
import { foldTotpCode, newTotpSecret, stepOfCode, totpSecretShape, totpUri } from './totp.ts';

export interface SecondFactorsDeps {
  readonly factorStore: FactorStore;
  readonly limits: Pick<Limits, 'admitFactorGuess'>;
  readonly mails: Pick<AccountMails, 'notify'>;
  readonly signInUndo: Pick<SignInUndo, 'note'>;
  readonly audit: Pick<AuditLog, 'note'>;
  readonly keys: ServiceKeyGenerations;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error'>;
  readonly publicUrl: string;
}

/** A change of what somebody signs in with. `sessionsEpoch` is the epoch of sessions that began with it; empty where they go on. */
interface FactorsChanged {
  readonly sessionsEpoch: string;
}

/** A factor that was added; with the first one come recovery codes, which are shown this once. */
export interface AddedFactor extends FactorsChanged {
  readonly recoveryCodes: readonly string[] | null;
}

/** Ten recovery codes, which are shown this once. */
export interface MadeCodes extends FactorsChanged {
  readonly codes: readonly string[];
}

/** Why a code was refused. `unreadable`: its secret was sealed under a `SECRET` that is gone. */
type CodeFault = 'wrong' | 'replayed' | 'none' | 'unreadable';

/** How long a form that is sent again counts as the same click. */
const sentTwiceMs = 30_000;

/** A factor that is to be added. */
export interface NewFactor {
  readonly factor: 'totp' | 'passkey';
  /** When it was added, if these factors have it already; else null. */
  readonly addedBefore: (factors: Factors) => { readonly addedAtMs: number } | null;
  /** The factors with it; null where there is one too many. */
  readonly addTo: (factors: Factors) => Factors | null;
  /** Whether it takes the place of another one in these factors. */
  readonly replaces?: (factors: Factors) => boolean;
}

/** An authenticator app that is to be set up: what the form had, and whether it may take the place of another one. */
export interface NewApp {
  readonly secret: string;
  readonly code: string;
  readonly form: string;
  readonly replaces: boolean;
}

/** Which of an account's factors: the authenticator app, or a passkey by its id. */
export type FactorChoice = { readonly kind: 'totp' } | { readonly kind: 'passkey'; readonly id: string };

/** What became of a removal. `gone`: it is removed already; `isLast`: nothing but the password would be left, so it stays. */
type FactorRemoval =
  | (FactorsChanged & { readonly kind: 'removed'; readonly wasLast: boolean })
  | { readonly kind: 'gone' | 'isLast' };

/** The reason of a refusal because the account or its sessions have ended: perhaps by a twin of the request. */
export const sessionsEnded = 'sessions_ended';

/**
 * Authenticator apps and recovery codes: setting them up, checking codes, removing them. Tells the person of each change by mail. What
 * takes a factor away or replaces it ends all sessions, which may have come of it; so does the first one, which none of them proved.
 */
export class SecondFactors {
  readonly #deps: SecondFactorsDeps;

  constructor(deps: SecondFactorsDeps) {
    this.#deps = deps;
  }

  read({ id }: Account): Promise<Factors> {
    return this.#deps.factorStore.read(id);
  }

  /** A secret to set up an authenticator app with. Nothing is stored until a first code confirms it. */
  newTotp({ email }: Account): { readonly secret: string; readonly uri: string } {
    return this.totpOf(newTotpSecret(), email);
  }

  /** The same secret again, for a form that is shown again. */
  totpOf(secret: string, email: string): { readonly secret: string; readonly uri: string } {
    const service = new URL(this.#deps.publicUrl).hostname;
    return { secret, uri: totpUri(secret, service, email) };
  }

  /**
   * Adds an authenticator app, confirmed by its first code, which is used then; or puts it in the place of the one that there is. Throws 400
   * for a wrong code, 409 where there is another app already and it is to replace none. `form` is the token of the form.
   */
  async addTotp(account: Account, app: NewApp, origin: MailOrigin): Promise<AddedFactor> {
    const { secret, code: typed, form } = app;
    const { clock, keys } = this.#deps;
    if (!totpSecretShape.test(secret))
      throw new Problem('invalid_request', 'secret: is none that was shown here.', { field: 'secret' });
    const nowMs = clock.nowMs();
    const code = foldTotpCode(typed);
    const lastStep = code === null ? null : stepOfCode(secret, code, nowMs);
    if (lastStep === null)
      throw new Problem('invalid_request', 'code: is not the one that the app shows now.', { field: 'code' });
    const owner = totpOwner(account.id);
    const totp = {
      sealedSecret: sealKeptSecret(secret, owner, keys),
      lastStep,
      addedAtMs: nowMs,
      lastUsedAtMs: null,
    };
    const isIt = ({ sealedSecret }: Totp) => openKeptSecret(sealedSecret, owner, keys)?.secret === secret;
    return this.add(
      account,
      {
        factor: 'totp',
        addedBefore: (factors) => (factors.totp !== null && isIt(factors.totp) ? factors.totp : null),
        addTo: (factors) => (factors.totp && !app.replaces ? null : { ...factors, totp }),
        replaces: (factors) => factors.totp !== null,
      },
      origin,
      form,
    );
  }

  /**
   * Adds a factor. Throws 409 where there is one too many, and where the factors that the account had are gone meanwhile: a first one
   * takes more. Throws 404 where the account or its sessions have ended. The same form, sent twice within a minute, is one success, with
   * the same recovery codes: `form` is its token.
   */
  async add(
    account: Account,
    { factor, addedBefore, addTo, replaces = () => false }: NewFactor,
    origin: MailOrigin,
    form: string,
  ): Promise<AddedFactor> {
    const { factorStore, signInUndo, audit, mails, clock, keys } = this.#deps;
    const codes = new CodesOfForm(account, form, keys);
    const nowMs = clock.nowMs();
    // A first factor stays: whoever added it knew the password.
    const undo = account.hasSecondFactor ? await signInUndo.note(account) : undefined;
    const isSentTwice = (factors: Factors) => {
      const before = addedBefore(factors);
      return before !== null && nowMs - before.addedAtMs < sentAgainMs;
    };
    const change = await factorStore.change(
      account.id,
      (factors) => {
        if (isSentTwice(factors)) return { kind: 'change', factors };
        const isFirst = !takeSecondStep(factors);
        const more = isFirst && account.hasSecondFactor ? null : addTo(factors);
        if (more === null) return { kind: 'refuse', reason: 'conflict' as const };
        if (isFirst)
          return { kind: 'change', factors: withCodes(account, more, codes.made, nowMs), endsSessions: true };
        return { kind: 'change', factors: more, endsSessions: replaces(factors) };
      },
      account.sessionsEpoch,
    );
    if (change.kind === 'refused')
      throw new Problem('conflict', 'The factors of this account are others by now.', { field: 'code' });
    if (change.kind === 'unknown') throw ended();
    const { before, sessionsEpoch } = change;
    if (isSentTwice(before)) return { recoveryCodes: codes.shownAgain(before, nowMs), sessionsEpoch };
    const isReplaced = replaces(before);
    const event = isReplaced ? 'factor_replaced' : 'factor_added';
    audit.note({ event, user: account.id, address: origin.address, factor });
    mails.notify(isReplaced ? 'factorReplaced' : 'factorAdded', account, origin, undo);
    await factorStore.replicated(account.id);
    return { recoveryCodes: takeSecondStep(before) ? null : codes.made, sessionsEpoch };
  }

  /**
   * Checks a code of the authenticator app, or a recovery code, and spends it. Throws 401 with the reason for a wrong or a used one,
   * 429 after too many wrong ones: from strangers' browsers, or from this one if somebody signed in to the account there before. The same
   * form with the same code, sent twice within 30 s, is one success: `form` is its CSRF token, which only this page of this browser has.
   */
  async useCode(
    account: Account,
    typed: string,
    origin: SignInOrigin & Pick<MailOrigin, 'userAgent' | 'language'>,
    form: string | null,
  ): Promise<'totp' | 'recovery_code'> {
    const { factorStore, limits, audit, mails, logger, clock } = this.#deps;
    const { address, browser } = origin;
    const recoveryCode = foldRecoveryCode(typed);
    const factor = recoveryCode === null ? 'totp' : 'recovery_code';
    const guess = await limits.admitFactorGuess({ address, browser, userId: account.id, factor });
    const hash = form && createHash('sha256').update(`${form} ${typed}`).digest('base64url');
    let fault: CodeFault | null;
    let again = false;
    try {
      const change = await factorStore.change<CodeFault>(account.id, (factors) => {
        const decided =
          recoveryCode === null
            ? this.#useTotp(account, factors, typed)
            : useRecoveryCode(account, factors, recoveryCode);
        const nowMs = clock.nowMs();
        again = typeof decided === 'string' && hash !== null && isSpent(factors, hash, nowMs);
        if (again) return { kind: 'change', factors };
        if (typeof decided === 'string') return { kind: 'refuse', reason: decided };
        return { kind: 'change', factors: hash ? { ...decided, spentForm: { hash, atMs: nowMs } } : decided };
      });
      fault = change.kind === 'changed' ? null : change.kind === 'refused' ? change.reason : 'none';
    } catch (error) {
      void guess.takeBack();
      throw error;
    }
    if (fault === null) {
      void guess.takeBack();
      if (factor === 'recovery_code' && !again) mails.notify('recoveryCodeUsed', account, origin);
      await factorStore.replicated(account.id);
      return factor;
    }
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

  /**
   * Ten new recovery codes, shown this once; the old ones are worthless. Null for an account without another factor. Throws 404 where the
   * account or its sessions have ended.
   */
  async makeRecoveryCodes(account: Account, origin: MailOrigin, form: string): Promise<MadeCodes | null> {
    const { factorStore, signInUndo, audit, mails, clock, keys } = this.#deps;
    const fromForm = new CodesOfForm(account, form, keys);
    const nowMs = clock.nowMs();
    let codes = fromForm.made;
    const undo = await signInUndo.note(account);
    const change = await factorStore.change(
      account.id,
      (factors) => {
        if (!takeSecondStep(factors)) return { kind: 'refuse', reason: 'noFactor' as const };
        if (fromForm.shownAgain(factors, nowMs) !== null) return { kind: 'change', factors };
        // A page that was kept, whose button is pressed again later: they want others.
        codes = fromForm.areIn(factors) ? newRecoveryCodes() : fromForm.made;
        return { kind: 'change', factors: withCodes(account, factors, codes, nowMs), endsSessions: true };
      },
      account.sessionsEpoch,
    );
    if (change.kind === 'unknown') throw ended();
    if (change.kind === 'refused') return null;
    const { before, sessionsEpoch } = change;
    const shown = fromForm.shownAgain(before, nowMs);
    if (shown !== null) return { codes: shown, sessionsEpoch };
    audit.note({ event: 'recovery_codes_made', user: account.id, address: origin.address });
    mails.notify('recoveryCodesMade', account, origin, undo);
    await factorStore.replicated(account.id);
    return { codes, sessionsEpoch };
  }

  /**
   * Removes a factor; the last one, with which the recovery codes go, only where it may be that. Throws 404 where the account or its
   * sessions have ended.
   */
  async remove(
    account: Account,
    choice: FactorChoice,
    { mayBeLast, origin }: { readonly mayBeLast: boolean; readonly origin: MailOrigin },
  ): Promise<FactorRemoval> {
    const { factorStore, signInUndo, audit, mails } = this.#deps;
    const undo = await signInUndo.note(account);
    const change = await factorStore.change<'gone' | 'isLast'>(
      account.id,
      (factors) => {
        const fewer = without(factors, choice);
        if (fewer === null) return { kind: 'refuse', reason: 'gone' };
        if (!mayBeLast && !takeSecondStep(fewer)) return { kind: 'refuse', reason: 'isLast' };
        return { kind: 'change', factors: fewer, endsSessions: true };
      },
      account.sessionsEpoch,
    );
    if (change.kind === 'refused') return { kind: change.reason };
    if (change.kind === 'unknown') throw ended();
    audit.note({ event: 'factor_removed', user: account.id, address: origin.address, factor: choice.kind });
    mails.notify('factorRemoved', account, origin, undo);
    await factorStore.replicated(account.id);
    const { after, sessionsEpoch } = change;
    return { kind: 'removed', wasLast: !takeSecondStep(after), sessionsEpoch };
  }
}

function ended(): Problem {
  return new Problem('not_found', 'The account or its sessions have ended.', { reason: sessionsEnded });
}

function isSpent({ spentForm }: Factors, hash: string, nowMs: number): boolean {
  return spentForm?.hash === hash && nowMs - spentForm.atMs < sentTwiceMs;
}

/** The factors without this one; null where they have it not. */
function without(factors: Factors, choice: FactorChoice): Factors | null {
  if (choice.kind === 'totp') return factors.totp === null ? null : { ...factors, totp: null };
  const passkeys = factors.passkeys.filter(({ id }) => id !== choice.id);
  return passkeys.length === factors.passkeys.length ? null : { ...factors, passkeys };
}

function useRecoveryCode(account: Account, factors: Factors, code: string): Factors | CodeFault {
  const used = hashOfRecoveryCode(account.id, code);
  const recoveryCodes = factors.recoveryCodes.filter((left) => left !== used);
  return recoveryCodes.length === factors.recoveryCodes.length ? 'wrong' : { ...factors, recoveryCodes };
}
