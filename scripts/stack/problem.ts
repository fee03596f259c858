/** Something that the person at the keyboard must do; its message is one sentence that says what. */
export class StackError extends Error {
  readonly code = 'stack';
}
