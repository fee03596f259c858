import type { AuditRecord } from '@ravi/audit';

/** The filter for events; absent fields do not restrict. */
export interface Selection {
  readonly login?: string | undefined;
  readonly user?: string | undefined;
  readonly grant?: string | undefined;
}

/**
 * Picks the matching events, in order. The filter for a login includes its grant, because events after the redemption name only
 * the grant.
 */
export class Picker {
  readonly #selection: Selection;
  readonly #grants = new Set<string>();

  constructor(selection: Selection) {
    this.#selection = selection;
    if (selection.grant !== undefined) this.#grants.add(selection.grant);
  }

  /** Whether this event, the next one of the log, matches. */
  picks(record: AuditRecord): boolean {
    const { login, user, grant } = this.#selection;
    if (user !== undefined && (!('user' in record) || String(record.user) !== user)) return false;
    if (login === undefined && grant === undefined) return true;
    if (login !== undefined && 'login' in record && record.login === login) {
      if (record.event === 'redeemed') this.#grants.add(record.grant);
      return true;
    }
    return 'grant' in record && record.grant !== undefined && this.#grants.has(record.grant);
  }
}

/** Of events of the same moment, which one comes first. */
const rankOf = ({ event }: AuditRecord) => (event === 'issued' ? 0 : event === 'redeemed' ? 1 : 2);

/**
 * The story of one login in the order of time. The issuer notes `issued` once it has woken the program, which may be quicker: it stands
 * before `redeemed` all the same.
 */
export function inOrderOfTime(story: readonly AuditRecord[]): readonly AuditRecord[] {
  const redeemedAt = story.find(({ event }) => event === 'redeemed')?.at;
  const timeOf = ({ event, at }: AuditRecord) =>
    event === 'issued' && redeemedAt !== undefined && redeemedAt < at ? redeemedAt : at;
  return story.toSorted(
    (one, other) => Date.parse(timeOf(one)) - Date.parse(timeOf(other)) || rankOf(one) - rankOf(other),
  );
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The start time: an ISO time, or a duration before now, such as `90s`, `15m`, `2h`, `7d`. Null if it is neither. */
export function sinceMs(text: string, nowMs: number): number | null {
  const ago = /^(\d{1,6})([smhd])$/.exec(text);
  if (ago) return nowMs - Number(ago[1]) * (unitMs[ago[2] ?? ''] ?? 0);
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : atMs;
}

/** An event as a line for people: time, name and fields. */
export function readableLine({ id: _id, at, event, ...facts }: AuditRecord): string {
  const told = Object.entries(facts).map(([name, value]) => `${name}=${quoted(String(value))}`);
  return [at, event.padEnd(15), ...told].join('  ');
}

/** A program's own name may contain anything: it must not look like another field or control a terminal. */
const quoted = (text: string) =>
  /^[\w.:@+/-]+$/.test(text) ? text : JSON.stringify(text).replaceAll(/\p{C}/gu, '\ufffd');
