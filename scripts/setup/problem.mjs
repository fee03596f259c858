/** Something that the person at the keyboard must do; its message is one sentence that says what. */
export class SetupError extends Error {
  code = 'setup';
}

/**
 * Prints a line about the progress of the setup.
 * @param {string} line
 */
export function say(line) {
  console.log(`setup: ${line}`);
}
