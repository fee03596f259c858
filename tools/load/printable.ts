/** A text that came from elsewhere, for a terminal: without line breaks and sequences that would change what else is read. */
export function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '·');
}
