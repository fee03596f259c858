import { requireKnownFormat } from '@ravi/runtime';
import { type Account, foldEmail } from './account.ts';

/** The fields of an account's hash that make an `Account`, in the order in which `readAccount` takes them. */
export const accountFields = [
  'email',
  'first_name',
  'last_name',
  'epoch',
  'sessions_epoch',
  'blocked',
  'v',
  'verified_email',
  'second_factor',
  'language',
] as const;

/** Reads these fields; null when there is no such account, or it is only being created. Throws `NewerFormat`. */
export function readAccount(id: number, values: readonly (string | null | undefined)[]): Account | null {
  const [email, firstName, lastName, epoch, sessionsEpoch, blocked, format, verifiedEmail, ...more] = values;
  const [secondFactor, language] = more;
  requireKnownFormat('An account', format);
  if (!email || !epoch || !sessionsEpoch) return null;
  return {
    id,
    email,
    firstName: firstName ?? '',
    lastName: lastName ?? '',
    epoch,
    sessionsEpoch,
    emailVerified: verifiedEmail === foldEmail(email),
    blocked: blocked === '1',
    hasSecondFactor: secondFactor === '1',
    language: language ?? '',
  };
}
