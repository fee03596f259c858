/** An authenticator app that shows codes. (RFC 6238) */
export interface Totp {
  /** Encrypted under `SECRET`, for this account alone. */
  readonly sealedSecret: string;
  /** The time step of the last code that was used: none that is as old counts again. (RFC 6238 §5.2) */
  readonly lastStep: number;
  readonly addedAtMs: number;
  readonly lastUsedAtMs: number | null;
}

/** A passkey: what its assertions are checked against, and what its person sees of it. (WebAuthn Level 3 §4, credential record) */
export interface Passkey {
  /** The credential's id, base64url. */
  readonly id: string;
  /** The COSE key, base64url. */
  readonly publicKey: string;
  readonly counter: number;
  /** Whether it may be kept on several devices, and whether it is. */
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  readonly transports: readonly string[];
  readonly name: string;
  readonly addedAtMs: number;
  readonly lastUsedAtMs: number | null;
}

/** The form that spent the last code: sent twice, it counts as one. */
export interface SpentForm {
  /** SHA-256 of the form's token and its code. */
  readonly hash: string;
  readonly atMs: number;
}

/** What an account has besides its password. Recovery codes are there only with another factor. */
export interface Factors {
  readonly totp: Totp | null;
  readonly passkeys: readonly Passkey[];
  /** SHA-256 of each recovery code that was not used. */
  readonly recoveryCodes: readonly string[];
  readonly recoveryCodesMadeAtMs?: number;
  readonly spentForm?: SpentForm;
}

export const noFactors: Factors = { totp: null, passkeys: [], recoveryCodes: [] };

/** The most passkeys of an account. */
export const maxPasskeys = 20;

/** Binds the sealed secret of an authenticator app to its account. */
export function totpOwner(userId: number): string {
  return `totp of account ${userId}`;
}

/** Whether a sign-in with the password takes a second step. */
export function takeSecondStep({ totp, passkeys }: Factors): boolean {
  return totp !== null || passkeys.length > 0;
}
