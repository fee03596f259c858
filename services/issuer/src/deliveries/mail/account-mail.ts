import type { MailOrigin } from '@ravi/contract';
import { accountMailTexts, type MailWords } from './account-mail-texts.ts';
import { type MailText, minuteText } from './mail-text.ts';
import { strangersWords } from './strangers-words.ts';

/** What a mail about an account names: when and where it happened, and the one address that it links to. */
export interface AccountMailFacts extends MailOrigin {
  readonly atMs: number;
  readonly link: string;
}

/** Writes a mail about an account in the language that the browser asked for. Every mail has one link, which is ours. */
export function accountMail(
  kind: keyof (typeof accountMailTexts)['en']['kinds'],
  facts: AccountMailFacts,
): MailText {
  const t = facts.language.startsWith('de') ? accountMailTexts.de : accountMailTexts.en;
  const { subject, lead, afterLink }: MailWords = t.kinds[kind];
  const where = t.facts(
    minuteText(facts.atMs),
    strangersWords(facts.address),
    strangersWords(facts.userAgent) || '-',
  );
  const parts = [lead, facts.link, afterLink, where].filter((part) => part !== '');
  return { subject, text: `${parts.join('\n\n')}\n` };
}
