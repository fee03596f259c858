import { BrowserVisit } from './browser-visit.ts';
import { eventually } from './eventually.ts';
import type { ReceivedMail, SmtpServer } from './smtp-server.ts';

/** A mail, its body decoded. */
export interface ReadMail {
  readonly raw: string;
  readonly headers: string;
  readonly body: string;
}

/** The mails to this address that came so far, the oldest first. */
export function mailsTo({ mails }: SmtpServer, email: string): readonly ReadMail[] {
  return mails.filter(({ to }) => to.join() === `<${email}>`).map(read);
}

/** The latest mail to this address whose subject has these words, once it is there. */
export function mailTo(smtp: SmtpServer, email: string, subject: string): Promise<ReadMail> {
  return eventually(`the mail "${subject}" arrives`, () =>
    mailsTo(smtp, email).findLast(({ headers }) =>
      headers.includes(`Subject: ${subject}`.replaceAll('\n', ' ')),
    ),
  );
}

/** The path of the only link in a mail. */
export function linkIn({ body }: ReadMail): string {
  const [beforeSignature = ''] = body.split(/^-- ?\r?$/m);
  const [link = '', ...others] = beforeSignature.match(/https?:\/\/\S+/g) ?? [];
  if (others.length > 0) throw new Error(`The mail has more than one link: ${body}`);
  const url = new URL(link);
  return url.pathname + url.search;
}

/** Confirms the address by the link that came after the sign-up. */
export async function confirmAddress(smtp: SmtpServer, siteUrl: string, email: string): Promise<void> {
  const visit = new BrowserVisit(siteUrl);
  await visit.open(linkIn(await mailTo(smtp, email, 'Confirm your email address')));
  await visit.submit('/verify');
  if (!visit.words.includes('Your address is confirmed')) throw new Error(visit.words);
}

function read({ raw }: ReceivedMail): ReadMail {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const headers = decodeWords(head);
  const encoded = rest.join('\r\n\r\n');
  const body = /^content-transfer-encoding: base64/im.test(headers)
    ? Buffer.from(encoded, 'base64').toString()
    : unquoted(encoded.replaceAll('=\r\n', '')).toString();
  return { raw, headers, body };
}

/** Puts folded lines and encoded words of headers together. (RFC 2047 §4) */
function decodeWords(head: string): string {
  return head
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .replaceAll('?= =?', '?==?')
    .replaceAll(/(?:=\?UTF-8\?[QB]\?[^?]*\?=)+/gi, (words) =>
      Buffer.concat(
        Array.from(words.matchAll(/=\?UTF-8\?([QB])\?([^?]*)\?=/gi), ([, encoding = '', text = '']) =>
          encoding.toUpperCase() === 'B' ? Buffer.from(text, 'base64') : unquoted(text.replaceAll('_', ' ')),
        ),
      ).toString(),
    );
}

/** (RFC 2045 §6.7) */
function unquoted(text: string): Buffer {
  return Buffer.from(
    text.replaceAll(/=([\dA-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}
