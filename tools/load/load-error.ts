/** A problem that the person who runs the load must fix; its message says how, in a sentence. */
export class LoadError extends Error {
  readonly code = 'load';
}
