import type { ServiceProcess } from './services.ts';

/** A line of a service's log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** The log lines of a service with this message; of a line, either all was read so far or nothing. */
export function linesOf(process: Pick<ServiceProcess, 'output'>, message: string): readonly LogLine[] {
  return process
    .output()
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.includes(JSON.stringify(message)))
    .map((line) => JSON.parse(line) as LogLine);
}
