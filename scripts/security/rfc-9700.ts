import type { Requirement } from './requirement-table.ts';

const noRedirects = 'no authorization endpoint, so no redirects with an answer';
const noCodes = 'no authorization codes';

/**
 * What RFC 9700 asks of an authorization server, in its order; where it asks of clients, of us as a client of OpenID providers. Where
 * a section asks for several things, they are numbered in its order.
 */
export const rfc9700: readonly Requirement[] = [
  { id: 'RFC 9700 §2.1(1)', title: 'Redirect URIs are compared exactly (MUST)', exemption: noRedirects },
  {
    id: 'RFC 9700 §2.1(2)',
    title: 'No open redirectors (MUST)',
    answer: 'no input leads a browser anywhere but to our own pages, or to a configured provider',
  },
  {
    id: 'RFC 9700 §2.1(3)',
    title: 'Clients prevent CSRF (MUST) and mix-up (REQUIRED)',
    answer: 'at providers: PKCE, nonce and state of one attempt, `iss`, and a redirect URI for each',
  },
  {
    id: 'RFC 9700 §2.1.1',
    title: 'PKCE (MUST)',
    answer: 'used at providers, with S256; our own API has no authorization codes',
  },
  {
    id: 'RFC 9700 §2.1.2',
    title: 'No implicit grant (SHOULD NOT)',
    answer: 'no answer by way of the browser: `response_types_supported` is empty',
  },
  {
    id: 'RFC 9700 §2.2.1',
    title: 'Access tokens are sender-constrained (SHOULD)',
    answer: 'by DPoP, for a client that proves a key, and always where its registration says so',
    gap: 'bearer tokens unless the client or its registration asks for more; no DPoP for the JSON API and for API keys',
  },
  {
    id: 'RFC 9700 §2.2.2',
    title: 'Refresh tokens of public clients are constrained or rotate (MUST)',
    answer: 'they rotate; with DPoP they are bound as well',
  },
  {
    id: 'RFC 9700 §2.3(1)',
    title: 'Access tokens are for one resource server (SHOULD)',
    answer:
      'one audience for each token, the `resource` of its login, which the approval page shows; our API and introspection refuse all others. A service without `resource` is a part of our own API',
  },
  {
    id: 'RFC 9700 §2.3(2)',
    title: 'Access tokens are for the least that is needed (SHOULD)',
    answer: 'the account or one identity of it, and the client’s scopes: the narrower of both',
  },
  { id: 'RFC 9700 §2.4', title: 'No password grant (MUST NOT)', answer: 'refused' },
  {
    id: 'RFC 9700 §2.5',
    title: 'Clients authenticate where feasible (SHOULD)',
    exemption: 'programs on people’s machines keep no secret (RFC 8628 §5.6)',
  },
  {
    id: 'RFC 9700 §2.6(1)',
    title: 'Metadata is published (RECOMMENDED)',
    answer: 'RFC 8414; client libraries find their way by it alone',
  },
  {
    id: 'RFC 9700 §2.6(2)',
    title: 'TLS end to end (RECOMMENDED)',
    answer: 'production takes https alone as `PUBLIC_URL`; a proxy in front ends TLS (§4.13)',
  },
  {
    id: 'RFC 9700 §2.6(3)',
    title: 'No answers over http or to unchecked origins (MUST NOT)',
    exemption: noRedirects,
  },
  { id: 'RFC 9700 §4.1', title: 'Insufficient validation of redirect URIs', exemption: noRedirects },
  {
    id: 'RFC 9700 §4.2',
    title: 'Leaks by Referer',
    answer: 'pages name themselves to no other site and load nothing; no token is in an address',
  },
  {
    id: 'RFC 9700 §4.3',
    title: 'Leaks by browser history',
    answer: 'tokens in an address are refused. A user_code in one collects nothing (RFC 8628 §5.5)',
  },
  { id: 'RFC 9700 §4.4', title: 'Mix-up', answer: 'as a client: see §2.1(3); as a server: no redirects' },
  {
    id: 'RFC 9700 §4.5',
    title: 'Injected authorization codes',
    answer: 'as a client: a code of another attempt signs nobody in',
  },
  { id: 'RFC 9700 §4.6', title: 'Injected access tokens', exemption: noRedirects },
  {
    id: 'RFC 9700 §4.7',
    title: 'Cross-site request forgery',
    answer: 'an answer of a provider that another browser began signs nobody in',
  },
  { id: 'RFC 9700 §4.8', title: 'PKCE downgrade (MUST)', exemption: noCodes },
  {
    id: 'RFC 9700 §4.9',
    title: 'Access tokens leak at a resource server',
    answer:
      'a token opens its own audience alone; DPoP makes a copy worthless; a bearer token ends with its login, at every api and for whoever introspects',
  },
  {
    id: 'RFC 9700 §4.10',
    title: 'Stolen access tokens are misused',
    answer: 'DPoP, and 1 h (`ACCESS_TOKEN_TTL_SECONDS`)',
    gap: 'a bearer token is as good to a thief, at its own audience (§2.2.1)',
  },
  {
    id: 'RFC 9700 §4.11.2',
    title: 'The authorization server redirects to attackers (MUST)',
    answer: 'it redirects to no client',
  },
  {
    id: 'RFC 9700 §4.12',
    title: 'No 307 after credentials (MUST NOT), better 303 (SHOULD)',
    answer: '303 after each form',
  },
  {
    id: 'RFC 9700 §4.13',
    title: 'Proxies that end TLS',
    answer: '`TRUSTED_PROXY_HOPS` says how many to believe; what a client claims does not count',
  },
  {
    id: 'RFC 9700 §4.14.2(1)',
    title: 'Whether a client gets refresh tokens is decided (MUST)',
    gap: 'each client gets refresh tokens; a registration cannot say otherwise',
  },
  {
    id: 'RFC 9700 §4.14.2(2)',
    title: 'Refresh tokens are bound to what was consented to (MUST)',
    answer: 'they carry scope and audience, signed; a refresh may narrow the scope, and widens neither',
  },
  {
    id: 'RFC 9700 §4.14.2(3)',
    title: 'Replayed refresh tokens are detected (MUST)',
    answer: 'the login ends with all its tokens and keys, also those that were made of them',
  },
  {
    id: 'RFC 9700 §4.14.2(4)',
    title: 'Refresh tokens expire when unused (SHOULD)',
    answer: 'after `REFRESH_TOKEN_IDLE_SECONDS`, 30 days',
  },
  {
    id: 'RFC 9700 §4.15',
    title: 'A client poses as a person (SHOULD NOT)',
    answer: '`sub` is always the approver’s account, whatever the client_id; no token is without a person',
  },
  {
    id: 'RFC 9700 §4.16',
    title: 'Clickjacking (MUST)',
    answer: "`frame-ancestors 'none'` and `X-Frame-Options: DENY` on every page",
  },
  { id: 'RFC 9700 §4.17', title: 'In-browser communication', exemption: 'no `postMessage`' },
];
