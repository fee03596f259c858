/** The BullMQ queue on which approved logins travel from api to issuer. */
export const issuanceQueueName = 'issuance';

/** BullMQ's key prefix. The braces keep all keys of the queue in one Redis Cluster slot. */
export const issuanceQueuePrefix = '{ravi}';

/**
 * What a job carries: ids, never a secret. `issue` mints the credentials of one approved login; `probe` does
 * nothing and proves that jobs are consumed.
 */
export type IssuanceJob = { readonly loginId: string } | { readonly probe: true };

/** The job names, so that a queue inspected by hand reads well. */
export type IssuanceJobName = 'issue' | 'probe';

/**
 * The job's id for one login: the same for every attempt to add it, so that a login has at most one job
 * waiting. The start time tells a login from an earlier one that had the same user_code. BullMQ forbids ":".
 */
export function issuanceJobId(loginId: string, startedAtMs: number): string {
  return `issue.${loginId}.${startedAtMs}`;
}
