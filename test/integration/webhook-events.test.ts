import { type AuditEventName, auditKey, type AuditRecord, noteNow } from '@ravi/audit';
import { connectRedis, type RedisClient } from '@ravi/redis';
import { AuditConsumer } from '../../services/issuer/src/deliveries/audit-consumer.ts';
import { DeliveryQueue } from '../../services/issuer/src/deliveries/delivery-queue.ts';
import { connectedRedis } from '../support/connected-redis.ts';
import { eventually } from '../support/eventually.ts';

const { redis, url } = await connectedRedis();
const ignore = () => undefined;
const logger = { debug: ignore, warn: ignore, error: ignore } as never;
const connections: RedisClient[] = [];
const stops: (() => Promise<void>)[] = [];

let delivered: { id: string; data: AuditRecord }[] = [];
let queue: DeliveryQueue<AuditRecord>;

/** A connection for blocking reads. */
function connect(): RedisClient {
  const connection = connectRedis({ kind: 'single', url }, 'worker', 'test');
  connections.push(connection);
  return connection;
}

beforeEach(async () => {
  await redis.flushall();
  delivered = [];
  queue = new DeliveryQueue<AuditRecord>({
    name: 'webhook',
    commands: redis,
    worker: connect(),
    logger,
    deliver: async (delivery) => void delivered.push(delivery),
    onOutcome: ignore,
  });
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await queue.close();
  for (const connection of connections.splice(0)) connection.disconnect();
});

/** An issuer that turns events into deliveries. */
async function consume(events: ReadonlySet<AuditEventName> | null = null) {
  const reader = new AuditConsumer({ redis: connect(), queue, events, logger });
  await reader.start();
  stops.push(() => reader.stop());
  return reader;
}

const note = (user: number, nowMs = 1) =>
  noteNow(redis, { event: 'account_shown', user, by: 'grace' }, { nowMs });

const users = () =>
  delivered.map(({ data }) => ('user' in data ? (data.user ?? 0) : 0)).toSorted((one, other) => one - other);

const arrived = (count: number) =>
  eventually(`${count} events are delivered`, () => delivered.length >= count);

/** How many entries somebody took and did not acknowledge. */
const taken = async () => Number((await redis.xpending(auditKey(), 'webhook'))[0]);

test('the first issuer begins with what happens from then on, and all of them share it: each event once, by its id', async () => {
  await note(1);
  await Promise.all([consume(), consume()]);
  for (let user = 2; user <= 9; user++) await note(user);
  await arrived(8);
  expect(users()).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  for (const { id, data } of delivered) expect(id).toBe(data.id);
  await eventually('all is acknowledged', async () => (await taken()) === 0);
  // The next one goes on where they are.
  for (const stop of stops.splice(0)) await stop();
  await note(10);
  await consume();
  await arrived(9);
  expect(users().at(-1)).toBe(10);
  // Redis would keep a name of each process for ever.
  expect(await redis.xinfo('CONSUMERS', auditKey(), 'webhook')).toHaveLength(1);
});

test('only the events that are named are delivered; others, and what is no event, are passed over', async () => {
  await consume(new Set<AuditEventName>(['account_shown']));
  await redis.xadd(auditKey(), '*', 'by', 'hand');
  await redis.xadd(auditKey(), '*', 'event', 'no JSON');
  await noteNow(redis, { event: 'account_exported', user: 1, by: 'grace' }, { nowMs: 1 });
  await note(2);
  await arrived(1);
  await eventually('all is acknowledged', async () => (await taken()) === 0);
  expect(users()).toEqual([2]);
});

test('where Redis was emptied, all that is in the log then is new', async () => {
  await consume();
  await redis.del(auditKey());
  await note(1);
  await note(2);
  await arrived(2);
  expect(users()).toEqual([1, 2]);
});

test('what an issuer took five seconds ago and did not queue another one takes over', async () => {
  await redis.xgroup('CREATE', auditKey(), 'webhook', '$', 'MKSTREAM');
  await note(1);
  await redis.xreadgroup('GROUP', 'webhook', 'dead', 'COUNT', 10, 'STREAMS', auditKey(), '>');
  const [first = ''] = (await redis.xrange(auditKey(), '-', '+', 'COUNT', 1)).map(([position]) => position);
  await redis.call('XCLAIM', auditKey(), 'webhook', 'dead', 0, first, 'IDLE', 5_001, 'JUSTID');
  await note(2);
  await consume();
  await arrived(2);
  expect(users()).toEqual([1, 2]);
  await eventually('all is acknowledged', async () => (await taken()) === 0);
});

test('while ten thousand deliveries wait, events stay in the log, which tells since when', async () => {
  const waiting = Array.from({ length: 10_000 }, (_, at) => ({
    id: `waits-${at}`,
    data: { id: '', at: '', event: 'account_shown', user: 0, by: '' } as const,
    delayMs: 3_600_000,
  }));
  await queue.add(waiting);
  const backlog = queue.backlog.bind(queue);
  let asked = 0;
  queue.backlog = () => {
    asked++;
    return backlog();
  };
  const reader = await consume();
  expect(await reader.oldestUnreadMs(redis)).toBeNull();
  for (const user of [1, 2]) await note(user);
  const [position = ''] = (await redis.xrange(auditKey(), '-', '+', 'COUNT', 1)).map(([first]) => first);
  await eventually('it has looked how many wait', () => asked >= 2);
  expect([users(), await taken()]).toEqual([[], 0]);
  expect(await reader.oldestUnreadMs(redis)).toBe(Number(position.split('-')[0]));
  // One less: there is room again.
  await redis.zrem('{ravi}:webhook:delayed', 'waits-0');
  await arrived(2);
  expect(users()).toEqual([1, 2]);
  await eventually('nothing is unread', async () => (await reader.oldestUnreadMs(redis)) === null);
});
