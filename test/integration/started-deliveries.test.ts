import { once } from 'node:events';
import { AccountStore } from '@ravi/accounts';
import { auditKey, noteNow } from '@ravi/audit';
import type { AccountMailJob } from '@ravi/contract';
import { defaultLifetimes, GrantStore } from '@ravi/credentials';
import type { ApprovedLogin, LoginId } from '@ravi/device-login';
import { connectRedis, isRedisUnavailable, type RedisClient, waitUntilReady } from '@ravi/redis';
import { Secret } from '@ravi/runtime';
import { Registry } from '@ravi/telemetry';
import { openMailQueue } from '../../services/api/src/issuance/mail-queue.ts';
import {
  type Deliveries,
  type DeliverySettings,
  startDeliveries,
} from '../../services/issuer/src/deliveries/deliveries.ts';
import { shippedMailLanguages } from '../../services/issuer/src/deliveries/mail/texts/mail-texts-for.ts';
import { connectedRedis } from '../support/connected-redis.ts';
import { eventually } from '../support/eventually.ts';
import { mailsTo } from '../support/mailbox.ts';
import { startSmtpServer } from '../support/smtp-server.ts';

const { redis, url } = await connectedRedis();
const smtp = await startSmtpServer();
afterAll(() => smtp.close());
const accounts = new AccountStore(redis);
const ignore = () => undefined;

const mail = {
  url: new Secret(smtp.url),
  from: { name: '', address: 'login@example.com' },
  footer: '',
  languages: shippedMailLanguages,
};
const webhook = {
  // Nobody listens there.
  url: 'http://127.0.0.1:9/hook',
  secrets: [new Secret(`whsec_${Buffer.alloc(32, 7).toString('base64')}`)],
  events: null,
};

const warnings: string[] = [];

/** What an issuer with these settings delivers, while `work` goes on; `warnings` has what its log warns of without fields. */
async function whileDelivering(
  settings: DeliverySettings,
  work: (deliveries: Deliveries, metrics: () => Promise<string>) => Promise<void>,
  commands: RedisClient = redis,
): Promise<void> {
  const connections: RedisClient[] = [];
  const connect = () => {
    const connection = connectRedis({ kind: 'single', url }, 'worker', 'test');
    connections.push(connection);
    return connection;
  };
  const registry = new Registry();
  const deliveries = await startDeliveries({
    settings,
    commands,
    worker: connect(),
    connect,
    accounts,
    grants: new GrantStore(redis),
    lifetimes: defaultLifetimes,
    clock: { nowMs: () => Date.now() },
    publicUrl: 'https://login.example.com',
    logger: {
      debug: ignore,
      warn: (about: unknown) => typeof about === 'string' && warnings.push(about),
      error: ignore,
    } as never,
    registry,
  });
  try {
    await work(deliveries, () => registry.metrics());
  } finally {
    await deliveries.stop();
    for (const connection of connections) connection.disconnect();
  }
}

beforeEach(() => redis.flushall());

test('an issuer without deliveries has nothing that waits, and every series from its start', async () => {
  await whileDelivering({ webhook: null, mail: null }, async (deliveries, metrics) => {
    await deliveries.approved('a login' as LoginId, {} as ApprovedLogin);
    await deliveries.forgetOld();
    expect(await deliveries.oldest()).toEqual({ webhook: null, mail: null });
    expect(await redis.keys('*')).toEqual([]);
    for (const kind of ['webhook', 'mail'])
      for (const outcome of ['delivered', 'failed', 'refused', 'dead'])
        expect(await metrics()).toContain(`ravi_deliveries_total{kind="${kind}",outcome="${outcome}"} 0\n`);
  });
});

test('mails that an api queues are told of by an issuer that sends none, from a minute on by its log, once each time', async () => {
  warnings.length = 0;
  const queue = openMailQueue(redis);
  const origin = { address: '', userAgent: '', language: '' };
  const notice: AccountMailJob = { about: 'account', kind: 'signedIn', userId: 1, atMs: 1, ...origin };
  const job = '{ravi}:mail:unsent';
  await whileDelivering({ webhook: null, mail: null }, async (deliveries) => {
    const sinceMs = Date.now();
    await queue.add('unsent', notice);
    expect((await deliveries.oldest()).mail).toBeGreaterThanOrEqual(sinceMs);
    expect(warnings).toEqual([]);
    // As if it had been added a minute before.
    await redis.hincrby(job, 'timestamp', -61_000);
    expect((await deliveries.oldest()).mail).toBeLessThan(sinceMs);
    expect((await deliveries.oldest()).mail).toBeLessThan(sinceMs);
    expect(warnings).toEqual(['mails wait, and this issuer sends none: it has no SMTP_URL']);
    await deliveries.forgetOld();
    expect(await redis.exists(job)).toBe(1);
    // Another issuer sent them, and went away again.
    await redis.flushall();
    expect((await deliveries.oldest()).mail).toBeNull();
    await queue.add('unsent', notice);
    await redis.hincrby('{ravi}:mail:unsent', 'timestamp', -61_000);
    await deliveries.oldest();
    expect(warnings).toHaveLength(2);
  });
  await queue.close();
});

/** A login that the person with this proven address approved. */
async function approvedBy(email: string) {
  const names = { email, firstName: '', lastName: '', passwordHash: 'hash', identityEmailDomain: 'x.org' };
  const account = await accounts.create({ ...names, emailVerified: true }, Date.now());
  const claims = { clientName: 'agent', address: '192.0.2.7', userAgent: 'ravi/1.4', language: 'de' };
  return { userId: account?.id ?? 0, ...claims, approvedAtMs: Date.UTC(2026, 4, 3, 2, 1) };
}

test('an approval is told by one mail, however often it is queued; the next approval by another', async () => {
  const email = 'ada@example.com';
  const login = await approvedBy(email);
  await whileDelivering({ webhook: null, mail }, async (deliveries, metrics) => {
    const approved = (more = {}) =>
      deliveries.approved('a-login' as LoginId, { ...login, ...more } as unknown as ApprovedLogin);
    await Promise.all([approved(), approved()]);
    await approved({ approvedAtMs: login.approvedAtMs + 60_000 });
    await eventually('both are told', () => mailsTo(smtp, email).length >= 2);
    await eventually('nothing waits', async () => (await deliveries.oldest()).mail === null);
    const bodies = mailsTo(smtp, email).map(({ body }) => body);
    expect(bodies).toHaveLength(2);
    for (const fact of ['"agent" (nicht geprüft)', '192.0.2.7', 'ravi/1.4'])
      for (const body of bodies) expect(body).toContain(fact);
    for (const minute of ['2026-05-03 02:01', '2026-05-03 02:02']) expect(bodies.join('')).toContain(minute);
    expect(await metrics()).toContain('ravi_deliveries_total{kind="mail",outcome="delivered"} 2\n');
  });
});

test('where Redis does not take the mail about an approval, its job fails and is tried again: the person is told', async () => {
  const email = 'grace@example.com';
  const login = (await approvedBy(email)) as unknown as ApprovedLogin;
  const commands = connectRedis({ kind: 'single', url }, 'commands', 'test');
  commands.on('error', ignore);
  await waitUntilReady(commands, 60_000);
  const work = async (deliveries: Deliveries) => {
    const approved = () => deliveries.approved('her-login' as LoginId, login);
    const ended = once(commands, 'end');
    commands.disconnect();
    await ended;
    const isRefused = await approved().catch(isRedisUnavailable);
    await commands.connect();
    await approved();
    await eventually('she is told', () => mailsTo(smtp, email).length > 0);
    expect(isRefused).toBe(true);
  };
  try {
    await whileDelivering({ webhook: null, mail }, work, commands);
  } finally {
    commands.disconnect();
  }
  expect(mailsTo(smtp, email)).toHaveLength(1);
});

test('mails and events that were delivered or given up long ago are forgotten, with whom they name', async () => {
  await whileDelivering({ webhook, mail }, async (deliveries) => {
    const ended: string[] = [];
    for (const place of ['{ravi}:mail', '{ravi}:webhook'])
      for (const how of ['completed', 'failed']) {
        await redis.hset(`${place}:${how}-once`, { data: '{}', timestamp: 1, finishedOn: 1 });
        await redis.zadd(`${place}:${how}`, 1, `${how}-once`);
        ended.push(`${place}:${how}-once`);
      }
    expect(await redis.exists(...ended)).toBe(4);
    await deliveries.forgetOld();
    expect(await redis.exists(...ended)).toBe(0);
  });
});

test('the oldest event that is not delivered is told by when it was noted, whether it waits in the log or as a delivery', async () => {
  await whileDelivering({ webhook, mail: null }, async (deliveries, metrics) => {
    expect(await deliveries.oldest()).toEqual({ webhook: null, mail: null });
    const sinceMs = Date.now();
    await noteNow(redis, { event: 'account_shown', user: 1, by: 'grace' }, { nowMs: 1 });
    await eventually('it failed once', async () => /webhook",outcome="failed"\} [1-9]/.test(await metrics()));
    const { webhook: oldest } = await deliveries.oldest();
    expect(oldest).toBeGreaterThanOrEqual(sinceMs);
    expect(oldest).toBeLessThanOrEqual(Date.now());
    expect(await redis.xlen(auditKey())).toBe(1);
    // What is not taken yet, and is younger, does not hide it; nor the other way round.
    await deliveries.stop();
    await noteNow(redis, { event: 'account_shown', user: 2, by: 'grace' }, { nowMs: 1 });
    expect((await deliveries.oldest()).webhook).toBe(oldest);
    await redis.del('{ravi}:webhook:delayed', '{ravi}:webhook:wait', '{ravi}:webhook:active');
    const [, untaken] = (await redis.xrange(auditKey(), '-', '+')).map(([position]) => position);
    expect((await deliveries.oldest()).webhook).toBe(Number(untaken?.split('-')[0]));
  });
});
