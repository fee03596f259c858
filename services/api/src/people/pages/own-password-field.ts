import { textField } from '../../pages/fields.ts';
import { problemText } from '../../pages/problem-text.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';

/** What was wrong with the password of somebody who is signed in. */
export type OwnPasswordProblem = 'wrongPassword' | 'tooManyAttempts';

export function ownPasswordProblemText(
  problem: OwnPasswordProblem,
  retryAfterSeconds: number | undefined,
  texts: Texts,
): string {
  return problemText(texts.removeFactor.problems[problem], retryAfterSeconds, texts.lang);
}

/** The field for the password where somebody who is signed in is asked for it: with their first factor, and to link a provider. */
export function ownPasswordField(isWrong: boolean, texts: Texts, name = 'current_password'): string {
  return textField({
    name,
    label: texts.removeFactor.password,
    type: 'password',
    autocomplete: 'current-password',
    reveal: texts.reveal,
    focus: isWrong,
    wrong: isWrong,
  });
}
