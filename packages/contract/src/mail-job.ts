/** The BullMQ queue of e-mails, from api and issuer to the issuer's mail worker. */
export const mailQueueName = 'mail';

/** Links by e-mail. The issuer makes the link as it sends it: no secret waits in the queue. */
export type LinkMailKind = 'reset' | 'verify' | 'address';

/** What the person of an account is told after it happened. */
export type NoticeMailKind =
  | 'passwordChanged'
  | 'signedIn'
  | 'addressChanged'
  | 'addressWanted'
  | 'accountDeleted'
  | 'factorAdded'
  | 'factorRemoved'
  | 'factorsReset'
  | 'recoveryCodesMade'
  | 'recoveryCodeUsed'
  | 'providerLinked'
  | 'providerUnlinked'
  | 'secondStepAsked';

/** Where the person's browser was, and the language in which they are told: one that we ship, or empty. */
export interface MailOrigin {
  readonly address: string;
  readonly userAgent: string;
  readonly language: string;
}

/** An e-mail about an account: facts, never a secret. `userId` is 0 where no account has the address that was typed: then nothing is sent. */
export interface AccountMailJob extends MailOrigin {
  readonly about: 'account';
  readonly kind: LinkMailKind | NoticeMailKind;
  readonly userId: number;
  readonly atMs: number;
  /** Where the mail goes if not to the account's address: the one that it had before, or is to have. */
  readonly to?: string;
}

/** Attempts of a delivery; the first retry after a second, each further one after twice the time: about 4.5 hours. */
export const deliveryAttempts = 15;

/** How every delivery is retried and kept. */
export const deliveryJobOptions = {
  attempts: deliveryAttempts,
  backoff: { type: 'exponential', delay: 1_000, jitter: 0.3 },
  // Kept for a while, so that the same delivery is not queued again.
  removeOnComplete: { age: 3_600, count: 1_000 },
  // Deliveries that failed for good: for a week, the latest thousand.
  removeOnFail: { age: 7 * 86_400, count: 1_000 },
};

/** The same for mails, some of which have an address: those that failed for good are kept for a day, until one more fails. */
export const mailJobOptions = { ...deliveryJobOptions, removeOnFail: { age: 86_400, count: 1_000 } };
