/** The program's output: results on stdout, the rest on stderr; with `--json` everything as one object a line on stdout. */
export interface Output {
  /** An event: an object for programs, lines for people. */
  event(event: Readonly<Record<string, unknown>>, lines: readonly string[]): void;
  result(result: Readonly<Record<string, unknown>>, lines: readonly string[]): void;
  /** Why the command failed. */
  failure(code: string, message: string): void;
}

/** An output for people, or for programs. */
export function createOutput(
  json: boolean,
  stdout: (text: string) => void,
  stderr: (text: string) => void,
): Output {
  const line = (value: object): void => stdout(`${JSON.stringify(value)}\n`);
  if (json) {
    return {
      event: (event) => line(event),
      result: (result) => line(result),
      failure: (code, message) => line({ event: 'error', code, message }),
    };
  }
  const say = (lines: readonly string[]): void => stderr(lines.map((text) => `${text}\n`).join(''));
  return {
    event: (_event, lines) => say(lines),
    result: (_result, lines) => stdout(lines.map((text) => `${text}\n`).join('')),
    failure: (_code, message) => say([message]),
  };
}
