/** Something that the person at the keyboard must do; its message is one sentence that says what. */
export class SetupError extends Error {
  code = 'setup';
}

/**
 * Tells what the setup is doing, in one short line.
 * @param {string} line
 */
export function say(line) {
  console.log(`setup: ${line}`);
}
