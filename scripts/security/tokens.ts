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
    id: 'RFC 9700 §2.3',
    title: 'Access token privilege restriction',
    answer:
      'a token has one audience, which the approval page shows; our own API and introspection refuse those for others; a refresh narrows and never widens',
  },
];
