import { auditKey } from '@ravi/audit';
import type { PublishedKeys } from '@ravi/credentials';
import type { RedisClient } from '@ravi/redis';
import type { Clock } from '@ravi/runtime';
import { Gauge, type Registry } from '@ravi/telemetry';

export interface BacklogDeps {
  readonly redis: RedisClient;
  readonly published: PublishedKeys;
  /** When the oldest thing to deliver was noted, by kind of delivery; null where nothing waits. */
  readonly oldestDeliveries: () => Promise<Readonly<Record<'webhook' | 'mail', number | null>>>;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly auditMaxEvents: number;
}

/**
 * The figures that an issuer reads from Redis at intervals: the audit log's length, how far deliveries are behind, the age of the
 * active signing key. Returns a function that measures them once; it never rejects, and while Redis is away the last figures stay.
 */
export function backlogMetrics(deps: BacklogDeps): () => Promise<void> {
  const { redis, published, clock, auditMaxEvents } = deps;
  const registers = [deps.registry];
  const events = new Gauge({
    name: 'ravi_audit_events',
    help: 'Events in the audit log; its oldest are dropped above AUDIT_MAX_EVENTS.',
    registers,
  });
  new Gauge({
    name: 'ravi_audit_events_limit',
    help: 'AUDIT_MAX_EVENTS of this issuer.',
    registers,
  }).set(auditMaxEvents);
  const oldest: Record<'webhook' | 'mail', number | null> = { webhook: null, mail: null };
  const lag: Gauge = new Gauge({
    name: 'ravi_delivery_lag_seconds',
    help: 'Age of the oldest event or mail that is not delivered yet; 0 where there is none.',
    labelNames: ['kind'],
    registers,
    collect: () => {
      for (const kind of ['webhook', 'mail'] as const) {
        const atMs = oldest[kind];
        lag.set({ kind }, atMs === null ? 0 : Math.max(0, clock.nowMs() - atMs) / 1000);
      }
    },
  });
  let keySinceMs: number | null = null;
  const keyAge: Gauge = new Gauge({
    name: 'ravi_signing_key_age_seconds',
    help: 'Time since the active signing key was published.',
    registers,
    collect: () => keyAge.set(keySinceMs === null ? 0 : Math.max(0, clock.nowMs() - keySinceMs) / 1000),
  });
  return async () => {
    const nowMs = clock.nowMs();
    await Promise.allSettled([
      redis.xlen(auditKey()).then((length) => events.set(length)),
      deps.oldestDeliveries().then((read) => Object.assign(oldest, read)),
      published.listWithLife(nowMs).then((keys) => {
        keySinceMs = keys.find(({ active }) => active)?.publishedAtMs ?? null;
      }),
    ]);
  };
}
