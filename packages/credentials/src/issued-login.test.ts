import { type IssuedLogin, keyOfGrant, readIssuedLogin, writeIssuedLogin } from './issued-login.ts';
import type { Grant } from './grants/grant.ts';

const grant: Grant = {
  id: 'the-grant',
  userId: 42,
  clientId: 'ravi-device',
  clientName: 'my "cli"\n',
  address: '192.0.2.1',
  userAgent: 'agent/1',
  createdAtMs: 1_800_000_000_000,
  identityUuid: 'an-identity',
  scope: 'account',
  requestedScope: '',
  keyThumbprint: '',
  refreshJti: 'jti',
  hasKeys: true,
  expiresAtMs: null,
};
const keys = (['management', 'identity'] as const).map((kind) =>
  keyOfGrant(grant, { hash: `hash of ${kind}`, id: `id of ${kind}`, kind, prefix: 'ravi_' }),
);
const issued: IssuedLogin = { grant, keys, approvedAtMs: 7, answer: '{"access":"a\\nb"}' };

test('what was issued comes back whole: the answer byte for byte, and each key with what its grant says of it', () => {
  expect(readIssuedLogin(writeIssuedLogin(issued))).toEqual(issued);
  expect(keys.map(({ record }) => record.identityUuid)).toEqual(['', 'an-identity']);
  expect(keys[0]?.record).toMatchObject({ userId: 42, label: grant.clientName, grantId: 'the-grant' });
});

test('a result of an issuer that sealed whole key records is collected after an upgrade', () => {
  const { answer, ...records } = issued;
  expect(readIssuedLogin(`${JSON.stringify(records)}\n${answer}`)).toEqual(issued);
});
