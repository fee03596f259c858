import type { Credentials } from '../../packages/client/src/credentials.ts';

/** A login that a client keeps: of the JSON calls, without API keys, whose token does not say when it ends. */
export const keptLogin: Credentials = {
  server: 'https://login.example.com',
  protocol: 'ravi',
  clientId: null,
  accessToken: 'access-0',
  tokenType: 'Bearer',
  refreshToken: 'refresh-0',
  issuedAtMs: 0,
  expiresAtMs: null,
  scope: null,
  dpopKey: null,
  account: null,
  managementKey: null,
  identityKey: null,
  identities: [],
};
