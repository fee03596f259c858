import { randomBytes, randomInt } from 'node:crypto';

/** User agents of programs, from short to long. */
const userAgents = [
  'node',
  'curl/8.5.0',
  'python-requests/2.32.3',
  'Go-http-client/1.1',
  'acme-agent/3.14.2 (linux; x64) node/24.11.0',
  'okhttp/4.12.0',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Deno/2.5.4',
  'aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.13.7',
  'axios/1.12.2',
  'nightly build robot 7',
] as const;

/** Forwarded addresses, as a balancer adds them: one address, one with a proxy before it, IPv6. */
const forwardings = [
  (n: number) => ipv4(n),
  (n: number) => `${ipv4(n * 7)}, ${ipv4(n)}`,
  (n: number) => ipv6(n),
  (n: number) => `${ipv6(n * 5)}, ${ipv4(n)}`,
] as const;

/** A prime, so that connections that step regularly through the prepared fields do not meet the same ones soon. */
const prepared = 1_021;

let pool: readonly string[] | null = null;

/**
 * The fields that differ from request to request on a connection that a balancer shares among programs: `User-Agent`,
 * `X-Forwarded-For` and `traceparent` (W3C Trace Context §3.2). They are prepared once in a process, so that sending them
 * does not affect the measurement. Each connection steps through them in its own order.
 */
export class VaryingFields {
  #turn = randomInt(prepared);

  /** The next fields, each line with its end: different from the last ones, also in length. */
  next(): string {
    pool ??= prepare();
    this.#turn = (this.#turn + 1) % prepared;
    return pool[this.#turn] ?? '';
  }
}

function prepare(): readonly string[] {
  const fields: string[] = [];
  for (let n = 0; fields.length < prepared; n++) {
    const next = fieldsOf(n);
    if (next.length !== fields.at(-1)?.length) fields.push(next);
  }
  return fields;
}

function fieldsOf(n: number): string {
  const userAgent = userAgents[n % userAgents.length] ?? '';
  const forwarded = forwardings[n % forwardings.length]?.(n) ?? '';
  const trace = `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
  return `User-Agent: ${userAgent}\r\nX-Forwarded-For: ${forwarded}\r\ntraceparent: ${trace}\r\n`;
}

/** Of the network for benchmarks, 198.18.0.0/15. (RFC 2544) */
const ipv4 = (n: number) => `198.${18 + ((n >> 16) & 1)}.${(n >> 8) & 255}.${n & 255}`;

/** Of the prefix for documentation, each in its own /64. (RFC 3849) */
const ipv6 = (n: number) => `2001:db8:${(n >> 8).toString(16)}:${(n & 255).toString(16)}::${n.toString(16)}`;
