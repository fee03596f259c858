import { createHash } from 'node:crypto';

/** One small break of one file. */
export interface Mutant {
  readonly file: string;
  readonly line: number;
  /** Places of which one is run when the break is, in characters from the beginning of the file. */
  readonly places: readonly number[];
  /** What tells it from others, wherever its line has moved: the file, the line as it was, what was done, such as `< → <=`. */
  readonly name: string;
  /** The whole file with the break. */
  readonly source: string;
}

/** An edit of a source: the part from `start` to `end` becomes `text`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly change: string;
  /** Where what is broken begins, or is used, if that is not where the edit is. */
  readonly places?: readonly number[];
}

/** The mutants that these edits make, one each. Edits that change nothing are left out. */
export function mutantsOf(file: string, source: string, edits: readonly Edit[]): readonly Mutant[] {
  const lines = source.split('\n');
  const seen = new Map<string, number>();
  return edits
    .map(({ start, end, text, change, places = [start] }): Mutant => {
      const line = source.slice(0, start).split('\n').length;
      const name = `${file} | ${lines[line - 1]?.trim() ?? ''} | ${change}`;
      const nth = (seen.get(name) ?? 0) + 1;
      seen.set(name, nth);
      return {
        file,
        line,
        places,
        name: nth === 1 ? name : `${name} (${nth})`,
        source: source.slice(0, start) + text + source.slice(end),
      };
    })
    .filter((mutant) => mutant.source !== source);
}

/** The file of a break with this name. */
export function fileOfBreak(name: string): string {
  return name.split(' | ', 1)[0] ?? '';
}

/** The same mutants in every run, in an order that does not depend on their places and stays when others are added. */
export function sampleOf(mutants: readonly Mutant[], count: number): readonly Mutant[] {
  const rank = ({ name }: Mutant) => createHash('sha256').update(name).digest('hex');
  return mutants
    .map((mutant) => ({ mutant, rank: rank(mutant) }))
    .toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ mutant }) => mutant);
}
