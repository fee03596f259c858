import { dataWordsOf, interleave, layoutFor } from './blocks.ts';
import { Matrix } from './matrix.ts';
import { penaltyOf } from './penalty.ts';

/** Light modules around the code, so that readers find it. Two do on a screen. */
const border = 2;

/** The modules of a text as a QR code, error correction level L; null where it is longer than 271 bytes. (ISO/IEC 18004) */
export function qrMatrix(text: string): Matrix | null {
  const bytes = new TextEncoder().encode(text);
  const layout = layoutFor(bytes.length);
  if (layout === null) return null;
  const matrix = new Matrix(layout.version);
  matrix.drawWords(interleave(dataWordsOf(bytes, layout), layout));
  let best = { mask: 0, penalty: Number.POSITIVE_INFINITY };
  for (let mask = 0; mask < 8; mask++) {
    matrix.mask(mask);
    const penalty = penaltyOf(matrix);
    if (penalty < best.penalty) best = { mask, penalty };
    matrix.mask(mask);
  }
  matrix.mask(best.mask);
  return matrix;
}

/** A text as a QR code of half blocks, two modules to a character, light on a dark terminal; null where it is too long. */
export function qrCode(text: string): string | null {
  const matrix = qrMatrix(text);
  if (matrix === null) return null;
  const lines: string[] = [];
  for (let y = -border; y < matrix.size + border; y += 2) {
    let line = '';
    for (let x = -border; x < matrix.size + border; x++) {
      const [upper, lower] = [matrix.isDark(x, y), matrix.isDark(x, y + 1)];
      if (upper) line += lower ? ' ' : '▄';
      else line += lower ? '▀' : '█';
    }
    lines.push(line);
  }
  return lines.join('\n');
}
