import { type IssuedLogin, keyOfGrant, readIssuedLogin, writeIssuedLogin } from './issued-login.ts';
import type { Grant } from './grants/grant.ts';

const about = {
  id: 'the-grant',
  userId: 42,
  clientName: 'my "cli"\n',
  createdAtMs: 1_800_000_000_000,
  identityUuid: 'an-identity',
};
const keys = (['management', 'identity'] as const).map((kind) =>
  keyOfGrant(about, { hash: `hash of ${kind}`, kind, prefix: 'ravi_', expiresAtMs: 1_900_000_000_000 }),
);
const grant: Grant = {
  ...about,
  accountEpoch: '7',
  clientId: 'ravi-device',
  address: '192.0.2.1',
  userAgent: 'agent/1',
  scope: 'account',
  requestedScope: '',
  resource: '',
  keyThumbprint: '',
  refreshJti: 'jti',
  refreshExpiresAtMs: 1_801_000_000_000,
  keyIds: keys.map(({ record }) => record.id),
  expiresAtMs: null,
};
const issued: IssuedLogin = {
  grant,
  keys,
  accessExpiresAtMs: 1_800_003_600_000,
  answer: '{"access":"a\\nb"}',
};

test('what was issued comes back whole: the answer byte for byte, and each key with what its grant says of it', () => {
  expect(readIssuedLogin(writeIssuedLogin(issued))).toEqual(issued);
  expect(keys.map(({ record }) => record.identityUuid)).toEqual(['', 'an-identity']);
  expect(keys[0]?.record).toMatchObject({ userId: 42, label: grant.clientName, grantId: 'the-grant' });
});
