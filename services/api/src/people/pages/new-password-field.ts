import { textField } from '../../pages/fields.ts';
import type { Texts } from '../../pages/texts/texts-for.ts';
import type { Problem } from '../../http/problem.ts';
import { type PasswordFault, passwordFaults } from '../password-faults.ts';

/** Where a new password is typed. */
export interface NewPasswordField {
  readonly name: string;
  readonly label: string;
  readonly minLength: number;
  readonly wrong: boolean;
  readonly focus?: boolean;
}

/** The field of a new password, with what it must be. It can be shown while it is typed. */
export function newPasswordField({ minLength, ...field }: NewPasswordField, texts: Texts): string {
  return textField({
    ...field,
    type: 'password',
    autocomplete: 'new-password',
    minLength,
    hint: texts.signUp.passwordHint({ characters: minLength }),
    reveal: texts.reveal,
  });
}

/** Whether the problem of a form is the fault of a password. */
export function isPasswordFault(problem: string | undefined): problem is PasswordFault {
  return passwordFaults.some((fault) => fault === problem);
}

/** What is wrong with a refused password, in the person's words. */
export function passwordFaultText(fault: PasswordFault, minLength: number, texts: Texts): string {
  return texts.passwordFaults[fault]({ characters: minLength });
}

/** The fault that a refusal names; the shortest of all is none. */
export function passwordFaultIn({ reason }: Problem): PasswordFault {
  return isPasswordFault(reason) ? reason : 'tooShort';
}
