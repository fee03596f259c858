import { audienceOf, narrowerScope, scopeText } from './token-claims.ts';

test.each([
  ['account', '', 'account'],
  ['account', 'account mail', 'account mail'],
  ['account', 'identity mail', 'account mail'],
  ['identity', 'account  mail calendar', 'identity mail calendar'],
] as const)(
  'of what a human granted, "%s", and a client asked for, "%s", a token says "%s"',
  (granted, asked, text) => {
    expect(scopeText(granted, asked)).toBe(text);
  },
);

test.each([
  ['account', '', 'account'],
  ['account', 'account identity', 'account'],
  ['account', 'mail', 'account'],
  ['account', 'identity mail', 'identity'],
  ['identity', 'account', 'identity'],
  ['identity', '', 'identity'],
] as const)(
  'of "%s" that was granted and "%s" that was asked for comes "%s", the narrower one',
  (granted, asked, scope) => {
    expect(narrowerScope(granted, asked)).toBe(scope);
  },
);

test('a token is for our own API where no service was named', () => {
  expect([audienceOf(''), audienceOf('https://mail.example.com')]).toEqual([
    'ravi-api',
    'https://mail.example.com',
  ]);
});
