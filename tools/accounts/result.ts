/** What became of a command: with which code the tool exits, and what it says. */
export interface CommandResult {
  readonly exitCode: ExitCode;
  /** For people. */
  readonly text: string;
  /** For programs: one JSON document a line with `--json`. */
  readonly documents: readonly object[];
}

/** The tool's exit codes. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, nothingFound: 3 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const done = (text: string, ...documents: readonly object[]): CommandResult => ({
  exitCode: exitCodes.ok,
  text,
  documents,
});

export const refused = (text: string): CommandResult => ({ exitCode: exitCodes.failed, text, documents: [] });

export const nothingFound = (text: string): CommandResult => ({
  exitCode: exitCodes.nothingFound,
  text,
  documents: [],
});

/** A text of somebody else, for a terminal: it must not steer it. */
export function plain(text: string): string {
  return text.replaceAll(/\p{C}/gu, '\ufffd');
}

/** A moment for people. */
export function moment(ms: number | null): string {
  return ms === null ? '-' : new Date(ms).toISOString().slice(0, 19);
}

/** Whether a person was told by mail, as an operator reads it. */
export const toldText = (told: boolean): string =>
  told
    ? 'They are told by mail.'
    : 'Nobody is told by mail: SMTP_URL is not set, the address is not confirmed, or Redis is full.';
