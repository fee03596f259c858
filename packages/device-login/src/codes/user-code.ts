import { randomInt } from 'node:crypto';

/** 20 letters without vowels and look-alikes: they spell no words and are on every keyboard. (RFC 8628 §6.1) */
const alphabet = 'BCDFGHJKLMNPQRSTVWXZ';
const length = 8;
const foldedShape = new RegExp(`^[${alphabet}]{${length}}$`);

/** A longer text is no code, and is not read. */
const maxTypedLength = 64;

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
  if (typed.length > maxTypedLength) return null;
  const folded = fold(typed);
  return foldedShape.test(folded) ? (folded as FoldedUserCode) : null;
}

/** What is wrong with a typed code that cannot be one: how many letters it has, and which characters of it no code has, each once. */
export function readTypedCode(typed: string): {
  readonly letters: number;
  readonly foreign: readonly string[];
} {
  const characters = Array.from(fold(typed.slice(0, maxTypedLength)));
  const foreign = characters.filter((character) => !alphabet.includes(character));
  return { letters: characters.length, foreign: [...new Set(foreign)] };
}

function fold(typed: string): string {
  return typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}
