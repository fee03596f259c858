/** An e-mail in plain text. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
}

/** Removes line breaks, control and direction characters, and text that mail programs turn into links. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/:\/\/|www\./giu, ' ')
    .trim();
}

/** A time as people read it, in UTC. */
export function minuteText(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
}
