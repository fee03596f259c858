import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import Koa from 'koa';
import { Problem, type ProblemCode } from '../http/problem.ts';
import { refusedForm } from './refused-form.ts';

function context() {
  const request = new IncomingMessage(new Socket());
  return new Koa().createContext(request, new ServerResponse(request));
}
const words: Partial<Record<ProblemCode, string>> = { rate_limited: 'too often', wrong_credentials: 'wrong' };
const wordsFor = ({ code }: Problem) => words[code];

test('a refusal that the page has words for is told there, with its status and when to try again', () => {
  const ctx = context();
  const refusal = new Problem('rate_limited', 'Too many attempts.', { retryAfterSeconds: 7 });
  expect(refusedForm(ctx, refusal, wordsFor)).toEqual({
    problem: 'too often',
    status: 429,
    retryAfterSeconds: 7,
  });
  expect(ctx.response.get('Retry-After')).toBe('7');
});

test('a refusal that does not end with time names no time to try again', () => {
  const ctx = context();
  const refused = refusedForm(ctx, new Problem('wrong_credentials', 'Wrong.'), wordsFor);
  expect(refused).toMatchObject({ problem: 'wrong', status: 401 });
  expect(ctx.res.hasHeader('Retry-After')).toBe(false);
});

test.each([
  ['another refusal', new Problem('not_found', 'No.', { retryAfterSeconds: 7 })],
  ['what is none', new TypeError('A bug.')],
  ['what is none, by the name of one,', Object.assign(new Error('A bug.'), { code: 'rate_limited' })],
])('%s, which the page has no words for, gets a page of its own', (_, error) => {
  const ctx = context();
  expect(() => refusedForm(ctx, error, wordsFor)).toThrow(error);
  expect(ctx.res.hasHeader('Retry-After')).toBe(false);
});
