import { readFile } from 'node:fs/promises';
import { LoginError } from '../login-error.ts';
import { isSystemError, type SystemError, wordsFor } from './system-errors.ts';

const refusal = (path: string) => readFile(path).catch((error: unknown) => error);

test.each<[string, unknown, boolean]>([
  ['what the operating system refused', await refusal('/none/at/all'), true],
  ['an option that Node does not take', await refusal('\0'), false],
  ['an error of ours, which has a code too', new LoginError('refused', 'No.'), false],
  ['an error without a code', new Error('broken'), false],
  ['a call without a code', { syscall: 'open' }, false],
  ['nothing', null, false],
  ['a text', 'ENOENT', false],
])('%s is told from others', (_, error, isOne) => {
  expect(isSystemError(error)).toBe(isOne);
});

test.each([
  ['EROFS', 'the file system is read-only; name a place that is not (EROFS).'],
  ['EIO', 'EIO.'],
])('%s is put in words, with the code to look up', (code, sentence) => {
  const error: SystemError = Object.assign(new Error(code), { code });
  expect(wordsFor(error)).toBe(sentence);
});
