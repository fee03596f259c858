import { measured, type Measured } from './medians.ts';

/** One of the measured candidates. */
export interface Contender {
  readonly name: string;
  /** Measures once; the numbers are compared. */
  readonly measure: () => Promise<number>;
}

/**
 * Measures all contenders in every round, and starts each round with another one, so that other load on the machine
 * affects all alike. A first extra round does not count: it warms up the code.
 */
export async function alternate(contenders: readonly Contender[], rounds: number): Promise<Measured[]> {
  const values = contenders.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const index = (turn + Math.max(round, 0)) % contenders.length;
      const value = await contenders[index]?.measure();
      if (round >= 0 && value !== undefined) values[index]?.push(value);
    }
  }
  return contenders.map(({ name }, index) => measured(name, values[index] ?? []));
}
