import { z } from 'zod';
import { formBoolean, parseBody, shownName, text } from './parse-body.ts';
import type { Problem } from './problem.ts';

const schema = z.object({
  code: text(1, 5),
  wait: formBoolean.default(false),
  name: shownName.default(''),
  list: z.array(z.object({ id: text(2, 3) })).default([]),
});
const parse = (body: unknown) => parseBody(schema, body);

/** How a body is refused: its sentence, and the field that is wrong. */
function refusal(body: unknown) {
  try {
    return parse(body);
  } catch (error) {
    const { code, status, message, field } = error as Problem;
    return code === 'invalid_request' && status === 400 ? [message, field] : error;
  }
}

test.each<readonly [unknown, boolean]>([
  [true, true],
  [false, false],
  [1, true],
  [0, false],
  ...['t', 'true', 'TRUE', '1', 'on', 'On', 'yes', 'y'].map((word) => [word, true] as const),
  ...['f', 'false', 'False', '0', 'off', 'no', 'N', ''].map((word) => [word, false] as const),
])('%j is a truth that a program or form may write', (written, meant) => {
  expect(parse({ code: 'a', wait: written }).wait).toBe(meant);
});

test.each(['perhaps', ' true', 'truely', 'ono', 'true\n', 2, -1, 0.5, [true], {}])(
  '%j is none',
  (written) => {
    expect(refusal({ code: 'a', wait: written })).toEqual(['wait: must be true or false.', 'wait']);
  },
);

test.each([
  ['nothing', undefined, 'code: is required.'],
  ['null', null, 'code: is required.'],
  ['no fields', {}, 'code: is required.'],
  ['null as value', { code: null }, 'code: is required.'],
  ['a number', { code: 7 }, 'code: must be a string.'],
  ['a list', { code: ['a', 'b'] }, 'code: must be a string.'],
  ['an object', { code: { a: 'b' } }, 'code: must be a string.'],
  ['an empty text', { code: '' }, 'code: must not be empty.'],
  ['a long text', { code: 'secret' }, 'code: must have at most 5 characters.'],
])('a field that is %s is refused by its name, never with its value', (_, body, sentence) => {
  expect(refusal(body)).toEqual([sentence, 'code']);
});

test('a field within others is told with its place', () => {
  expect(refusal({ code: 'a', list: [{ id: 'ab' }, { id: 'a' }] })).toEqual([
    'list.1.id: must have at least 2 characters.',
    'list.1.id',
  ]);
});

test.each([[[]], [['code']], [[null]], ['code'], [7], [true]])('a body that is %j has no fields', (body) => {
  expect(refusal(body)).toEqual(['The body must be an object with named fields.', undefined]);
});

test('a field that is null counts as absent, one that is not known is ignored, and the body stays as it was', () => {
  const body = { code: 'abcde', wait: null, name: null, other: 'x' };
  expect(parse(body)).toEqual({ code: 'abcde', wait: false, name: '', list: [] });
  expect(body).toEqual({ code: 'abcde', wait: null, name: null, other: 'x' });
});

test.each([
  [' a name\t', 'a name'],
  ['x'.repeat(64), 'x'.repeat(64)],
  [` ${'x'.repeat(64)} `, 'x'.repeat(64)],
  ['Ünïcode 名前 😀', 'Ünïcode 名前 😀'],
  ['  ', ''],
  ['half\ud83d', 'half\ufffd'],
  ['\udc00', ''],
])('%j is a name that people read', (written, shown) => {
  expect(parse({ code: 'a', name: written }).name).toBe(shown);
});

test.each([
  ['x'.repeat(65), 'name: must have at most 64 characters.'],
  ['\u0000'.repeat(65), 'name: must have at most 64 characters.'],
  ['two\nlines', 'name: must not contain control characters.'],
  ['a\u009bb', 'name: must not contain control characters.'],
  [7, 'name: must be a string.'],
])('%j is none: %s', (written, sentence) => {
  expect(refusal({ code: 'a', name: written })).toEqual([sentence, 'name']);
});
