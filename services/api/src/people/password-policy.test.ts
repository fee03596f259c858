import { Problem } from '../http/problem.ts';
import { PasswordPolicy } from './password-policy.ts';

const lengths = { alone: 15, withSecondFactor: 8 };
const policy = new PasswordPolicy(lengths, 'https://login.nordhang.example', 'Nordhang Energie');
const person = { email: 'ada@example.com', hasSecondFactor: true };

/** Why a password is refused; null where it is taken. */
function faultOf(password: string, by = policy): string | null {
  try {
    by.require(password, person, 'password');
    return null;
  } catch (error) {
    if (error instanceof Problem) return error.reason ?? '';
    throw error;
  }
}

/** @shows ASVS V6.2.11 */
test.each(['Nordhang-Energie', 'nordhangenergie1', 'NORDHANG 2026!', 'Ravi nordhang 99'])(
  '%j is made of the operator’s name and refused',
  (password) => {
    expect(faultOf(password)).toBe('ownWords');
  },
);

test('under another name it is a password like any other, and words around the name are enough', () => {
  expect(
    faultOf('Nordhang-Energie', new PasswordPolicy(lengths, 'https://login.example.com', 'Ravi')),
  ).toBeNull();
  expect(faultOf('nordhang keeps my seven keys')).toBeNull();
});

test('a password is as long as the operator says, alone and beside a second factor, which never asks for more', () => {
  expect([policy.minLengthFor(false), policy.minLengthFor(true)]).toEqual([15, 8]);
  const odd = new PasswordPolicy({ alone: 10, withSecondFactor: 12 }, 'https://login.example.com', 'Ravi');
  expect([odd.minLengthFor(false), odd.minLengthFor(true)]).toEqual([10, 10]);
  expect(['🦊'.repeat(14), '🦊'.repeat(15)].map((password) => policy.isShort(password))).toEqual([
    true,
    false,
  ]);
  expect(faultOf('x7 moon?')).toBeNull();
  expect(faultOf('x7 moon')).toBe('tooShort');
});
