/** Something that the person at the keyboard must do; its message is one sentence that says what. */
export class SetupError extends Error {
  code = 'setup';
}

/**
 * Prints a line about the progress of the setup to stderr: stdout is for what the task gives, such as `$(npm run -s cli -- token)`.
 * @param {string} line
 */
export function say(line) {
  console.error(`setup: ${line}`);
}
