import { type MailText, minuteText } from './mail-text.ts';
import { strangersWords } from './strangers-words.ts';

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

/** Writes the notice in both languages: nobody says at the end of a login in which one they read. */
export function unusedMail(notice: UnusedNotice, publicUrl: string): MailText {
  const name = strangersWords(notice.clientName);
  const since = minuteText(notice.createdAtMs);
  const used = notice.lastUsedAtMs === null ? '-' : minuteText(notice.lastUsedAtMs);
  const link = `${publicUrl}/account/programs`;
  return {
    subject: 'A login ended that nobody used / Eine ungenutzte Anmeldung ist beendet',
    text: `A program's login to your account ended by itself, because nothing of it was used for a long time.

  Calls itself: ${name === '' ? '(it gave no name)' : `"${name}"`} (not verified)
  Approved:     ${since} (UTC)
  Last used:    ${used}

Its tokens and API keys do not work any more. If the program is still needed, let it log in again. If not, there is nothing to do.
Your other programs:
${link}

--

Die Anmeldung eines Programms in Ihrem Konto ist von selbst beendet, weil lange nichts von ihr benutzt wurde.

  Nennt sich:      ${name === '' ? '(ohne Namen)' : `"${name}"`} (nicht geprüft)
  Bestätigt:       ${since} (UTC)
  Zuletzt benutzt: ${used}

Ihre Tokens und API-Schlüssel gelten nicht mehr. Wird das Programm noch gebraucht, melden Sie es neu an. Sonst ist nichts zu tun.
Ihre anderen Programme:
${link}
`,
  };
}
