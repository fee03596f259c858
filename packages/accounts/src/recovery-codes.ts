import { createHash, randomBytes } from 'node:crypto';

/** How many recovery codes an account gets at once. */
export const recoveryCodeCount = 10;

/** Digits and letters that look like no other: 32, for five bits each. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const codeLength = 16;

/** How many random bytes ten recovery codes are made of. */
export const recoveryCodeBytes = recoveryCodeCount * codeLength;

/** Recovery codes, each of 80 random bits, as their person reads them: `xxxx-xxxx-xxxx-xxxx`. The same of the same bytes. */
export function newRecoveryCodes(bytes: Uint8Array = randomBytes(recoveryCodeBytes)): readonly string[] {
  return Array.from({ length: recoveryCodeCount }, (_, at) =>
    Array.from(
      bytes.subarray(at * codeLength, (at + 1) * codeLength),
      (byte) => alphabet[byte % alphabet.length],
    )
      .join('')
      .replaceAll(/(.{4})(?=.)/g, '$1-'),
  );
}

/** A typed recovery code without its dashes, blanks and capitals; null where it can be none. */
export function foldRecoveryCode(typed: string): string | null {
  const folded = typed.replaceAll(/[\s-]/g, '').toLowerCase().replaceAll('o', '0').replaceAll(/[il]/g, '1');
  return folded.length === codeLength && Array.from(folded).every((sign) => alphabet.includes(sign))
    ? folded
    : null;
}

/**
 * What Redis keeps of a recovery code of this account. A fast hash is enough for 80 random bits; the account in it keeps one guess
 * from being held against all accounts. Not under `SECRET`: a code that lies in a drawer for years outlives that.
 */
export function hashOfRecoveryCode(userId: number, folded: string): string {
  return createHash('sha256').update(`${userId} ${folded}`).digest('base64url');
}
