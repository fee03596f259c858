/** An e-mail in plain text. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
}

/** A time as people read it, in UTC. */
export function minuteText(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
}
