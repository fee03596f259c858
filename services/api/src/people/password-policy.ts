import { requireGoodPassword } from './password-rules.ts';

/** The operator's rules for new passwords. */
export class PasswordPolicy {
  /** The shortest password, in characters. */
  readonly minLength: number;
  readonly #serviceNames: readonly string[];

  constructor(minLength: number, publicUrl: string, brandName = 'Ravi') {
    this.minLength = minLength;
    const { hostname } = new URL(publicUrl);
    const words = brandName.split(/\s+/);
    this.#serviceNames = ['Ravi', brandName, words.join(''), ...words, hostname, ...hostname.split('.')];
  }

  /** Throws 400 with the field and the fault as its reason, for a new password that is too short or easy to guess. */
  require(password: string, email: string, field: string): void {
    const { minLength } = this;
    requireGoodPassword(password, { minLength, email, serviceNames: this.#serviceNames }, field);
  }
}
