import { type MailText, minuteText } from './mail-text.ts';
import { strangersWords } from './strangers-words.ts';
import { type MailLanguages, mailTextsFor } from './texts/mail-texts-for.ts';

/** The content of an e-mail after an approval. It contains no secret, because it waits in a queue. */
export interface ApprovalNotice {
  readonly about: 'approval';
  readonly userId: number;
  /** The program's own name, and the address that it asked from. */
  readonly clientName: string;
  readonly address: string;
  readonly userAgent: string;
  readonly approvedAtMs: number;
  readonly language: string;
}

/** Writes the notice in the person's language. The program's claims stay on their line and cannot look like our words. */
export function approvalMail(notice: ApprovalNotice, publicUrl: string, languages: MailLanguages): MailText {
  const { approval: t, notVerified, unnamed } = mailTextsFor(notice.language, languages);
  const name = strangersWords(notice.clientName);
  const facts = [
    `  ${t.labels.name}${name === '' ? unnamed : `"${name}"`} (${notVerified})`,
    `  ${t.labels.address}${strangersWords(notice.address)}`,
    `  ${t.labels.software}${strangersWords(notice.userAgent) || '-'}`,
    `  ${t.labels.approved}${minuteText(notice.approvedAtMs)} (UTC)`,
  ].join('\n');
  const text = `${[t.lead, facts, t.afterFacts].join('\n\n')}\n${publicUrl}/account/programs\n`;
  return { subject: t.subject, text };
}
