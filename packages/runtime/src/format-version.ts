/**
 * The format of what processes leave for each other in Redis: jobs, sealed results and records name the one in which they were
 * written. A format changes in two releases: one that reads the new format, and the next one that writes it. So two releases that
 * follow each other run side by side, and each can replace the other. (docs/upgrading.md)
 */
export const writtenFormat = 1;

/** The newest format that this release reads; it reads all that came before, too. */
export const newestFormat = 1;

/** Something was written by a release that is newer than the next one. It is left as it is, for a process that reads it. */
export class NewerFormat extends Error {
  readonly code = 'newer_format';

  constructor(what: string, format: number) {
    super(
      `${what} has format ${format}; this release reads formats up to ${newestFormat} and leaves it for a newer one.`,
    );
    this.name = 'NewerFormat';
  }
}

/** Throws `NewerFormat` when this release does not read `format`. What names no format has the first. */
export function requireKnownFormat(what: string, format: string | number | null | undefined): void {
  const number = Number(format ?? 1);
  if (number > newestFormat) throw new NewerFormat(what, number);
}
