/** What REDIS_URL says. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
  /** `rediss://` */
  readonly tls: boolean;
}

const unencoded =
  'REDIS_URL: cannot be read; write characters such as / ? # % @ : in user and password percent-encoded, for example # as %23';

/** Reads REDIS_URL. Throws a TypeError that says what to write, and never shows the text. */
export function parseRedisUrl(text: string): RedisAddress {
  // A character that is not encoded ends the part in which it stands: what follows then holds the "@".
  const looksUnencoded = /^rediss?:\/\/.*@/.test(text);
  const wrong = () =>
    new TypeError(looksUnencoded ? unencoded : 'REDIS_URL: must be a URL such as redis://127.0.0.1:6379');
  if (!/^rediss?:\/\//.test(text) || !URL.canParse(text)) throw wrong();
  const url = new URL(text);
  const isWhole = url.search === '' && url.hash === '' && /^\/?\d*$/.test(url.pathname);
  if (!isWhole) throw wrong();
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1',
    port: url.port === '' ? 6379 : Number(url.port),
    ...(url.username === '' ? {} : { username: decoded(url.username) }),
    ...(url.password === '' ? {} : { password: decoded(url.password) }),
    ...(url.pathname.length > 1 ? { db: Number(url.pathname.slice(1)) } : {}),
    tls: url.protocol === 'rediss:',
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new TypeError(unencoded);
  }
}
