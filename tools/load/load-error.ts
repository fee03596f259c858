/** Something that the person who runs the load must mend; its message says what, in a sentence. */
export class LoadError extends Error {
  readonly code = 'load';
}
