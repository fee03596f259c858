let ending = new AbortController();

/** Aborted when the test that runs now has ended, in whichever way. Elsewhere than in tests it never is. */
export function untilTestEnd() {
  return ending.signal;
}

/** The environment says so. */
export function endTest() {
  ending.abort();
  ending = new AbortController();
}
