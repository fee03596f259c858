import { dictionary } from '@zxcvbn-ts/language-common';
import { foldEmail } from '@ravi/accounts';
import { Problem } from '../http/problem.ts';

/** Why a password is refused, in a word. */
export const passwordFaults = ['tooShort', 'tooLong', 'common', 'repeats', 'ownWords'] as const;
export type PasswordFault = (typeof passwordFaults)[number];

/** The longest password, in code points: more would only cost time. */
const maxPasswordLength = 256;

/** The least number of characters of a password that are neither the person's nor the service's own words. */
const minOfItsOwn = 8;

/** A password that only repeats a unit of up to this length is refused. */
const maxRepeatedUnit = 8;

/** What a password is compared with. */
export interface PasswordContext {
  readonly minLength: number;
  /** The person's address. */
  readonly email: string;
  readonly serviceNames: readonly string[];
}

const sentences: Readonly<Record<PasswordFault, (minLength: number) => string>> = {
  tooShort: (minLength) => `must have at least ${minLength} characters`,
  tooLong: () => `must have at most ${maxPasswordLength} characters`,
  common: () => 'is one of the most common ones',
  repeats: () => 'only repeats a few characters or counts them up',
  ownWords: () => 'is made of your address or the name of this service',
};

/** Passwords that people choose most often, folded; read when the first one is checked. */
let commonPasswords: ReadonlySet<string> | undefined;

/**
 * Refuses a new password that is too short or easy to guess. Throws 400 with the field and, as its reason, the fault. Any characters
 * are fine; a character counts once, however it is encoded. (NIST SP 800-63B §3.1.1.2)
 */
export function requireGoodPassword(password: string, context: PasswordContext, field: string): void {
  const fault = faultOf(password, context);
  if (fault === null) return;
  const sentence = `${field}: ${sentences[fault](context.minLength)}.`;
  throw new Problem('invalid_request', sentence, { field, reason: fault });
}

/** What is wrong with a password; null for nothing. */
export function faultOf(
  password: string,
  { minLength, email, serviceNames }: PasswordContext,
): PasswordFault | null {
  const normal = password.normalize('NFC');
  const characters = Array.from(normal);
  if (characters.length < minLength) return 'tooShort';
  if (characters.length > maxPasswordLength) return 'tooLong';
  if (repeats(characters) || countsUp(characters)) return 'repeats';
  const folded = normal.toLowerCase();
  if (isCommon(folded)) return 'common';
  const own = [...partsOf(foldEmail(email)), ...serviceNames.map((name) => name.toLowerCase())];
  return leftWithout(folded, own) < minOfItsOwn ? 'ownWords' : null;
}

/** Whether it is the same few characters again and again. */
function repeats(characters: readonly string[]): boolean {
  const longest = Math.min(maxRepeatedUnit, Math.floor(characters.length / 2));
  return Array.from({ length: longest }, (_, index) => index + 1).some((unit) =>
    characters.every((character, at) => at < unit || character === characters[at - unit]),
  );
}

/** Whether each character follows the one before it, upwards or downwards: `abcdefgh`, `87654321`, `1234567890123`. */
function countsUp(characters: readonly string[]): boolean {
  const steps = characters
    .slice(1)
    .map((character, at) => (character.codePointAt(0) ?? 0) - (characters[at]?.codePointAt(0) ?? 0));
  return [1, -1].some((step) => steps.every((found) => found === step || found === -9 * step));
}

/** Whether it is a common password, also with digits and signs around it. */
function isCommon(folded: string): boolean {
  commonPasswords ??= new Set(dictionary['passwords-common']);
  const bare = folded.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  return commonPasswords.has(folded) || (bare.length >= 6 && commonPasswords.has(bare));
}

/** The words of an address: all of it, what is before the @, and the labels of the domain. */
function partsOf(email: string): readonly string[] {
  const [local = '', domain = ''] = email.split('@');
  return [email, local, domain, ...local.split(/[.+_-]/), ...domain.split('.')];
}

/** How many letters and digits are left once these words are taken out, each wherever it stands. */
function leftWithout(folded: string, words: readonly string[]): number {
  const taken = words
    .filter((word) => word.length >= 3)
    .toSorted((a, b) => b.length - a.length)
    .reduce((left, word) => left.split(word).join(''), folded);
  return taken === folded ? Number.POSITIVE_INFINITY : Array.from(taken).length;
}
