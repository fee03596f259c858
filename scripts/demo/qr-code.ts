import { renderUnicodeCompact } from 'uqr';

/**
 * A link as a QR code in half blocks, two modules to a character. On a terminal its colours are fixed, dark on light
 * whatever the theme: not every phone reads the inverse.
 */
export function qrCode(link: string, colours: boolean): string {
  const lines = renderUnicodeCompact(link, { ecc: 'L', border: 2 }).split('\n');
  return lines.map((line) => (colours ? `\x1b[97;40m${line}\x1b[0m` : line)).join('\n');
}
