import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditKey, AuditLog, AuditReader, type AuditRecord, auditSharesKey, noteNow } from '@ravi/audit';
import { connectRedis, type RedisClient, waitUntilReady } from '@ravi/redis';
import { systemClock } from '@ravi/runtime';
import { createLogger, createMetricsRegistry } from '@ravi/telemetry';
import { killChild } from '../support/child-process.ts';
import { eventually } from '../support/eventually.ts';
import { type OwnRedis, startOwnRedis } from '../support/redis.ts';

let server: OwnRedis;
let redis: RedisClient;
beforeAll(async () => {
  server = await startOwnRedis();
  // As patient as a tool: what is late on a busy machine is no outage here.
  redis = connectRedis({ kind: 'single', url: server.url }, 'tool', 'test');
  redis.on('error', () => undefined);
  await waitUntilReady(redis, 60_000);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

/** A log of its own, what it printed, and what it counts. */
function open(
  options: {
    enabled?: boolean;
    maxEvents?: number;
    maxPerAccount?: number;
    networkOf?: (address: string) => string;
  } = {},
) {
  const prefix = `test:${randomUUID()}:`;
  const printed: string[] = [];
  const registry = createMetricsRegistry('api');
  const logger = createLogger(
    { service: 'api', instance: 'test', level: 'info' },
    { write: (line) => void printed.push(line) },
  );
  const audit = new AuditLog({
    redis,
    enabled: options.enabled ?? true,
    maxEvents: options.maxEvents ?? 100_000,
    maxPerAccount: options.maxPerAccount ?? 500,
    clock: systemClock,
    logger,
    registry,
    prefix,
    ...(options.networkOf ? { networkOf: options.networkOf } : {}),
  });
  const dropped = async () =>
    Number(/^ravi_audit_dropped_total\S* (\d+)/m.exec(await registry.metrics())?.[1] ?? 0);
  const leftOut = async () =>
    Number(/^ravi_audit_left_out_total\S* (\d+)/m.exec(await registry.metrics())?.[1] ?? 0);
  const waiting = async () =>
    Number(/^ravi_audit_waiting\S* (\d+)/m.exec(await registry.metrics())?.[1] ?? Number.NaN);
  return { audit, prefix, printed, dropped, leftOut, waiting, key: auditKey(prefix) };
}

const note = (audit: AuditLog, user: number) =>
  audit.note({ event: 'signed_in', user, address: '192.0.2.1' });

test('what is noted can be read, in order and with a name of its own each, soon and all of it at the end', async () => {
  const { audit, prefix, key, printed } = open();
  note(audit, 1);
  await eventually('the event is written', async () => (await redis.xlen(key)) === 1);
  for (let user = 2; user <= 700; user++) note(audit, user);
  await audit.close();
  const reader = new AuditReader(redis, prefix);
  const first = await reader.after('0');
  const rest = await reader.after(first.at(-1)?.position ?? '0');
  const records = [...first, ...rest].map(({ record }) => record);
  expect(records.map((record) => ('user' in record ? record.user : 0))).toEqual(
    Array.from({ length: 700 }, (_, i) => i + 1),
  );
  expect(new Set(records.map(({ id }) => id)).size).toBe(700);
  expect(records[0]).toMatchObject({ event: 'signed_in', address: '192.0.2.1' });
  expect(Date.parse(records[0]?.at ?? '')).not.toBeNaN();
  // Nothing was lost, so there is nothing to tell.
  expect(printed).toEqual([]);
});

test('the log is bounded: the oldest events go', async () => {
  const { audit, key } = open({ maxEvents: 1_000 });
  for (let user = 0; user < 5_000; user++) note(audit, user);
  await audit.close();
  expect(await redis.xlen(key)).toBeLessThan(1_200);
});

/** @shows flooding */
test('one account neither pushes others out of the log nor hides what else it does, and one event tells that it tried', async () => {
  const { audit, prefix, printed, leftOut } = open({ maxEvents: 1_000, maxPerAccount: 20 });
  note(audit, 2);
  for (let time = 0; time < 5_000; time++) note(audit, 1);
  audit.note({ event: 'all_ended', user: 1, address: '192.0.2.1' });
  note(audit, 2);
  await audit.close();
  const reader = new AuditReader(redis, prefix);
  const first = await reader.after('0');
  const records = [...first, ...(await reader.after(first.at(-1)?.position ?? '0'))].map(
    ({ record }) => record,
  );
  const of = (user: number, event: string) =>
    records.filter((record) => record.event === event && 'user' in record && record.user === user);
  expect(of(1, 'signed_in')).toHaveLength(20);
  expect(of(2, 'signed_in')).toHaveLength(2);
  expect(of(1, 'all_ended')).toHaveLength(1);
  expect(of(1, 'events_left_out')).toEqual([
    expect.objectContaining({ event: 'events_left_out', of: 'signed_in', user: 1 }),
  ]);
  expect(printed.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ event: 'signed_in', userId: 1, msg: expect.stringContaining('too many') }),
  ]);
  expect(await leftOut()).toBe(4_980);
  expect(await redis.pttl(auditSharesKey(prefix))).toBeGreaterThan(0);
});

/** @shows flooding */
test('what strangers cause at an account for one reason hides nothing that happens there for another', async () => {
  const { audit, prefix } = open({ maxPerAccount: 20 });
  const failed = (reason: string) =>
    audit.note({ event: 'sign_in_failed', reason, user: 1, address: '192.0.2.1' });
  for (let time = 0; time < 30; time++) failed('wrong_credentials');
  failed('wrong_second_factor');
  await audit.close();
  const records = (await new AuditReader(redis, prefix).after('0')).map(({ record }) => record);
  const reasons = records.map((record) => ('reason' in record ? record.reason : record.event));
  expect(reasons.filter((reason) => reason === 'wrong_credentials')).toHaveLength(20);
  expect(reasons.filter((reason) => reason !== 'wrong_credentials')).toEqual([
    'wrong_second_factor',
    'events_left_out',
  ]);
});

/** @shows flooding */
test('what anybody can cause does not push the rest out of the log, and one event tells that there was more', async () => {
  const { audit, prefix, leftOut } = open({ maxEvents: 2_000 });
  note(audit, 2);
  for (let time = 0; time < 4_000; time++) {
    const address = `192.0.2.${time % 8}`;
    audit.note({ event: 'started', login: 'x', client: 'x', address });
    audit.note({ event: 'sign_in_failed', reason: 'wrong_password', address });
  }
  await audit.close();
  const reader = new AuditReader(redis, prefix);
  const records: AuditRecord[] = [];
  for (
    let next = await reader.after('0');
    next.length > 0;
    next = await reader.after(next.at(-1)?.position ?? '0')
  )
    records.push(...next.map(({ record }) => record));
  const of = (event: string) => records.filter((record) => record.event === event);
  expect(of('signed_in')).toHaveLength(1);
  expect([of('started').length, of('sign_in_failed').length]).toEqual([500, 100]);
  expect(of('events_left_out')).toEqual([
    expect.objectContaining({ of: 'sign_in_failed' }),
    expect.objectContaining({ of: 'started' }),
  ]);
  expect(await leftOut()).toBe(8_000 - 600);
});

/** @shows flooding */
test('one network does not use up the share of what anybody can cause: those of others are told after it', async () => {
  const networkOf = (address: string) => address.slice(0, address.lastIndexOf('.'));
  const { audit, prefix } = open({ maxEvents: 2_000, networkOf });
  const start = (login: string, address: string) =>
    audit.note({ event: 'started', login, client: 'x', address });
  for (let time = 0; time < 1_000; time++) start('flood', `192.0.2.${time % 250}`);
  for (let time = 0; time < 100; time++) start('other', `198.51.${time}.1`);
  await audit.close();
  const records = (await new AuditReader(redis, prefix).after('0')).map(({ record }) => record);
  const of = (login: string) => records.filter((record) => 'login' in record && record.login === login);
  // A quarter of the share, which is half of an era, which is half of the log.
  expect([of('flood').length, of('other').length]).toEqual([125, 100]);
  expect(records.filter(({ event }) => event === 'events_left_out')).toHaveLength(1);
});

test('what a tool notes is in the log when it ends, however often, and takes of nobody’s share', async () => {
  const { audit, prefix } = open({ maxPerAccount: 2 });
  const signedIn = { event: 'signed_in', user: 1, address: '192.0.2.1' } as const;
  for (let nowMs = 1; nowMs <= 5; nowMs++) await noteNow(redis, signedIn, { nowMs, prefix });
  const written = async () => (await new AuditReader(redis, prefix).after('0')).map(({ record }) => record);
  const noted = await written();
  expect(noted.map(({ at }) => Date.parse(at))).toEqual([1, 2, 3, 4, 5]);
  expect(new Set(noted.map(({ id }) => id)).size).toBe(5);
  for (let time = 0; time < 2; time++) note(audit, 1);
  await audit.close();
  expect((await written()).filter(({ event }) => event === 'signed_in')).toHaveLength(7);
});

test('what a tool notes drops nothing, though the log keeps more than without a setting', async () => {
  const { prefix, key } = open();
  const add = "for _ = 1, 5000 do redis.call('XADD', KEYS[1], '*', 'event', '{}') end";
  for (let time = 0; time < 22; time++) await redis.eval(add, 1, key);
  await noteNow(redis, { event: 'accounts_searched', by: 'grace' }, { nowMs: 1, prefix });
  expect(await redis.xlen(key)).toBe(110_001);
});

test('switched off, nothing is noted', async () => {
  const { audit, key } = open({ enabled: false });
  note(audit, 1);
  await audit.close();
  expect(await redis.exists(key)).toBe(0);
});

test('while Redis is away noting goes on, up to a bound; what is above it is counted and told once; what is below is written after', async () => {
  const { audit, prefix, printed, dropped, waiting, key } = open();
  await server.kill();
  for (let user = 0; user < 10_050; user++) note(audit, user);
  const losses = () => printed.filter((line) => line.includes('audit events are lost'));
  expect(losses()).toHaveLength(1);
  expect([await waiting(), await dropped()]).toEqual([10_000, 50]);
  await server.start();
  await eventually('all that was kept is written', async () => {
    const length = redis.status === 'ready' ? await redis.xlen(key).catch(() => 0) : 0;
    return length >= 10_000;
  });
  await audit.close();
  expect(await waiting()).toBe(0);
  expect((await new AuditReader(redis, prefix).after('0'))[0]?.record).toMatchObject({ user: 0 });
  expect(losses()).toHaveLength(1);
  expect(printed.some((line) => line.includes('written again'))).toBe(true);
});

test('npm run audit that follows goes on after an outage, with what happened since, and tells of the outage once', async () => {
  const program = join(import.meta.dirname, '../../tools/audit/main.ts');
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, REDIS_URL: server.url };
  const following = spawn(process.execPath, ['--conditions=ravi-source', program, '--follow'], {
    // Apart from a .env of the project.
    cwd: tmpdir(),
    env,
  });
  const [told, complaints]: [string[], string[]] = [[], []];
  following.stdout.on('data', (chunk) => told.push(String(chunk)));
  following.stderr.on('data', (chunk) => complaints.push(String(chunk)));
  const shows = (user: number) =>
    eventually(`account ${user} is told of`, () => told.join('').includes(`user=${user} `));
  try {
    await noteNow(redis, { event: 'account_shown', user: 41, by: 'grace' }, { nowMs: 1 });
    await shows(41);
    await server.kill();
    await eventually('it tells of the outage', () => complaints.length > 0);
    await server.start();
    await eventually('the next event is noted', () =>
      noteNow(redis, { event: 'account_shown', user: 42, by: 'grace' }, { nowMs: 2 }).then(
        () => true,
        () => false,
      ),
    );
    await shows(42);
    // On a busy machine a reply may be late besides: that is told once, too.
    expect(complaints.join('')).toMatch(
      /^(?:Redis is away: waiting until it is back\.\nRedis is back\.\n)+$/,
    );
    expect(told.join('').match(/user=41 /g)).toHaveLength(1);
  } finally {
    await killChild(following);
  }
});

test('what somebody else wrote into the log, and is no event, is not read', async () => {
  const { audit, prefix, key } = open();
  const texts = [
    'no JSON',
    'null',
    '"event"',
    '7',
    '{}',
    '{"id":"1"}',
    '{"id":"1","at":"2"}',
    '{"event":"x"}',
  ];
  for (const text of texts) await redis.xadd(key, '*', 'event', text);
  await redis.xadd(key, '*', 'note', '{"id":"1","at":"2","event":"signed_in"}');
  // More than what is read at once.
  await Promise.all(Array.from({ length: 1_000 }, () => redis.xadd(key, '*', 'event', 'no JSON')));
  note(audit, 1);
  await audit.close();
  const records = (await new AuditReader(redis, prefix).after('0')).map(({ record }) => record);
  expect(records).toEqual([expect.objectContaining({ event: 'signed_in', user: 1 })]);
});

test('one look back finds the events of an account alone, in parts, and reads a bounded part of the log', async () => {
  const { audit, prefix, key } = open();
  const mine = (client: string) =>
    audit.note({ event: 'redeemed', login: 'l', grant: 'g', user: 7, client, address: '192.0.2.1' });
  mine('first');
  // Looks like an event of this account, and is none.
  audit.note({ event: 'started', login: 'l', client: '"user":7,', address: '192.0.2.1' });
  audit.note({ event: 'signed_in', user: 77, address: '192.0.2.1' });
  for (const client of ['second', 'third']) mine(client);
  await audit.close();
  const reader = new AuditReader(redis, prefix);
  const look = async (position: string, sinceMs = 0) => {
    const { entries, next } = await reader.aboutBefore(7, position, { sinceMs, count: 2 });
    return {
      clients: entries.map(({ record }) => ('client' in record ? record.client : record.event)),
      next,
    };
  };
  const newest = await look('+');
  expect(newest.clients).toEqual(['third', 'second']);
  expect(await look(newest.next ?? '')).toEqual({ clients: ['first'], next: null });
  expect((await look('+', Date.now() + 60_000)).clients).toEqual([]);
  const filling = redis.pipeline();
  for (let at = 0; at < 2_000; at++) filling.xadd(key, '*', 'event', '{}');
  await filling.exec();
  const bounded = await look('+');
  expect(bounded.clients).toEqual([]);
  expect((await look(bounded.next ?? '')).clients).toEqual(['third', 'second']);
});
