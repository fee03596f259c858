import type { StoredKey } from './stored-key.ts';

const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];

/** The settings on which lifetimes of keys depend, in milliseconds. */
export interface KeyLifetimes {
  readonly codeMs: number;
  readonly sessionIdleMs: number;
  readonly sessionMaxMs: number;
  readonly programIdleMs: number;
  readonly refreshGraceMs: number;
}

/** What surrounds a key: the settings, when it was read, and all that Redis held then. */
export interface Surroundings extends KeyLifetimes {
  readonly nowMs: number;
  readonly all: readonly StoredKey[];
}

/**
 * How long a key of a kind has left at the moment of its last write or use: for ever, at most so long, or exactly so long. A key
 * that is read later has that much less.
 */
export type Left =
  | 'for ever'
  | { readonly atMostMs: number }
  | {
      readonly ms: number;
      /** By how much it may be less: how rarely the time begins anew. */ readonly lessMs?: number;
    }
  /** It ends at this time, however often it was used. */
  | { readonly atMs: number };

/** A kind of key: what its names look like, and how long one lives. */
export interface KeyKind {
  readonly names: RegExp;
  readonly type: 'string' | 'hash' | 'zset' | 'stream' | 'list' | 'set' | 'any';
  readonly left: (key: StoredKey, at: Surroundings) => Left;
  /** Why the walk through the product leaves none. */
  readonly notWalked?: string;
}

const forEver = () => 'for ever' as const;
const sinceWritten = (ms: number) => () => ({ ms });

/**
 * Every kind of key that the product writes, by its word in the name. A kind that is not here, and a key that lives longer or
 * shorter than here, fails the test of lifetimes: a new key is entered here, in the keyspace table of its package, and in
 * docs/architecture.md.
 */
export const keyKinds: Readonly<Record<string, KeyKind>> = {
  login: {
    names: /^ravi:login:\{[\w-]{22}\}$/,
    type: 'hash',
    left: ({ fields }) => ({ atMs: Number(fields['expires_at']) + minute }),
  },
  account: { names: /^ravi:account:\d+$/, type: 'hash', left: forEver },
  'sign-in': { names: /^ravi:sign-in:[\w-]{43}$/, type: 'hash', left: forEver },
  external: { names: /^ravi:external:[\w-]{43}$/, type: 'string', left: forEver },
  domains: { names: /^ravi:domains$/, type: 'hash', left: forEver },
  deletions: {
    names: /^ravi:deletions$/,
    type: 'zset',
    left: forEver,
    notWalked: 'only while an account is being deleted',
  },
  'identity-email': {
    names: /^ravi:identity-email:[^:]+$/,
    type: 'string',
    left: ({ name, text }, { all }) => {
      const account = all.find((other) => other.name === `ravi:account:${text}`);
      const isUsed = Object.entries(account?.fields ?? {}).some(
        ([field, value]) => field.startsWith('identity:') && value.includes(`"${name.split(':')[2]}"`),
      );
      return isUsed ? 'for ever' : { ms: 30 * day };
    },
  },
  'account-given-up': { names: /^ravi:account-given-up:\d+$/, type: 'zset', left: sinceWritten(30 * day) },
  'account-decisions': { names: /^ravi:account-decisions:\d+$/, type: 'list', left: sinceWritten(day) },
  session: {
    names: /^ravi:session:[\w-]{43}$/,
    type: 'string',
    left: ({ text }, { sessionIdleMs, sessionMaxMs, nowMs }) => {
      // The session that goes on for a form that is sent twice.
      if (/^[\w-]{43}$/.test(text)) return { ms: minute };
      const endsAtMs = (JSON.parse(text) as { startedAtMs: number }).startedAtMs + sessionMaxMs;
      // A use within a minute of the last one does not begin the time anew.
      return endsAtMs - nowMs < sessionIdleMs ? { atMs: endsAtMs } : { ms: sessionIdleMs, lessMs: minute };
    },
  },
  'account-sessions': {
    names: /^ravi:account-sessions:\d+$/,
    type: 'zset',
    left: (_, { sessionMaxMs }) => ({ ms: sessionMaxMs }),
  },
  grant: {
    names: /^ravi:grant:\{[\w-]+\}$/,
    type: 'hash',
    left: ({ fields }, { programIdleMs, nowMs }) => {
      if (fields['state'] === 'ended') return { ms: 2 * day };
      const ends = [
        ...(fields['expires_at'] === undefined ? [] : [Number(fields['expires_at'])]),
        ...(fields['key_ids'] === undefined ? [Number(fields['refresh_expires_at']) + day] : []),
      ].filter((endMs) => endMs < nowMs + programIdleMs);
      return ends.length > 0 ? { atMs: Math.min(...ends) } : { ms: programIdleMs, lessMs: minute };
    },
  },
  key: {
    names: /^ravi:key:[\w-]+$/,
    type: 'hash',
    left: ({ fields }, { programIdleMs, nowMs }) => {
      if (fields['state'] === 'ended') return { ms: 2 * day };
      const endsAtMs = fields['expires_at'] === undefined ? Infinity : Number(fields['expires_at']);
      return endsAtMs < nowMs + programIdleMs ? { atMs: endsAtMs } : { ms: programIdleMs, lessMs: minute };
    },
  },
  ...Object.fromEntries(
    [
      ['account-grants', /^ravi:account-grants:\d+:\d{16}$/],
      ['account-keys', /^ravi:account-keys:\d+:\d{16}:(management|identity)$/],
      ['account-made-keys', /^ravi:account-made-keys:\d+:\d{16}$/],
    ].map(([word, names]): [string, KeyKind] => [
      String(word),
      {
        names: new RegExp(names ?? ''),
        type: 'zset',
        left: (_, { programIdleMs }) => ({ ms: programIdleMs, lessMs: minute }),
      },
    ]),
  ),
  mint: {
    names: /^ravi:mint:\{[\w-]+\}:[\w.-]+$/,
    type: 'hash',
    left: ({ fields }, { refreshGraceMs }) => {
      if (fields['state'] === 'pending') return { ms: 15 * second };
      return { ms: fields['kind'] === 'refresh' ? refreshGraceMs : 10 * second };
    },
  },
  dpop: { names: /^ravi:dpop:[\w-]{43}$/, type: 'string', left: sinceWritten(121 * second) },
  'spent-sign-in': {
    names: /^ravi:spent-sign-in:[\w-]{43}$/,
    type: 'string',
    left: sinceWritten(10 * minute),
  },
  'spent-challenge': {
    names: /^ravi:spent-challenge:[\w-]{43}$/,
    type: 'string',
    left: sinceWritten(10 * minute),
  },
  'spent-link': { names: /^ravi:spent-link:[\w-]{43}$/, type: 'string', left: sinceWritten(minute) },
  told: { names: /^ravi:told:[\w-]{43}$/, type: 'string', left: sinceWritten(minute) },
  'unused-look': { names: /^ravi:unused-look$/, type: 'string', left: sinceWritten(12 * hour) },
  jwks: { names: /^ravi:jwks$/, type: 'hash', left: forEver },
  audit: { names: /^ravi:audit$/, type: 'stream', left: forEver },
  shares: { names: /^\{ravi:audit\}:shares$/, type: 'hash', left: sinceWritten(day) },
  processes: { names: /^ravi:processes$/, type: 'hash', left: () => ({ atMostMs: 15 * second }) },
  mark: {
    names: /^ravi:mark:\{[^}]+\}$/,
    type: 'string',
    left: () => ({ atMostMs: second }),
    notWalked: 'only with replicas',
  },
  limit: {
    names:
      /^ravi:limit:(\{(start|sign-in-provider|sign-in-passkey|sign-up|mail|write|refresh|approval|activity)\}:[\w:-]+|\{wrong-(code|password|factor)\}:[\w:-]+:(wrong|open)|wrong-codes-total:\d+)$/,
    type: 'any',
    left: ({ name }, { codeMs }) => {
      if (name.endsWith(':open')) return { atMostMs: 10 * second };
      if (name.endsWith(':wrong')) return { ms: name.includes('{wrong-factor}') ? hour : 15 * minute };
      if (name.includes('wrong-codes-total')) return { ms: 30 * minute };
      const windowMs = /\{(sign-up|mail)\}/.test(name)
        ? hour
        : name.includes('{start}')
          ? codeMs
          : name.includes('{activity}')
            ? minute
            : 15 * minute;
      // Events are counted in eighths of the window; the first of an eighth sets the end.
      return { ms: windowMs + windowMs / 8, lessMs: windowMs / 8 };
    },
  },
  // What BullMQ keeps of the queues. A job of the issuance queue goes when it is done.
  queue: {
    names:
      /^\{ravi\}:(issuance|mail|webhook):(meta|id|wait|active|marker|events|delayed|completed|failed|stalled)$/,
    type: 'any',
    left: forEver,
  },
  // Delivered ones stay for an hour, given up ones for a week, mails for a day: BullMQ removes older ones as it finishes others.
  delivery: { names: /^\{ravi\}:(mail|webhook):[\w-]+[._][\w.-]+$/, type: 'hash', left: forEver },
  'stalled-check': {
    names: /^\{ravi\}:(issuance|mail|webhook):stalled-check$/,
    type: 'string',
    left: () => ({ atMostMs: 5 * second }),
  },
};

/** What is wrong with how long a key lives; null where nothing is. `walkMs` is how long ago the first key can have been written. */
export function problemOf(key: StoredKey, at: Surroundings, walkMs: number): string | null {
  const found = Object.entries(keyKinds).filter(([, { names }]) => names.test(key.name));
  const [kind] = found;
  if (kind === undefined || found.length > 1) return `${key.name} is of no kind, or of several`;
  const [word, { type, left }] = kind;
  if (type !== 'any' && key.type !== type) return `${key.name} is a ${key.type}, not a ${type}`;
  const expected = left(key, at);
  const is = `${key.name} (${word}) lives ${key.leftMs === null ? 'for ever' : `${key.leftMs} ms`}`;
  if (expected === 'for ever') return key.leftMs === null ? null : `${is}, not for ever`;
  if (key.leftMs === null) return is;
  const [leastMs, mostMs] = bounds(expected, at.nowMs, walkMs);
  // Redis reads its clock, and we ours, at slightly different times.
  const fits = key.leftMs >= leastMs - 5 * second && key.leftMs <= mostMs + second;
  return fits ? null : `${is}, not ${leastMs} to ${mostMs} ms`;
}

function bounds(
  expected: Exclude<Left, 'for ever'>,
  nowMs: number,
  walkMs: number,
): readonly [number, number] {
  if ('atMostMs' in expected) return [0, expected.atMostMs];
  if ('atMs' in expected) return [expected.atMs - nowMs, expected.atMs - nowMs];
  return [Math.max(0, expected.ms - (expected.lessMs ?? 0) - walkMs), expected.ms];
}

export function kindOf({ name }: Pick<StoredKey, 'name'>): string | undefined {
  return Object.entries(keyKinds).find(([, { names }]) => names.test(name))?.[0];
}
