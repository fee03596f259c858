import { errorCode } from './error-code.ts';
import { isRedisFull } from './unavailable.ts';

test.each([
  ["OOM command not allowed when used memory > 'maxmemory'.", 'OOM'],
  ["READONLY You can't write against a read only replica.", 'READONLY'],
  ['NOSCRIPT No matching script. Please use EVAL.', 'NOSCRIPT'],
  ['Connection is closed.', ''],
  ['OOM', ''],
  ['', ''],
])('the code of %j is %j', (message, code) => {
  expect(errorCode(new Error(message))).toBe(code);
  expect(isRedisFull(new Error(message))).toBe(code === 'OOM');
  // What is no error has none.
  expect(errorCode(message)).toBe('');
});
