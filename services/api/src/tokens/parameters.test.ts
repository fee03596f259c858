import { parametersOf, required } from './parameters.ts';

test('what is known is read once, an empty value counts as absent, and what is not known is ignored', () => {
  const body = { grant_type: 'refresh_token', scope: '', unknown: ['a', 'b'] };
  expect({ ...parametersOf(body) }).toEqual({ grant_type: 'refresh_token' });
  expect({ ...parametersOf(undefined) }).toEqual({});
  expect({ ...parametersOf({ resource: ['https://a', 'https://b'] }) }).toEqual({
    resource: 'https://a https://b',
  });
});

test.each([
  ['scope may be sent once', { scope: ['a', 'b'] }],
  ['client_id may be sent once', { client_id: { a: 'b' } }],
  ['scope is too long', { scope: 'x'.repeat(4097) }],
])('it is told: %s', (sentence, body) => {
  expect(() => parametersOf(body)).toThrow(sentence);
});

test('the longest value that may be one of ours is read, and a token of any length', () => {
  const [scope, token] = ['x'.repeat(4096), 'x'.repeat(5000)];
  expect({ ...parametersOf({ scope, token }) }).toEqual({ scope, token });
});

test('a parameter that is missing is named', () => {
  expect(required(parametersOf({ token: 'x' }), 'token')).toBe('x');
  expect(() => required({}, 'token')).toThrow('token is required.');
});
