import { requireGoodPassword } from './password-faults.ts';

/** How long passwords are at least, in characters: alone, and beside a second factor. */
export interface PasswordLengths {
  readonly alone: number;
  readonly withSecondFactor: number;
}

/** The operator's rules for new passwords. */
export class PasswordPolicy {
  readonly #lengths: PasswordLengths;
  readonly #serviceNames: readonly string[];

  constructor(lengths: PasswordLengths, publicUrl: string, brandName: string) {
    this.#lengths = lengths;
    const { hostname } = new URL(publicUrl);
    const words = brandName.split(/\s+/);
    this.#serviceNames = ['Ravi', brandName, words.join(''), ...words, hostname, ...hostname.split('.')];
  }

  /** The shortest password, in characters, for an account with or without a second factor. (NIST SP 800-63B-4 §3.1.1.2) */
  minLengthFor(hasSecondFactor: boolean): number {
    const { alone, withSecondFactor } = this.#lengths;
    return hasSecondFactor ? Math.min(alone, withSecondFactor) : alone;
  }

  /** Whether a password is too short to be the only factor. */
  isShort(password: string): boolean {
    return Array.from(password.normalize('NFC')).length < this.#lengths.alone;
  }

  /** Throws 400 with the field and the fault as its reason, for a new password that is too short or easy to guess. */
  require(
    password: string,
    { email, hasSecondFactor }: { readonly email: string; readonly hasSecondFactor: boolean },
    field: string,
  ): void {
    const minLength = this.minLengthFor(hasSecondFactor);
    requireGoodPassword(password, { minLength, email, serviceNames: this.#serviceNames }, field);
  }
}
