import {
  type Account,
  type FactorStore,
  type Factors,
  sentAgainMs,
  takeSecondStep,
  type ToldOnce,
} from '@ravi/accounts';
import type { AuditEvent, AuditLog } from '@ravi/audit';
import type { MailOrigin, UndoableMailKind } from '@ravi/contract';
import type { Clock, ServiceKeyGenerations } from '@ravi/runtime';
import { Problem } from '../http/problem.ts';
import type { AccountMails } from './account-mails.ts';
import { RecoveryCodesOfForm, withCodes } from './recovery-codes-of-form.ts';
import type { SignInUndo } from './sign-in-undo.ts';

export interface SecondFactorsDeps {
  readonly factorStore: FactorStore;
  readonly toldOnce: Pick<ToldOnce, 'claim'>;
  readonly mails: Pick<AccountMails, 'notify'>;
  readonly signInUndo: Pick<SignInUndo, 'note'>;
  readonly audit: Pick<AuditLog, 'note'>;
  readonly keys: ServiceKeyGenerations;
  readonly clock: Clock;
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

/** What the log and the person are told of a change, and the name of the state that undoes it, if any. */
interface Told {
  readonly event: AuditEvent;
  readonly kind: UndoableMailKind;
  readonly undo: string | undefined;
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
 * An account's second factors: reading, adding and removing them, and new recovery codes. Tells the person of each change by mail. What
 * takes a factor away or replaces it ends all sessions, which may have come of it; so does the first one, which none of them proved. A change
 * counts once replicas have it: see `replicated`. The session that made it goes on before that: its form may be sent again.
 */
export class SecondFactors {
  readonly #deps: SecondFactorsDeps;

  constructor(deps: SecondFactorsDeps) {
    this.#deps = deps;
  }

  read({ id }: Account): Promise<Factors> {
    return this.#deps.factorStore.read(id);
  }

  /** Resolves once enough replicas have what was changed (`RECORDS_REPLICAS`). Rejects with `NotReplicated`: the same form waits again. */
  async replicated({ id }: Account): Promise<void> {
    await this.#deps.factorStore.replicated(id);
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
    const { factorStore, signInUndo, clock, keys } = this.#deps;
    const codes = new RecoveryCodesOfForm(account, form, keys);
    const nowMs = clock.nowMs();
    const made = codes.madeAt(nowMs);
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
          return { kind: 'change', factors: withCodes(account, more, made, nowMs), endsSessions: true };
        return { kind: 'change', factors: more, endsSessions: replaces(factors) };
      },
      account.sessionsEpoch,
    );
    if (change.kind === 'refused')
      throw new Problem('conflict', 'The factors of this account are others by now.', { field: 'code' });
    if (change.kind === 'unknown') throw ended();
    const { before, after, sessionsEpoch } = change;
    const [isTwin, addedAtMs] = [isSentTwice(before), addedBefore(after)?.addedAtMs];
    const [event, kind] = replaces(before)
      ? (['factor_replaced', 'factorReplaced'] as const)
      : (['factor_added', 'factorAdded'] as const);
    await this.#tell(`${factor} ${addedAtMs}`, account, origin, {
      event: { event, user: account.id, address: origin.address, factor },
      kind,
      // What a twin noted is how the account signs in already.
      undo: isTwin ? undefined : undo,
    });
    if (isTwin) return { recoveryCodes: codes.shownAgain(before, nowMs), sessionsEpoch };
    return { recoveryCodes: takeSecondStep(before) ? null : made, sessionsEpoch };
  }

  /** Notes and tells a change once, whichever of the requests of its form does. */
  async #tell(
    change: string,
    account: Account,
    origin: MailOrigin,
    { event, kind, undo }: Told,
  ): Promise<void> {
    const { toldOnce, audit, mails } = this.#deps;
    if (!(await toldOnce.claim(`${account.id} ${change}`))) return;
    audit.note(event);
    mails.notify(kind, account, origin, undo);
  }

  /**
   * Ten new recovery codes, shown this once; the old ones are worthless. Null for an account without another factor. Throws 404 where the
   * account or its sessions have ended.
   */
  async makeRecoveryCodes(account: Account, origin: MailOrigin, form: string): Promise<MadeCodes | null> {
    const { factorStore, signInUndo, clock, keys } = this.#deps;
    const fromForm = new RecoveryCodesOfForm(account, form, keys);
    const nowMs = clock.nowMs();
    const codes = fromForm.madeAt(nowMs);
    const undo = await signInUndo.note(account);
    const change = await factorStore.change(
      account.id,
      (factors) => {
        if (!takeSecondStep(factors)) return { kind: 'refuse', reason: 'noFactor' as const };
        if (fromForm.shownAgain(factors, nowMs) !== null) return { kind: 'change', factors };
        return { kind: 'change', factors: withCodes(account, factors, codes, nowMs), endsSessions: true };
      },
      account.sessionsEpoch,
    );
    if (change.kind === 'unknown') throw ended();
    if (change.kind === 'refused') return null;
    const { before, after, sessionsEpoch } = change;
    const shown = fromForm.shownAgain(before, nowMs);
    await this.#tell(`recovery codes ${after.recoveryCodesMadeAtMs}`, account, origin, {
      event: { event: 'recovery_codes_made', user: account.id, address: origin.address },
      kind: 'recoveryCodesMade',
      undo: shown === null ? undo : undefined,
    });
    return { codes: shown ?? codes, sessionsEpoch };
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
    const { after, sessionsEpoch } = change;
    return { kind: 'removed', wasLast: !takeSecondStep(after), sessionsEpoch };
  }
}

function ended(): Problem {
  return new Problem('not_found', 'The account or its sessions have ended.', { reason: sessionsEnded });
}

/** The factors without this one; null where they have it not. */
function without(factors: Factors, choice: FactorChoice): Factors | null {
  if (choice.kind === 'totp') return factors.totp === null ? null : { ...factors, totp: null };
  const passkeys = factors.passkeys.filter(({ id }) => id !== choice.id);
  return passkeys.length === factors.passkeys.length ? null : { ...factors, passkeys };
}
