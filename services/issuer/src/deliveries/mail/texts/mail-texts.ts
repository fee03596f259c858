import type { AccountMailJob, UndoableMailKind } from '@ravi/contract';

/** What a mail about an account says around its facts and its link. */
export interface MailWords {
  readonly subject: string;
  readonly lead: string;
  /** The rest of the lead, where the mail has no link that undoes what it tells of. */
  readonly ifNot?: string;
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
  readonly account: Readonly<Record<AccountMailJob['kind'] | 'resetAtProvider', MailWords>> &
    Readonly<Record<UndoableMailKind, { readonly ifNot: string }>>;
  /** The rest of the lead and what follows the link, where the link undoes what the mail tells of. */
  readonly undo: Readonly<Record<'lead' | 'afterLink', string>>;
  readonly notVerified: string;
  readonly unnamed: string;
  readonly approval: ProgramMailWords<'name' | 'address' | 'software' | 'approved'>;
  readonly unused: ProgramMailWords<'name' | 'approved' | 'used'>;
}
