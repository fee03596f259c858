import { createHash } from 'node:crypto';

/** One small break of one file. */
export interface Mutant {
  readonly file: string;
  readonly line: number;
  /** What was done, such as `< → <=`. */
  readonly change: string;
  /** The line as it was. */
  readonly before: string;
  /** The whole file with the break. */
  readonly source: string;
}

/** An edit of a source: the part from `start` to `end` becomes `text`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly change: string;
}

/** The mutants that these edits make, one each. Edits that change nothing are left out. */
export function mutantsOf(file: string, source: string, edits: readonly Edit[]): readonly Mutant[] {
  return edits
    .map(({ start, end, text, change }): Mutant => {
      const line = source.slice(0, start).split('\n').length;
      return {
        file,
        line,
        change,
        before: source.split('\n')[line - 1]?.trim() ?? '',
        source: source.slice(0, start) + text + source.slice(end),
      };
    })
    .filter((mutant) => mutant.source !== source);
}

/** What tells a mutant from others, wherever its line has moved. */
export function nameOf({ file, change, before }: Mutant): string {
  return `${file} | ${before} | ${change}`;
}

/** The same mutants in every run, in an order that does not depend on their places and stays when others are added. */
export function sampleOf(mutants: readonly Mutant[], count: number): readonly Mutant[] {
  const rank = (mutant: Mutant) => createHash('sha256').update(nameOf(mutant)).digest('hex');
  return mutants
    .map((mutant) => ({ mutant, rank: rank(mutant) }))
    .toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ mutant }) => mutant);
}
