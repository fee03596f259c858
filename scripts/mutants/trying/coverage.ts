import { Session, type Profiler } from 'node:inspector';

/** A place in a file, and the names of the breaks there. */
export interface Place {
  readonly file: string;
  readonly at: number;
  readonly names: readonly string[];
}

/** Tells which places were run since it was asked last. */
export class Coverage {
  readonly #session = new Session();
  readonly #places: ReadonlyMap<string, readonly Place[]>;
  readonly #fileOf: (url: string) => string | null;

  /** `fileOf`: the file of a script's URL; null for scripts that are not asked for. */
  constructor(places: readonly Place[], fileOf: (url: string) => string | null) {
    this.#places = Map.groupBy(places, ({ file }) => file);
    this.#fileOf = fileOf;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** The names of the breaks whose places were run. */
  take(): readonly string[] {
    const run: string[] = [];
    this.#session.post('Profiler.takePreciseCoverage', (_error, { result }) => {
      for (const { url, functions } of result) {
        const file = this.#fileOf(url);
        const places = file === null ? undefined : this.#places.get(file);
        if (!places) continue;
        const ranges = functions.flatMap((each) => each.ranges);
        for (const { at, names } of places) if (isRun(ranges, at)) run.push(...names);
      }
    });
    return run;
  }
}

/** Whether the innermost range around this character was run. */
function isRun(ranges: readonly Profiler.CoverageRange[], at: number): boolean {
  let innermost: Profiler.CoverageRange | null = null;
  for (const range of ranges) {
    if (range.startOffset > at || range.endOffset <= at) continue;
    const length = range.endOffset - range.startOffset;
    if (!innermost || length <= innermost.endOffset - innermost.startOffset) innermost = range;
  }
  return (innermost?.count ?? 0) > 0;
}
