import { eventually } from '../support/eventually.ts';
import { patientPerson, startPatiently } from '../support/patience.ts';
import { Person } from '../support/person.ts';
import { startLogin, waitPatiently } from '../support/program.ts';
import { type ClusterNode, RedisCluster } from '../support/redis-cluster.ts';
import { hasRedisServer } from '../support/redis-server.ts';
import { type ServiceProcess, TestStack } from '../support/services.ts';

// A quarter of a minute: so only where everything is run.
const describeOnCluster = hasRedisServer && process.env['RAVI_SLOW_TESTS'] ? describe : describe.skip;

describeOnCluster('on a Redis Cluster of three shards with a replica each', () => {
  let cluster: RedisCluster;
  let stack: TestStack;
  let apis: readonly ServiceProcess[];
  let person: Person;

  beforeEach(async () => {
    cluster = await RedisCluster.start(3, 1);
    stack = new TestStack('redis://127.0.0.1:1', { ...cluster.env, RECHECK_SECONDS: '1' });
    const services = await Promise.all([stack.startApi(), stack.startApi(), stack.startIssuer()]);
    apis = services.slice(0, 2);
    person = await Person.signUp(urls()[0] ?? '');
    await cluster.replicated();
  });
  afterEach(async () => {
    await stack.stop();
    await cluster.stop();
  });

  const urls = () => apis.map(({ url }) => url);

  test('a program that waits is answered though the primary with the queue is killed', async () => {
    expect(await surviving(await cluster.primaryOf('{ravi}:issuance:meta'))).toEqual([200, 200, 200]);
  });

  test("a program that waits is answered though the primary with its api's channel is killed", async () => {
    const [primary] = (await subscriptions()).keys();
    if (!primary) throw new Error('No api has subscribed.');
    const channels = await allChannels();
    expect(await surviving(primary)).toEqual([200, 200, 200]);
    await eventually('both apis listen again', async () => (await allChannels()).join() === channels.join());
  });

  /** The channels that the apis listen to, by the node that has them. */
  async function subscriptions(): Promise<Map<ClusterNode, string[]>> {
    const found = new Map<ClusterNode, string[]>();
    for (const node of cluster.running()) {
      const channels = (await node.client.call('PUBSUB', 'SHARDCHANNELS')) as string[];
      if (channels.length > 0) found.set(node, channels);
    }
    return found;
  }

  async function allChannels(): Promise<readonly string[]> {
    return [...(await subscriptions()).values()].flat().toSorted();
  }

  /** Kills the primary amid a login, then logs in through each api. Returns how each login was answered. */
  async function surviving(primary: ClusterNode): Promise<readonly number[]> {
    const before = await startLogin(urls()[0] ?? '');
    const waiting = waitPatiently(urls(), before.device_code);
    await cluster.replicated();
    await primary.kill();
    await patientPerson(person, urls()[1] ?? '')(before.user_code);
    const statuses = [(await waiting).status];
    for (const from of urls()) {
      const after = await startPatiently(from);
      const waitingAgain = waitPatiently([from], after.device_code);
      await patientPerson(person, from)(after.user_code);
      statuses.push((await waitingAgain).status);
    }
    return statuses;
  }
});
