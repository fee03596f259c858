import { Problem } from '../../http/problem.ts';
import { passwordProblemIn } from './own-password-problem.ts';

test.each([
  ['a wrong password', new Problem('wrong_credentials', 'Wrong.'), 'wrongPassword'],
  [
    'one attempt too many',
    new Problem('rate_limited', 'Too many.', { retryAfterSeconds: 1 }),
    'tooManyAttempts',
  ],
  ['a wrong code', new Problem('wrong_credentials', 'Wrong.', { field: 'code' }), undefined],
  ['an account without a password', new Problem('not_found', 'None.'), undefined],
])('%s is told beside the password only if it is about the password', (_, refusal, told) => {
  expect(passwordProblemIn(refusal)).toBe(told);
});
