import { LoadError } from '../load-error.ts';

/** The port of `serve` where none is named. */
export const defaultPort = 7_070;

/** Where a machine serves. */
export interface MachineAddress {
  readonly host: string;
  readonly port: number;
}

/** Reads `HOST`, `HOST:PORT` or `[IPv6]:PORT`, which `flag` names. Port 0, a free one, is only for listening. Throws LoadError. */
export function parseMachineAddress(flag: string, text: string, leastPort: 0 | 1): MachineAddress {
  const [, bracketed, plain, digits] = /^(?:\[([\da-f:]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = digits === undefined ? defaultPort : Number(digits);
  if (host === undefined || port > 65_535 || port < leastPort)
    throw new LoadError(`${flag} must be HOST:PORT, such as 10.0.0.7:${defaultPort}, not "${text}".`);
  return { host, port };
}
