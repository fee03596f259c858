import { type KeyLife, PublishedKeys } from '@ravi/credentials';
import type { RedisClient } from '@ravi/redis';
import { Registry } from '@ravi/telemetry';
import { backlogMetrics } from './backlog-metrics.ts';

const start = 1_800_000_000_000;

/** What Redis holds, who reads it, and the figures that an operator sees. */
function issuer() {
  const its = {
    nowMs: start,
    events: 3,
    oldest: { webhook: null as number | null, mail: null as number | null },
    keys: {} as Record<string, string>,
    away: [] as readonly ('events' | 'oldest' | 'keys')[],
  };
  const answer = async <T>(of: 'events' | 'oldest' | 'keys', value: T): Promise<T> => {
    if (its.away.includes(of)) throw new Error('Connection is closed.');
    return value;
  };
  const redis = {
    xlen: () => answer('events', its.events),
    hgetall: () => answer('keys', its.keys),
  } as unknown as RedisClient;
  const registry = new Registry();
  const measure = backlogMetrics({
    redis,
    published: new PublishedKeys(redis),
    oldestDeliveries: () => answer('oldest', its.oldest),
    clock: { nowMs: () => its.nowMs },
    registry,
    auditMaxEvents: 500,
  });
  /** The values of a figure: of each kind, if it has some. */
  const figure = async (name: string) =>
    Object.fromEntries(
      ((await registry.getSingleMetric(name)?.get())?.values ?? []).map(({ labels, value }) => [
        labels['kind'] ?? 'all',
        value,
      ]),
    );
  const figures = async () => ({
    events: (await figure('ravi_audit_events'))['all'],
    limit: (await figure('ravi_audit_events_limit'))['all'],
    lag: await figure('ravi_delivery_lag_seconds'),
    keyAge: (await figure('ravi_signing_key_age_seconds'))['all'],
  });
  return { its, measure, figures };
}

/** The fields of keys in Redis, each published so many seconds ago. */
const published = (active: string, secondsAgo: Readonly<Record<string, number>>): Record<string, string> => ({
  active,
  ...Object.fromEntries(
    Object.entries(secondsAgo).flatMap(([kid, seconds]) => [
      [kid, JSON.stringify({ kid } satisfies Partial<KeyLife['jwk']>)],
      [`${kid}:published_at`, String(start - seconds * 1000)],
      [`${kid}:held_at`, String(start)],
    ]),
  ),
});

test('the figures are those in Redis: how far each kind of delivery is behind, and the age of the key that signs, not of another', async () => {
  const { its, measure, figures } = issuer();
  expect(await figures()).toEqual({ events: 0, limit: 500, lag: { webhook: 0, mail: 0 }, keyAge: 0 });
  its.keys = published('middle', { oldest: 900, middle: 600, newest: 300 });
  its.oldest = { webhook: start - 2_500, mail: start - 90_000 };
  await measure();
  expect(await figures()).toEqual({ events: 3, limit: 500, lag: { webhook: 2.5, mail: 90 }, keyAge: 600 });
  its.nowMs += 10_000;
  expect(await figures()).toMatchObject({ lag: { webhook: 12.5, mail: 100 }, keyAge: 610 });
  its.keys = published('another', { oldest: 900 });
  its.oldest = { webhook: null, mail: its.nowMs + 1 };
  its.events = 0;
  await measure();
  // That mail was noted by a machine whose clock is ahead.
  expect(await figures()).toEqual({ events: 0, limit: 500, lag: { webhook: 0, mail: 0 }, keyAge: 0 });
});

test('what cannot be read stays as it was read last, is told by no rejection, and holds up none of the others', async () => {
  const { its, measure, figures } = issuer();
  its.keys = published('one', { one: 600 });
  its.oldest = { webhook: start - 2_500, mail: start - 90_000 };
  await measure();
  const before = await figures();
  its.events = 9;
  its.keys = published('one', { one: 60 });
  its.oldest = { webhook: null, mail: null };
  const after = { events: 9, lag: { webhook: 0, mail: 0 }, keyAge: 60 };

  its.away = ['events', 'oldest', 'keys'];
  await expect(measure()).resolves.toBeUndefined();
  expect(await figures()).toEqual(before);
  its.away = ['events', 'oldest'];
  await measure();
  expect(await figures()).toEqual({ ...before, keyAge: after.keyAge });
  its.away = ['events'];
  await measure();
  expect(await figures()).toEqual({ ...before, ...after, events: before.events });
  its.away = ['oldest', 'keys'];
  await measure();
  expect(await figures()).toEqual({ ...before, ...after });
});
