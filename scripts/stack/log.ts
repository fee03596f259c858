import { prettyFactory } from 'pino-pretty';

const colorize = process.stdout.isTTY && !process.env['NO_COLOR'];

const prettify = prettyFactory({
  colorize,
  singleLine: true,
  translateTime: 'SYS:HH:MM:ss',
  ignore: 'pid,hostname,service,instance,requestId',
});

/** Prints a service's JSON log line for people, after the service's name; other lines unchanged. */
export function printServiceLine(service: string, line: string): void {
  const text = line.startsWith('{') ? prettify(line).trimEnd() : line;
  if (text !== '') console.log(`${service.padEnd(6)} | ${text}`);
}

/** Prints a line of our own. */
export function print(line: string): void {
  console.log(`start  | ${line}`);
}

/** In bold, if the terminal can show that. */
export function bold(text: string): string {
  return colorize ? `\u001B[1m${text}\u001B[22m` : text;
}
