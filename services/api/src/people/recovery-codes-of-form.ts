import { hkdfSync } from 'node:crypto';
import {
  type Account,
  type Factors,
  hashOfRecoveryCode,
  newRecoveryCodes,
  recoveryCodeBytes,
  sentAgainMs,
} from '@ravi/accounts';
import { keyGenerations, type ServiceKeyGenerations, type ServiceKeys } from '@ravi/runtime';

/**
 * The recovery codes that a form makes. Redis keeps their hashes alone. They come from our key and the form's token, which is different in
 * every page and stands in no store: so the same form shows the same codes again, and nothing else does.
 */
export class RecoveryCodesOfForm {
  readonly #account: Account;
  readonly #byGeneration: readonly (readonly string[])[];
  readonly made: readonly string[];

  constructor(account: Account, form: string, keys: ServiceKeyGenerations) {
    const codesUnder = (generation: ServiceKeys) =>
      newRecoveryCodes(
        Buffer.from(
          hkdfSync('sha256', generation['recovery-codes'], '', `${account.id} ${form}`, recoveryCodeBytes),
        ),
      );
    this.#account = account;
    this.#byGeneration = keyGenerations(keys).map(codesUnder);
    this.made = this.#byGeneration[0] ?? codesUnder(keys.current);
  }

  /** Whether all ten are those of an account with these factors. */
  areIn(factors: Factors): boolean {
    return this.#find(factors) !== null;
  }

  /** The codes, where this form made them a moment ago and none was used; else null. */
  shownAgain(factors: Factors, nowMs: number): readonly string[] | null {
    return nowMs - (factors.recoveryCodesMadeAtMs ?? 0) < sentAgainMs ? this.#find(factors) : null;
  }

  #find({ recoveryCodes }: Factors): readonly string[] | null {
    const stored = recoveryCodes.join();
    return this.#byGeneration.find((codes) => hashesOf(this.#account, codes).join() === stored) ?? null;
  }
}

/** What the account keeps of these codes. */
export function withCodes(
  account: Account,
  factors: Factors,
  codes: readonly string[],
  nowMs: number,
): Factors {
  return { ...factors, recoveryCodes: hashesOf(account, codes), recoveryCodesMadeAtMs: nowMs };
}

function hashesOf({ id }: Account, codes: readonly string[]): readonly string[] {
  return codes.map((code) => hashOfRecoveryCode(id, code.replaceAll('-', '')));
}
