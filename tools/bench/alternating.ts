import { measured, type Measured } from './medians.ts';

/** Someone who is measured against others. */
export interface Contender {
  readonly name: string;
  /** Measures once; the number is what is compared. */
  readonly measure: () => Promise<number>;
}

/**
 * Measures all contenders in every round, each round beginning with another one, so that what else happens on the
 * machine meets all alike. One round more comes first and does not count: it warms the code up.
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
