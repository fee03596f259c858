import {
  type Credentials,
  readAccount,
  readCredentials,
  readIdentities,
  writeCredentials,
} from './credentials.ts';

const credentials: Credentials = {
  server: 'https://login.example.com',
  protocol: 'oauth',
  clientId: 'a-client',
  accessToken: 'an-access-token',
  tokenType: 'DPoP',
  refreshToken: 'a-refresh-token',
  issuedAtMs: 1,
  expiresAtMs: 2,
  scope: 'account',
  dpopKey: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' },
  account: { id: 1, email: 'me@example.com', firstName: 'Ada', lastName: 'Lund' },
  managementKey: 'a-management-key',
  identityKey: 'an-identity-key',
  identities: [{ uuid: 'u', name: 'Ada', email: 'ada@example.com' }],
};
/** What a store kept, but for these. */
const kept = (changed: object) => readCredentials(JSON.stringify({ version: 1, ...credentials, ...changed }));

test.each([
  credentials,
  {
    ...credentials,
    protocol: 'ravi',
    tokenType: 'Bearer',
    clientId: null,
    refreshToken: null,
    expiresAtMs: null,
    scope: null,
    dpopKey: null,
    account: null,
    managementKey: null,
    identityKey: null,
    identities: [],
  } as const,
])('what is kept is read again: %j', (written) => {
  expect(readCredentials(writeCredentials(written))).toEqual(written);
});

test.each(['', '{"version":1', 'null', '5', '[]', '{}'])('a text that is no login, %s, is none', (text) => {
  expect(readCredentials(text)).toBeNull();
});

test.each([
  { version: 2 },
  { version: undefined },
  { server: undefined },
  { accessToken: 5 },
  { issuedAtMs: '1' },
  { protocol: 'smtp' },
  { protocol: undefined },
])('a login with %j is none', (changed) => {
  expect(kept(changed)).toBeNull();
});

test.each([
  [{ tokenType: undefined }, { tokenType: 'Bearer' }],
  [{ expiresAtMs: '2' }, { expiresAtMs: null }],
  [{ clientId: '' }, { clientId: null }],
  [{ scope: 5 }, { scope: null }],
  [{ dpopKey: 'x' }, { dpopKey: null }],
  [{ dpopKey: { x: 5, y: 'y', d: 'd' } }, { dpopKey: null }],
  [{ dpopKey: { x: 'x', d: 'd' } }, { dpopKey: null }],
  [{ dpopKey: { x: 'x', y: 'y' } }, { dpopKey: null }],
])('of a login with %j the rest is read', (changed, read) => {
  expect(kept(changed)).toEqual({ ...credentials, ...read });
});

test.each([
  [
    { id: 1, email: 'me@example.com', first_name: 'Ada', last_name: 'Lund' },
    { id: 1, email: 'me@example.com', firstName: 'Ada', lastName: 'Lund' },
  ],
  [
    { id: 1, email: 'me@example.com', firstName: '', lastName: null },
    { id: 1, email: 'me@example.com', firstName: '', lastName: '' },
  ],
  [{ id: '1', email: 'me@example.com' }, null],
  [{ id: 1 }, null],
  ['me@example.com', null],
  [null, null],
])('the account %j is read as %j', (found, account) => {
  expect(readAccount(found)).toEqual(account);
});

test('of identities, those with an id and an address are read', () => {
  const whole = { uuid: 'u', name: 'Ada', email: 'ada@example.com' };
  const nameless = { uuid: 'v', email: 'v@example.com' };
  const found = [whole, nameless, { email: 'w@example.com' }, { uuid: 'w' }, null, 5];
  expect(readIdentities(found)).toEqual([whole, { ...nameless, name: '' }]);
  expect(readIdentities({ 0: whole, length: 1 })).toEqual([]);
});
