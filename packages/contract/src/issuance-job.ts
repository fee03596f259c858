/** The BullMQ queue on which approved logins and mint requests travel from api to issuer. */
export const issuanceQueueName = 'issuance';

/** BullMQ's key prefix. The braces keep all keys of the queue in one Redis Cluster slot. */
export const issuanceQueuePrefix = '{ravi}';

/**
 * What a job carries: ids, never a secret. `issue` mints the credentials of approved logins, those that were approved at nearly
 * the same moment together; `mint` serves one request for credentials, such as a refresh; `probe` does nothing and proves
 * that jobs are consumed.
 */
export type IssuanceJob =
  { readonly logins: readonly ApprovedLoginRef[] } | { readonly mintId: string } | { readonly probe: true };

/** An approved login. The account that approved it, where it is known, saves the issuer from reading one after the other. */
export interface ApprovedLoginRef {
  readonly loginId: string;
  readonly userId?: number;
}

/** The most logins of one job: enough to make the queue's share of a login small, few enough to spread over idle issuers. */
export const maxLoginsPerJob = 16;

/** The job names, so that a queue inspected by hand reads well. */
export type IssuanceJobName = 'issue' | 'mint' | 'probe';

/**
 * The id of a job for one login alone: the same for every attempt to add it, so that a login has at most one such job
 * waiting. The start time tells a login from an earlier one that had the same user_code. BullMQ forbids ":".
 */
export function issuanceJobId(loginId: string, startedAtMs: number): string {
  return `issue.${loginId}.${startedAtMs}`;
}

/** The job's id for one mint request: two presentations of the same refresh token share a job. */
export function mintJobId(mintId: string): string {
  return `mint.${mintId}`;
}
