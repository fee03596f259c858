/**
 * How the keys of a limit begin; the name of a subject follows. The braces keep all of them in one Cluster slot.
 *
 * Of events: a hash. TTL: the window and an eighth of it.
 *
 * | field | from | until | holds |
 * |---|---|---|---|
 * | SLICE | its first event | it is older than the window | how many events came in this eighth of a window |
 *
 * Of guesses, with `:wrong` and `:open` behind the subject: sorted sets of guesses by the ms of their admission. TTL: the window; the
 * time after which an open guess is forgotten.
 */
export function limitKey(limit: string, prefix: string): string {
  return `${prefix}ravi:limit:{${limit}}`;
}

/** How many wrong user codes came in a period, over all instances: a string, a number. TTL: two periods. */
export function wrongCodesTotalKey(period: number, prefix: string): string {
  return `${prefix}ravi:limit:wrong-codes-total:${period}`;
}
