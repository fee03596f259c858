/** A foreign text made safe for a terminal: without line breaks and control sequences. */
export function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, '·');
}
