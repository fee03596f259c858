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
 * The recovery codes that a form makes. Redis keeps their hashes alone. They come from our key, the form's token, which is different in
 * every page and stands in no store, and the time at which they are made: so the same form shows the same codes again for a moment, and makes
 * others later. Codes that ended never come back.
 */
export class RecoveryCodesOfForm {
  readonly #account: Account;
  readonly #form: string;
  readonly #keys: ServiceKeyGenerations;

  constructor(account: Account, form: string, keys: ServiceKeyGenerations) {
    this.#account = account;
    this.#form = form;
    this.#keys = keys;
  }

  /** Those that it makes at this time. */
  madeAt(atMs: number): readonly string[] {
    return this.#under(this.#keys.current, atMs);
  }

  /** The codes, where this form made them a moment ago and none was used; else null. */
  shownAgain(factors: Factors, nowMs: number): readonly string[] | null {
    const { recoveryCodes, recoveryCodesMadeAtMs: atMs = 0 } = factors;
    if (nowMs - atMs >= sentAgainMs) return null;
    const stored = recoveryCodes.join();
    const made = keyGenerations(this.#keys).map((generation) => this.#under(generation, atMs));
    return made.find((codes) => hashesOf(this.#account, codes).join() === stored) ?? null;
  }

  #under(generation: ServiceKeys, atMs: number): readonly string[] {
    const what = `${this.#account.id} ${this.#form} ${atMs}`;
    return newRecoveryCodes(
      Buffer.from(hkdfSync('sha256', generation['recovery-codes'], '', what, recoveryCodeBytes)),
    );
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
