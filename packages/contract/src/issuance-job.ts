/** The BullMQ queue that takes approved logins and mint requests from api to issuer. */
export const issuanceQueueName = 'issuance';

/** BullMQ's key prefix. The braces keep all keys of the queue in one Redis Cluster slot. */
export const issuanceQueuePrefix = '{ravi}';

/**
 * The data of a job: ids, never a secret. `issue` mints the credentials of logins that were approved at nearly the same moment;
 * `mint` serves requests for credentials, such as refreshes, that were made at nearly the same moment; `probe` does nothing and
 * proves that jobs are consumed. `v` is the format of the job.
 */
export type IssuanceJob = { readonly v: number } & (
  | { readonly logins: readonly ApprovedLoginRef[] }
  | { readonly mintIds: readonly string[] }
  | { readonly probe: true }
);

/** An approved login. With the approver's account, if known, the issuer can read login and account at once. */
export interface ApprovedLoginRef {
  readonly loginId: string;
  readonly userId?: number;
}

/** Maximum of logins, or of requests, in one job: enough to make the queue's cost for each small, few enough to spread over idle issuers. */
export const maxPerJob = 16;

/** The job names, for people who inspect the queue. */
export type IssuanceJobName = 'issue' | 'mint' | 'probe';

/**
 * The id of a job for one login alone: the same for every attempt to add it, so that a login has at most one such job
 * waiting. The start time tells a login from an earlier one that had the same user_code. BullMQ forbids ":".
 */
export function issuanceJobId(loginId: string, startedAtMs: number): string {
  return `issue.${loginId}.${startedAtMs}`;
}

/** The id of a job for one mint request alone: the same for every attempt to add it. */
export function mintJobId(mintId: string): string {
  return `mint.${mintId}`;
}
