import { narrowedScope, requestedScope } from './scope.ts';

const all = ['account', 'identity'];
const known = [...all, 'notes:read'];

test.each([
  // A client that may have everything sets no limit if it names no scope that is known here.
  [undefined, all, ''],
  ['openid', all, ''],
  ['identity', all, 'identity'],
  ['account account openid  identity', all, 'account identity'],
  // Others get what they may have: one identity at most, unless that includes the account.
  [undefined, ['account'], 'account'],
  [undefined, ['identity'], 'identity'],
  [undefined, [...all, 'notes:read'], 'account identity notes:read'],
  ['notes:read', [...all, 'notes:read'], 'notes:read'],
  ['notes:read', ['identity', 'notes:read'], 'identity notes:read'],
  ['notes:read', ['account', 'notes:read'], 'notes:read'],
  ['identity notes:read', ['identity', 'notes:read'], 'identity notes:read'],
])('"%s", asked for by a client that may have %j, is "%s"', (scope, allowed, expected) => {
  expect(requestedScope(scope, allowed, known)).toBe(expected);
});

test.each([
  ['notes:read', all],
  ['account notes:read', all],
  ['account', ['identity']],
])('"%s" is refused to a client that may have %j', (scope, allowed) => {
  expect(() => requestedScope(scope, allowed, known)).toThrow(`may ask for: ${allowed.join(' ')}.`);
});

const granted = { scope: 'account', requestedScope: '', identityUuid: 'its' } as const;
const ofIdentity = { scope: 'identity', requestedScope: 'identity notes:read', identityUuid: 'its' } as const;

test.each([
  ['account', granted, undefined],
  ['openid', granted, undefined],
  ['', granted, undefined],
  ['identity', granted, 'identity'],
  ['identity', { ...granted, identityUuid: '' }, null],
  ['notes:read', granted, null],
  ['notes:read', ofIdentity, 'notes:read'],
  ['identity', ofIdentity, 'identity'],
  ['notes:read identity', ofIdentity, undefined],
  ['account', ofIdentity, null],
  ['identity account', ofIdentity, null],
])(
  'at a refresh "%s" of what was granted narrows it to what was asked for, or is refused',
  (scope, grant, expected) => {
    expect(narrowedScope(scope, grant, known)).toBe(expected);
  },
);
