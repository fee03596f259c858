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
  | 'factorsReset'
  | 'recoveryCodeUsed'
  | 'secondStepAsked'
  | 'signInPutBack'
  | 'accountBlocked'
  | 'accountUnblocked'
  | UndoableMailKind;

/** What the person of an account can undo by a link in the mail that tells of it. */
export type UndoableMailKind =
  | 'factorAdded'
  | 'factorReplaced'
  | 'factorRemoved'
  | 'recoveryCodesMade'
  | 'providerLinked'
  | 'providerUnlinked';

/** Where the person's browser was, and the language in which they are told, or empty. */
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
  /** Names how the account signed in before: the mail brings a link that puts it back. */
  readonly undo?: string;
}
