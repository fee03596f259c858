import type { AccountMailJob } from '@ravi/contract';

/** What a mail about an account says around its facts and its link. */
export interface MailWords {
  readonly subject: string;
  readonly lead: string;
  readonly afterLink: string;
}

/** What a mail about a program says: a line with a label for each fact, and the words around them. */
export interface ProgramMailWords<Label extends string> {
  readonly subject: string;
  readonly lead: string;
  /** Aligned, so that the facts stand below each other. */
  readonly labels: Readonly<Record<Label, string>>;
  /** The rest of the mail, before its link. */
  readonly afterFacts: string;
}

export interface MailTexts {
  readonly labels: Readonly<Record<'when' | 'address' | 'software', string>>;
  readonly account: Readonly<Record<AccountMailJob['kind'] | 'resetAtProvider', MailWords>>;
  readonly notVerified: string;
  readonly unnamed: string;
  readonly approval: ProgramMailWords<'name' | 'address' | 'software' | 'approved'>;
  readonly unused: ProgramMailWords<'name' | 'approved' | 'used'>;
}
