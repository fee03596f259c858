export interface SystemError extends Error {
  readonly code: string;
}

/** Whether the operating system refused something. */
export function isSystemError(error: unknown): error is SystemError {
  return typeof error === 'object' && error !== null && 'code' in error && 'syscall' in error;
}

const words: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there; name a place where it may',
  EPERM: 'this user may not write there; name a place where it may',
  EROFS: 'the file system is read-only; name a place that is not',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is no folder',
  EEXIST: 'a part of the path is no folder',
  EISDIR: 'it is a folder',
};

/** Why the operating system refused, in words, with its code. */
export function wordsFor(error: SystemError): string {
  const known = words[error.code];
  return known === undefined ? `${error.code}.` : `${known} (${error.code}).`;
}
