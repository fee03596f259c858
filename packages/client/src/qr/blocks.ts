/** Of each version from 1, at error correction level L: code words of correction in a block, and how many blocks there are. (ISO/IEC 18004) */
const layouts = [
  [7, 1],
  [10, 1],
  [15, 1],
  [20, 1],
  [26, 1],
  [18, 2],
  [20, 2],
  [24, 2],
  [30, 2],
  [18, 4],
] as const;

/** How a version's code words are divided. */
export interface BlockLayout {
  readonly version: number;
  readonly correctionWords: number;
  readonly blocks: number;
  readonly dataWords: number;
  readonly totalWords: number;
}

/** The smallest version that holds this number of bytes; null where none of ours does. */
export function layoutFor(byteCount: number): BlockLayout | null {
  for (const [index, [correctionWords, blocks]] of layouts.entries()) {
    const version = index + 1;
    const totalWords = Math.floor(freeModules(version) / 8);
    const dataWords = totalWords - correctionWords * blocks;
    // The kind, the number of bytes and the end take two words, or three.
    if (byteCount + (version < 10 ? 2 : 3) <= dataWords) {
      return { version, correctionWords, blocks, dataWords, totalWords };
    }
  }
  return null;
}

/** Modules that hold data: all but the patterns of a version. */
function freeModules(version: number): number {
  const size = version * 4 + 17;
  // Finders with their borders, timing, format, the dark module.
  let taken = 3 * 64 + 2 * (size - 16) + 31;
  if (version >= 2) {
    const alignments = Math.floor(version / 7) + 2;
    // Those at the timing lines share five modules with them.
    taken += (alignments ** 2 - 3) * 25 - 2 * (alignments - 2) * 5;
  }
  if (version >= 7) taken += 36;
  return size ** 2 - taken;
}

/** The code words of a text in bytes mode, padded. */
export function dataWordsOf(bytes: Uint8Array, { version, dataWords }: BlockLayout): number[] {
  const bits: number[] = [];
  const add = (value: number, count: number): void => {
    for (let bit = count - 1; bit >= 0; bit--) bits.push((value >> bit) & 1);
  };
  add(0b0100, 4);
  add(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) add(byte, 8);
  // The end, by which the words are whole ones.
  add(0, 4);
  const words: number[] = [];
  for (let at = 0; at < bits.length; at += 8) words.push(Number.parseInt(bits.slice(at, at + 8).join(''), 2));
  for (let pad = 0xec; words.length < dataWords; pad ^= 0xec ^ 0x11) words.push(pad);
  return words;
}

/** Data with its correction, in the order in which they are drawn: the words of all blocks in turn. */
export function interleave(data: readonly number[], layout: BlockLayout): number[] {
  const { blocks, correctionWords } = layout;
  const shortLength = Math.floor(data.length / blocks);
  const shortBlocks = blocks - (data.length % blocks);
  const divisor = divisorOf(correctionWords);
  const parts: number[][] = [];
  for (let block = 0, at = 0; block < blocks; block++) {
    const length = shortLength + (block < shortBlocks ? 0 : 1);
    parts.push(data.slice(at, at + length));
    at += length;
  }
  const corrections = parts.map((part) => remainderOf(part, divisor));
  return [...inTurn(parts), ...inTurn(corrections)];
}

function inTurn(lists: readonly (readonly number[])[]): number[] {
  const longest = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, index) =>
    lists.flatMap((list) => list.slice(index, index + 1)),
  ).flat();
}

/** The generator polynomial of Reed and Solomon, without its leading 1. */
function divisorOf(degree: number): number[] {
  let polynomial = [...Array.from({ length: degree - 1 }, () => 0), 1];
  for (let step = 0, root = 1; step < degree; step++, root = multiply(root, 2)) {
    polynomial = polynomial.map(
      (coefficient, index) => multiply(coefficient, root) ^ (polynomial[index + 1] ?? 0),
    );
  }
  return polynomial;
}

function remainderOf(data: readonly number[], divisor: readonly number[]): number[] {
  let remainder = divisor.map(() => 0);
  for (const word of data) {
    const factor = word ^ (remainder[0] ?? 0);
    remainder = divisor.map(
      (coefficient, index) => (remainder[index + 1] ?? 0) ^ multiply(coefficient, factor),
    );
  }
  return remainder;
}

/** The product in GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1. */
function multiply(one: number, other: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((other >> bit) & 1) * one;
  }
  return product;
}
