import type { Requirement } from './requirement-table.ts';

/** What is asked of tokens and of those who take them. */
export const tokenRequirements: readonly Requirement[] = [
  {
    id: 'RFC 8707 §2',
    title: 'Resource indicators: a token is for the service that was asked for',
    answer:
      '`resource` is one of `RESOURCE_SERVERS` or `invalid_target`; one for each token, and the same from the login to its last refresh',
  },
];
