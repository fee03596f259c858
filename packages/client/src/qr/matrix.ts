/** A square of modules of one of the versions up to 10, true for dark, where some are taken by patterns before the data come. */
export class Matrix {
  readonly size: number;
  readonly #dark: Uint8Array;
  readonly #isPattern: Uint8Array;
  readonly #version: number;

  constructor(version: number) {
    this.#version = version;
    this.size = version * 4 + 17;
    this.#dark = new Uint8Array(this.size ** 2);
    this.#isPattern = new Uint8Array(this.size ** 2);
    this.#drawPatterns();
  }

  /** Whether a module is dark; outside of the square all are light. */
  isDark(x: number, y: number): boolean {
    // Above and below the square the array has none.
    return x >= 0 && x < this.size && this.#dark[y * this.size + x] === 1;
  }

  /** Draws code words in two columns at a time, from the right, up and down in turn. */
  drawWords(words: readonly number[]): void {
    let bit = 0;
    for (let right = this.size - 1; right >= 1; right -= 2) {
      // The vertical timing line is passed over.
      if (right === 6) right = 5;
      for (let step = 0; step < this.size; step++) {
        const isUpward = ((right + 1) & 2) === 0;
        const y = isUpward ? this.size - 1 - step : step;
        for (const x of [right, right - 1]) {
          if (this.#isPattern[y * this.size + x] === 1) continue;
          this.#dark[y * this.size + x] = ((words[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
          bit++;
        }
      }
    }
  }

  /** Turns the data over by a mask; twice by the same is none. Notes which one. */
  mask(mask: number): void {
    for (const [at, isPattern] of this.#isPattern.entries()) {
      const [x, y] = [at % this.size, Math.floor(at / this.size)];
      if (isPattern === 0 && masks[mask]?.(x, y)) this.#dark[at] = (this.#dark[at] ?? 0) ^ 1;
    }
    this.#drawFormat(mask);
  }

  #set(x: number, y: number, isDark: boolean): void {
    // Above and below the square the array takes none.
    if (x < 0 || x >= this.size) return;
    this.#dark[y * this.size + x] = isDark ? 1 : 0;
    this.#isPattern[y * this.size + x] = 1;
  }

  #drawPatterns(): void {
    const last = this.size - 1;
    for (let at = 0; at < this.size; at++) {
      this.#set(6, at, at % 2 === 0);
      this.#set(at, 6, at % 2 === 0);
    }
    for (const [x, y] of [
      [3, 3],
      [last - 3, 3],
      [3, last - 3],
    ] as const)
      this.#drawRings(x, y, 4, [2, 4]);
    const places = this.#alignments();
    const end = places.at(-1);
    for (const x of places) {
      for (const y of places) {
        const isFinder = (x === 6 && y === 6) || (x === 6 && y === end) || (x === end && y === 6);
        if (!isFinder) this.#drawRings(x, y, 2, [1]);
      }
    }
    this.#drawFormat(0);
    this.#drawVersion();
  }

  /** Squares about a centre, dark but for the rings at some distances. */
  #drawRings(x: number, y: number, radius: number, light: readonly number[]): void {
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        this.#set(x + dx, y + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))));
      }
    }
  }

  /** Where alignments are, in both directions. */
  #alignments(): readonly number[] {
    const end = this.size - 7;
    if (this.#version === 1) return [];
    return this.#version < 7 ? [6, end] : [6, (6 + end) / 2, end];
  }

  /** Error correction level L and the mask, with their own correction, twice. */
  #drawFormat(mask: number): void {
    const data = (1 << 3) | mask;
    const bits = bitsOf(((data << 10) | bchRemainder(data, 10, 0x537)) ^ 0x5412, 15);
    const last = this.size - 1;
    for (const [bit, isDark] of bits.entries()) {
      if (bit < 6) this.#set(8, bit, isDark);
      else if (bit < 8) this.#set(8, bit + 1, isDark);
      else this.#set(bit === 8 ? 7 : 14 - bit, 8, isDark);
      if (bit < 8) this.#set(last - bit, 8, isDark);
      else this.#set(8, last - 14 + bit, isDark);
    }
    this.#set(8, last - 7, true);
  }

  #drawVersion(): void {
    if (this.#version < 7) return;
    const bits = bitsOf((this.#version << 12) | bchRemainder(this.#version, 12, 0x1f25), 18);
    for (const [bit, isDark] of bits.entries()) {
      const [far, near] = [this.size - 11 + (bit % 3), Math.floor(bit / 3)];
      this.#set(far, near, isDark);
      this.#set(near, far, isDark);
    }
  }
}

const masks: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** The lowest bits of a number, the lowest first. */
function bitsOf(value: number, count: number): readonly boolean[] {
  return Array.from({ length: count }, (_, bit) => ((value >> bit) & 1) === 1);
}

function bchRemainder(data: number, degree: number, generator: number): number {
  let remainder = data;
  for (let step = 0; step < degree; step++) {
    remainder = (remainder << 1) ^ ((remainder >> (degree - 1)) * generator);
  }
  return remainder;
}
