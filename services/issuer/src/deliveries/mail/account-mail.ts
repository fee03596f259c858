import type { MailOrigin } from '@ravi/contract';
import { type MailText, minuteText } from './mail-text.ts';
import { strangersWords } from './strangers-words.ts';
import type { MailTexts } from './texts/mail-texts.ts';
import { type MailLanguages, mailTextsFor } from './texts/mail-texts-for.ts';

/** What a mail about an account names: when and where it happened, and the one address that it links to. */
export interface AccountMailFacts extends MailOrigin {
  readonly atMs: number;
  readonly link: string;
  /** Whether the link undoes what the mail tells of. */
  readonly undoes?: boolean;
}

/** Writes a mail about an account in the language of the pages that its reader saw. Every mail has one link, which is ours. */
export function accountMail(
  kind: keyof MailTexts['account'],
  facts: AccountMailFacts,
  languages: MailLanguages,
): MailText {
  const { labels, account, undo } = mailTextsFor(facts.language, languages);
  const { subject, lead, ifNot, afterLink } = account[kind];
  const advice = facts.undoes ? undo : { lead: ifNot, afterLink };
  const where = [
    `  ${labels.when}${minuteText(facts.atMs)} (UTC)`,
    `  ${labels.address}${strangersWords(facts.address)}`,
    `  ${labels.software}${strangersWords(facts.userAgent) || '-'}`,
  ].join('\n');
  const told = advice.lead === undefined ? lead : `${lead} ${advice.lead}`;
  const parts = [told, facts.link, advice.afterLink, where].filter((part) => part !== '');
  return { subject, text: `${parts.join('\n\n')}\n` };
}
