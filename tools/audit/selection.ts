import type { AuditRecord } from '@ravi/audit';

/** Which events are asked for; what is absent does not restrict. */
export interface Selection {
  readonly login?: string | undefined;
  readonly user?: string | undefined;
  readonly grant?: string | undefined;
}

/**
 * Picks the events that are asked for, in order. A login is followed into its grant, so that all that came of it is shown: what
 * follows a redemption names the grant alone.
 */
export class Picker {
  readonly #selection: Selection;
  readonly #grants = new Set<string>();

  constructor(selection: Selection) {
    this.#selection = selection;
    if (selection.grant !== undefined) this.#grants.add(selection.grant);
  }

  /** Whether this event, the next one of the log, is asked for. */
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

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The moment from which on to read: an ISO time, or so long ago, such as `90s`, `15m`, `2h`, `7d`. Null where it is neither. */
export function sinceMs(text: string, nowMs: number): number | null {
  const ago = /^(\d{1,6})([smhd])$/.exec(text);
  if (ago) return nowMs - Number(ago[1]) * (unitMs[ago[2] ?? ''] ?? 0);
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : atMs;
}

/** An event as a line for people: when, what, and what else is known. */
export function readableLine({ id: _id, at, event, ...facts }: AuditRecord): string {
  const told = Object.entries(facts).map(([name, value]) => `${name}=${quoted(String(value))}`);
  return [at, event.padEnd(15), ...told].join('  ');
}

/** What a program calls itself may hold anything: it must not look like another fact, nor steer a terminal. */
const quoted = (text: string) =>
  /^[\w.:@+/-]+$/.test(text) ? text : JSON.stringify(text).replaceAll(/\p{C}/gu, '\ufffd');
