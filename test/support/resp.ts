/** The commands of a RESP request; none where it is something else. */
export function readCommands(text: string): string[][] {
  return text
    .split(/(?=\*\d+\r\n)/)
    .filter((part) => part.startsWith('*'))
    .map((part) => [...part.matchAll(/\$\d+\r\n([^\r]*)\r\n/g)].map(([, word = '']) => word));
}

/** A reply of one text. */
export function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

/** A reply of several texts. */
export function array(texts: readonly string[]): string {
  return `*${texts.length}\r\n${texts.map(bulk).join('')}`;
}
