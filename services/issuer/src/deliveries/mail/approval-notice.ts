import { type MailText, minuteText } from './mail-text.ts';
import { strangersWords } from './strangers-words.ts';

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

const texts = {
  en: {
    subject: 'A program was given access to your account',
    unnamed: '(it gave no name)',
    body: (
      facts: Facts,
    ) => `You approved a program's login a moment ago, or somebody who is signed in as you did.

  Calls itself: ${facts.name} (not verified)
  Asked from:   ${facts.address}
  Software:     ${facts.software}
  Approved:     ${facts.when} (UTC)

If that was you, there is nothing to do.

If it was not, press "This was not me" beside the program here. The page then says what else helps:
${facts.link}
`,
  },
  de: {
    subject: 'Ein Programm hat Zugang zu Ihrem Konto bekommen',
    unnamed: '(ohne Namen)',
    body: (
      facts: Facts,
    ) => `Sie haben soeben die Anmeldung eines Programms bestätigt, oder jemand, der in Ihrem Konto angemeldet ist.

  Nennt sich:   ${facts.name} (nicht geprüft)
  Gefragt von:  ${facts.address}
  Software:     ${facts.software}
  Bestätigt:    ${facts.when} (UTC)

Wenn Sie das waren, ist nichts zu tun.

Wenn nicht, drücken Sie hier beim Programm „Das war ich nicht“. Die Seite sagt dann, was noch hilft:
${facts.link}
`,
  },
};

interface Facts {
  readonly name: string;
  readonly address: string;
  readonly software: string;
  readonly when: string;
  readonly link: string;
}

/** Writes the notice in the person's language. The program's claims stay on their line and cannot look like our words. */
export function approvalMail(notice: ApprovalNotice, publicUrl: string): MailText {
  const t = notice.language.startsWith('de') ? texts.de : texts.en;
  const name = strangersWords(notice.clientName);
  return {
    subject: t.subject,
    text: t.body({
      name: name === '' ? t.unnamed : `"${name}"`,
      address: strangersWords(notice.address),
      software: strangersWords(notice.userAgent) || '-',
      when: minuteText(notice.approvedAtMs),
      link: `${publicUrl}/account/programs`,
    }),
  };
}
