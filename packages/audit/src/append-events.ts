import { loadScript, type RedisClient, replyWords, runScript } from '@ravi/redis';
import type { AuditEvent, AuditEventName } from './audit-events.ts';
import { auditKey, auditSharesKey } from './keyspace.ts';

const append = loadScript(new URL('./lua/append.lua', import.meta.url));

/** Shares begin anew after this time, or once half of the log has been written since they began. */
const eraMs = 24 * 3600 * 1000;
const eraOfLog = 1 / 2;

/** The part of an era for events of one name that are about no account: anybody can cause them. */
const partOfEra = (name: AuditEventName) => (name === 'started' ? 1 / 2 : 1 / 10);

/** The part of that share which one network may take. */
const partOfNetwork = 1 / 4;

export interface AuditBounds {
  /** How many events it keeps, about. */
  readonly maxEvents: number;
  /** How many events of one kind about one account are added in an era; 0: any number, also of those that are about none. */
  readonly maxPerAccount: number;
}

/** An event as it is added; `subject` names what has a share, and is empty for what has none. */
export interface EncodedEvent {
  readonly subject: string;
  /** The part of an era that is its share; null: the share of an account. */
  readonly part: number | null;
  /** Names the network that caused an event about no account; empty where that is not known, and for all others. */
  readonly network: string;
  readonly json: string;
}

/** What was not added. */
export interface LeftOut {
  readonly count: number;
  /** The events with which a share was exceeded. */
  readonly first: readonly number[];
}

/** An event as it lies in the log. What an operator did, and that others are left out, is always added. */
export function encodeEvent(
  id: string,
  atMs: number,
  event: AuditEvent,
  networkOf: (address: string) => string = (address) => address,
): EncodedEvent {
  const user = 'user' in event ? event.user : undefined;
  const isByOperator = 'by' in event && event.by !== undefined;
  const isShared = !isByOperator && (user !== undefined || event.event !== 'events_left_out');
  const address = 'address' in event ? event.address : undefined;
  // What strangers cause by one reason shall not hide what somebody causes by another, such as a wrong second factor.
  const reason = 'reason' in event && event.reason !== undefined ? ` ${event.reason}` : '';
  const isByNetwork = isShared && user === undefined && address !== undefined;
  return {
    subject: !isShared
      ? ''
      : user === undefined
        ? `nobody ${event.event}`
        : `${user} ${event.event}${reason}`,
    part: user === undefined ? partOfEra(event.event) : null,
    network: isByNetwork ? `${networkOf(address)} ${event.event}` : '',
    json: JSON.stringify({ id, at: new Date(atMs).toISOString(), ...event }),
  };
}

/** Adds encoded events to the log, as far as their shares reach. One round trip. */
export async function appendEvents(
  redis: RedisClient,
  prefix: string,
  { maxEvents, maxPerAccount }: AuditBounds,
  events: readonly EncodedEvent[],
): Promise<LeftOut> {
  const eraEvents = Math.ceil(maxEvents * eraOfLog);
  const shareOf = (part: number | null) => (part === null ? maxPerAccount : Math.ceil(eraEvents * part));
  const reply = await runScript(
    redis,
    append,
    [auditKey(prefix), auditSharesKey(prefix)],
    maxEvents,
    eraEvents,
    eraMs,
    ...events.flatMap(({ subject, part, network, json }) => {
      const share = shareOf(part);
      const networkShare = Math.ceil(share * partOfNetwork);
      return maxPerAccount > 0
        ? [subject, share, network, networkShare, json]
        : ['', share, '', networkShare, json];
    }),
  );
  const [, count, ...first] = replyWords(reply);
  return { count: Number(count), first: first.map(Number) };
}
