import { type MailText, minuteText } from './mail-text.ts';
import { strangersWords } from './strangers-words.ts';
import type { MailTexts } from './texts/mail-texts.ts';
import { type MailLanguages, mailTextsFor } from './texts/mail-texts-for.ts';

/** The content of an e-mail about a login that ended because nobody used it. It contains no secret, because it waits in a queue. */
export interface UnusedNotice {
  readonly about: 'unused';
  readonly userId: number;
  readonly grantId: string;
  /** The epoch in which the login was approved, and the identity without which it is nothing; empty for none. */
  readonly accountEpoch: string;
  readonly neededIdentity: string;
  /** The program's own name. */
  readonly clientName: string;
  readonly createdAtMs: number;
  /** Null where it was never used. */
  readonly lastUsedAtMs: number | null;
}

/** Writes the notice in the language that the account's reader used last; in every language where that is not known. */
export function unusedMail(
  notice: UnusedNotice,
  publicUrl: string,
  language: string,
  languages: MailLanguages,
): MailText {
  const told = language === '' ? [...languages.values()] : [mailTextsFor(language, languages)];
  const name = strangersWords(notice.clientName);
  const since = minuteText(notice.createdAtMs);
  const used = notice.lastUsedAtMs === null ? '-' : `${minuteText(notice.lastUsedAtMs)} (UTC)`;
  const inOne = ({ unused: t, notVerified, unnamed }: MailTexts): string => {
    const facts = [
      `  ${t.labels.name}${name === '' ? unnamed : `"${name}"`} (${notVerified})`,
      `  ${t.labels.approved}${since} (UTC)`,
      `  ${t.labels.used}${used}`,
    ].join('\n');
    return `${[t.lead, facts, t.afterFacts].join('\n\n')}\n${publicUrl}/account/programs\n`;
  };
  return {
    subject: told.map(({ unused }) => unused.subject).join(' / '),
    text: told.map(inOne).join('\n* * *\n\n'),
  };
}
