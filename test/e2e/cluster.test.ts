import { issuanceQueueName, issuanceQueuePrefix } from '@ravi/contract';
import { isRedisUnavailable, spreadHashTags } from '@ravi/redis';
import { Cluster } from 'ioredis';
import { Person } from '../support/person.ts';
import { errorOnceCollected, startLogin, wait } from '../support/program.ts';
import { RedisCluster } from '../support/redis-cluster.ts';
import { hasRedisServer } from '../support/redis-server.ts';
import { type ServiceProcess, TestStack } from '../support/services.ts';

const describeOnCluster = hasRedisServer ? describe : describe.skip;

describeOnCluster('on a Redis Cluster of three shards', () => {
  let cluster: RedisCluster;
  let stack: TestStack;
  let apis: readonly ServiceProcess[];
  let person: Person;

  beforeAll(async () => {
    cluster = await RedisCluster.start(3);
    stack = new TestStack('redis://127.0.0.1:1', {
      ...cluster.env,
      ISSUANCE_QUEUES: '3',
      RATE_LIMITS: 'off',
      RECHECK_SECONDS: '600',
    });
    apis = (await Promise.all([stack.startApi(), stack.startApi(), stack.startIssuer()])).slice(0, 2);
    person = await Person.signUp(url(0));
  });
  afterAll(async () => {
    await stack.stop();
    await cluster.stop();
  });

  const url = (index: number) => apis[index % 2]?.url ?? '';

  test('a program that waits at one api is answered by an approval that goes through the other', async () => {
    const login = await startLogin(url(0), 'cluster');
    const waiting = wait(url(0), login.device_code);
    expect((await person.approve(url(1), login.user_code)).body).toEqual({ status: 'approved' });
    const answer = await waiting;
    expect(answer.status).toBe(200);
    expect(answer.body.user).toEqual(person.user);
    expect(await errorOnceCollected(url(1), login.device_code)).toBe('invalid_grant');
  });

  test('a denial reaches the program that waits', async () => {
    const login = await startLogin(url(0));
    const waiting = wait(url(0), login.device_code);
    await person.deny(url(1), login.user_code);
    expect((await waiting).body.error).toBe('access_denied');
  });

  test('logins, their work and their queues are spread evenly over the shards', async () => {
    await Promise.all(cluster.primaries.map(({ client }) => client.config('RESETSTAT')));
    const before = await loginsPerShard();
    await Promise.all(Array.from({ length: logins }, (_, index) => wholeLogin(index)));
    const after = await loginsPerShard();
    const counts = after.map((count, shard) => count - (before[shard] ?? 0));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(logins);
    // Within three fifths of a fair share, more than five standard deviations. All on two shards would be the whole of it at the third.
    for (const count of counts) expect(Math.abs(count - logins / 3)).toBeLessThan(logins / 5);

    const queues = spreadHashTags(issuanceQueuePrefix, 3).map((tag) => `${tag}:${issuanceQueueName}:id`);
    expect(new Set(await Promise.all(queues.map((key) => cluster.primaryOf(key)))).size).toBe(3);
    // All were approved by one person, whose account and lists of credentials have a place each.
    const { id } = person.user;
    const lists = await Promise.all(
      cluster.primaries.flatMap(({ client }) =>
        ['grants', 'keys'].map((list) => client.keys(`ravi:account-${list}:${id}:*`)),
      ),
    );
    expect(lists.flat()).toHaveLength(3);
    const owned = await Promise.all(
      [`ravi:account:${id}`, ...lists.flat()].map((key) => cluster.primaryOf(key)),
    );
    const scripts = await Promise.all(
      cluster.primaries.map(async (primary) => {
        const ofOwner = owned.filter((place) => place === primary).length * logins;
        return ((await primary.calls())['evalsha'] ?? 0) - ofOwner;
      }),
    );
    const mean = scripts.reduce((sum, count) => sum + count, 0) / 3;
    // A login's own scripts and its job follow it to its shard, and those of its credentials go where chance puts them: five
    // standard deviations from the mean at most. All on two shards would be half of it.
    for (const count of scripts) expect(Math.abs(count - mean) / mean).toBeLessThan(0.45);
    const jobs = await Promise.all(
      queues.map(async (key) => Number(await (await cluster.primaryOf(key)).client.get(key))),
    );
    expect(Math.min(...jobs)).toBeGreaterThan(0);
  });

  test('what the client library refuses while slots move is "try again", and no fault of ours', async () => {
    const nodes = cluster.primaries.map(({ port }) => ({ host: '127.0.0.1', port }));
    const client = new Cluster(nodes, { redisOptions: { protocol: 2 } });
    client.on('error', () => undefined);
    // As when a slot moves after its commands were gathered by their node: keys of three shards in one pipeline.
    const pipeline = client.pipeline();
    for (let index = 0; index < 50; index++) pipeline.hget(`ravi:login:{${index}}`, 'state');
    const refusal: unknown = await pipeline.exec().catch((error: unknown) => error);
    client.disconnect();
    expect(refusal).toBeInstanceOf(Error);
    expect(isRedisUnavailable(refusal)).toBe(true);
  });

  /** Logins enough to tell an even spread from an uneven one. */
  const logins = 150;

  async function wholeLogin(index: number): Promise<void> {
    const login = await startLogin(url(index));
    const waiting = wait(url(index), login.device_code);
    expect((await person.approve(url(index + 1), login.user_code)).status).toBe(200);
    expect((await waiting).status).toBe(200);
    await errorOnceCollected(url(index), login.device_code);
  }

  function loginsPerShard(): Promise<number[]> {
    return Promise.all(
      cluster.primaries.map(async ({ client }) => (await client.keys('ravi:login:*')).length),
    );
  }
});
