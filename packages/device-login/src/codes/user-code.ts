import { randomInt } from 'node:crypto';

/** 20 letters without vowels and look-alikes: they spell no words and are on every keyboard. (RFC 8628 §6.1) */
const alphabet = 'BCDFGHJKLMNPQRSTVWXZ';
const length = 8;
const foldedShape = new RegExp(`^[${alphabet}]{${length}}$`);

/** A user_code in its folded form: exactly 8 letters of the alphabet. */
export type FoldedUserCode = string & { readonly __brand: 'FoldedUserCode' };

/** A fresh random user_code: 20^8 possibilities, 34.6 bits. */
export function generateUserCode(): FoldedUserCode {
  let code = '';
  for (let i = 0; i < length; i++) code += alphabet.charAt(randomInt(alphabet.length));
  return code as FoldedUserCode;
}

/** The code as people read it: `XXXX-XXXX`. */
export function formatUserCode(code: FoldedUserCode): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

/**
 * Folds a typed or pasted code: case, spaces and punctuation do not matter. Null if it cannot be a user_code. Call it
 * before anything else uses the input, limits included.
 */
export function foldUserCode(typed: string): FoldedUserCode | null {
  if (typed.length > 64) return null;
  const folded = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  return foldedShape.test(folded) ? (folded as FoldedUserCode) : null;
}
