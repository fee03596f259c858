import type { Requirement } from './requirement-table.ts';

/** What is asked of tokens and of those who take them. */
export const tokenRequirements: readonly Requirement[] = [
  {
    id: 'RFC 8707 §2',
    title: 'Resource indicators: a token is for the service that was asked for',
    answer:
      '`resource` is one of `RESOURCE_SERVERS` or `invalid_target`; one for each token, and the same from the login to its last refresh',
  },
  {
    id: 'RFC 9068 §4',
    title: 'A resource server checks issuer, audience, type, signature and time',
    answer: '`@ravi/verify` does, and takes nothing without knowing its own audience',
  },
  {
    id: 'RFC 9449 §4.3',
    title: 'A proof is compared with the request that was made',
    answer:
      'with an address from configuration or the socket, whatever `Host`, `Origin` and `X-Forwarded-*` say',
  },
];
