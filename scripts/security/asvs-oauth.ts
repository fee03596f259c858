import type { Requirement } from './requirement-table.ts';

const noCode = 'no authorization codes and no redirects';
const noProvider = 'the service is no OpenID provider: it makes no ID tokens';

/**
 * OWASP ASVS 5.0.0, chapter V10, levels 1 (L1) and 2 (L2), in its order and in our words. The service is the authorization
 * server, a resource server by its own API, and a client of OpenID providers.
 */
export const asvsOAuth: readonly Requirement[] = [
  {
    id: 'ASVS V10.1.1',
    title: 'L2: tokens reach only who needs them',
    answer: 'the program alone: the browser that approves gets none, Redis holds none that it could read',
  },
  {
    id: 'ASVS V10.1.2',
    title: 'L2: a client takes answers to its own requests alone',
    answer: 'at providers: PKCE, state and nonce of one attempt, bound to the browser by a cookie',
  },
  {
    id: 'ASVS V10.2.1',
    title: 'L2: the code flow is protected from CSRF',
    answer: 'at providers: PKCE and state',
  },
  {
    id: 'ASVS V10.2.2',
    title: 'L2: providers cannot be mixed up',
    answer: 'a redirect URI for each, named in the attempt; issuer checked',
  },
  {
    id: 'ASVS V10.3.1',
    title: 'L2: resource servers take tokens of their audience alone',
    answer: '`aud` is checked, by our own API, @ravi/verify and introspection',
  },
  {
    id: 'ASVS V10.3.2',
    title: 'L2: `sub` and `scope` decide',
    answer: 'the account by `sub`, what it may by `scope` and `identity_uuid`',
  },
  {
    id: 'ASVS V10.3.3',
    title: 'L2: people are known by what is never reassigned',
    answer: '`iss` and `sub`; account ids are random and not given out again',
  },
  {
    id: 'ASVS V10.3.4',
    title: 'L2: required strength or recency is checked',
    exemption: 'none is required; tokens say nothing of how the approver signed in',
  },
  { id: 'ASVS V10.4.1', title: 'L1: redirect URIs are compared exactly', exemption: noCode },
  {
    id: 'ASVS V10.4.2',
    title: 'L1: authorization codes count once, and replay ends what they gave',
    exemption: `${noCode}; a device_code is redeemed once, and presented again it gets nothing and ends nothing`,
  },
  {
    id: 'ASVS V10.4.3',
    title: 'L1: authorization codes live 10 minutes at most',
    exemption: `${noCode}; a device_code lives 15 minutes unless set (\`DEVICE_CODE_TTL_SECONDS\`)`,
  },
  {
    id: 'ASVS V10.4.4',
    title: 'L1: only the grants that a client needs, no implicit, no password',
    answer: 'device_code and refresh_token; no other grant, for no client',
  },
  {
    id: 'ASVS V10.4.5',
    title: 'L1: replayed refresh tokens of public clients',
    answer: 'rotation; one used before ends the login with all its tokens and keys. DPoP binds them to a key',
  },
  { id: 'ASVS V10.4.6', title: 'L2: PKCE is required', exemption: noCode },
  {
    id: 'ASVS V10.4.7',
    title: 'L2: dynamic registration does not help malicious clients',
    exemption:
      'no registration. With `OAUTH_CLIENTS=any` programs come unregistered, and the page says that their name is not verified',
  },
  {
    id: 'ASVS V10.4.8',
    title: 'L2: refresh tokens have an absolute end',
    answer:
      '`REFRESH_TOKEN_MAX_SECONDS` from the login on (default: 0, no end), and the end that the approver set',
    gap: 'refresh tokens have no absolute end unless it is set',
  },
  {
    id: 'ASVS V10.4.9',
    title: 'L2: people can revoke tokens on a page',
    answer: 'each program with its tokens and keys, or all, at every api at once',
  },
  {
    id: 'ASVS V10.4.10',
    title: 'L2: confidential clients authenticate',
    answer: 'clients are public and may have no secret; resource servers introspect with one',
  },
  {
    id: 'ASVS V10.4.11',
    title: 'L2: clients have only the scopes they need',
    answer: '`scopes` of a registered client, which cap what a person can give it',
  },
  {
    id: 'ASVS V10.5.1',
    title: 'L2: replayed ID tokens',
    answer: 'the nonce must be that of the attempt, and an attempt counts once',
  },
  {
    id: 'ASVS V10.5.2',
    title: 'L2: people are known by `sub`',
    answer: 'by issuer and `sub`, never by an address',
  },
  {
    id: 'ASVS V10.5.3',
    title: 'L2: metadata of another issuer is refused',
    answer: 'its `issuer` must be the configured one',
  },
  {
    id: 'ASVS V10.5.4',
    title: 'L2: ID tokens for another client are refused',
    answer: '`aud` must be our client_id',
  },
  {
    id: 'ASVS V10.5.5',
    title: 'L2: back-channel logout is safe',
    exemption: 'no back-channel logout (V7.6.1)',
  },
  { id: 'ASVS V10.6.1', title: 'L2: response modes of an OpenID provider', exemption: noProvider },
  { id: 'ASVS V10.6.2', title: 'L2: forced logout at an OpenID provider', exemption: noProvider },
  {
    id: 'ASVS V10.7.1',
    title: 'L2: a person consents to each request',
    answer: 'always, on a page that no link skips; nothing is remembered from earlier consents',
  },
  {
    id: 'ASVS V10.7.2',
    title: 'L2: the request for consent is clear',
    answer:
      'who asks, what is registered and what only claimed, for which service, which access and until when',
  },
  {
    id: 'ASVS V10.7.3',
    title: 'L2: people review, change and revoke consents',
    answer: 'they are listed, and can be ended',
    gap: 'what a program may cannot be narrowed afterwards, only ended',
  },
];
