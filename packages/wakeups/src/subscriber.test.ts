import { EventEmitter } from 'node:events';
import type { RedisClient } from '@ravi/redis';
import { WakeupSubscriber } from './subscriber.ts';

const channel = 'ravi:wake:{this}';

/** A subscription that may have died without a word. */
class FakeSubscription extends EventEmitter {
  readonly isCluster: boolean;
  status = 'ready';
  readonly done: string[] = [];
  refuses = false;

  constructor(isCluster = false) {
    super();
    this.isCluster = isCluster;
  }
  async subscribe(name: string): Promise<void> {
    this.done.push(`subscribe ${name}`);
    if (this.refuses) throw new Error('Connection is closed.');
  }
  async ssubscribe(name: string): Promise<void> {
    this.done.push(`ssubscribe ${name}`);
  }
  disconnect(reconnect: boolean): void {
    this.done.push(reconnect ? 'reconnect' : 'end');
  }
}

let published: string[];
let heard: string[];
/** Whether what is published arrives, is lost, or cannot be published. */
let network: 'whole' | 'deaf' | 'away';
let subscriber: WakeupSubscriber;
beforeEach(() => {
  jest.useFakeTimers();
  [published, heard, network] = [[], [], 'whole'];
});
afterEach(() => {
  subscriber.stop();
  const left = jest.getTimerCount();
  jest.useRealTimers();
  if (left > 0) throw new Error(`Timers are left: ${left}.`);
});

async function listen(redis: FakeSubscription): Promise<void> {
  subscriber = new WakeupSubscriber(redis as unknown as RedisClient, 'this', async (message) => {
    published.push(message);
    if (network === 'away') throw new Error('Connection is closed.');
    if (network === 'whole') redis.emit('message', channel, message);
  });
  await subscriber.listen({
    onWakeup: (loginId) => void heard.push(loginId),
    onGap: () => void heard.push('gap'),
    onDeaf: () => void heard.push('deaf'),
  });
}

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

test('an instance hears the wake-ups of its own channel alone, and its messages to itself are none', async () => {
  const redis = new FakeSubscription();
  await listen(redis);
  expect(redis.done).toEqual([`subscribe ${channel}`]);
  redis.emit('message', channel, 'a login');
  redis.emit('message', 'ravi:wake:{that}', 'another');
  await pass(6_000);
  expect([heard, published]).toEqual([['a login'], ['echo', 'echo', 'echo']]);
});

test('on a Cluster it listens to the shard of its channel', async () => {
  const redis = new FakeSubscription(true);
  await listen(redis);
  redis.emit('smessage', channel, 'a login');
  redis.emit('message', channel, 'none');
  redis.emit('ready');
  redis.emit('subscribersReady');
  await pass(0);
  expect([redis.done, heard]).toEqual([
    [`ssubscribe ${channel}`, `ssubscribe ${channel}`],
    ['a login', 'gap'],
  ]);
});

test('after a lost connection everything is checked again, once the new subscription is active', async () => {
  const redis = new FakeSubscription();
  await listen(redis);
  redis.refuses = true;
  redis.emit('ready');
  await pass(0);
  expect(heard).toEqual([]);
  redis.refuses = false;
  redis.emit('ready');
  await pass(0);
  expect([heard, redis.done]).toEqual([['gap'], Array(3).fill(`subscribe ${channel}`)]);
});

test('a subscription that hears two messages to itself in a row not is replaced; one that hears anything is not', async () => {
  const redis = new FakeSubscription();
  await listen(redis);
  network = 'deaf';
  await pass(5_999);
  redis.emit('message', channel, 'a login');
  await pass(4_000);
  expect([heard, redis.done.length]).toEqual([['a login'], 1]);
  await pass(2_001);
  expect([heard, redis.done.slice(1)]).toEqual([['a login', 'deaf'], ['reconnect']]);
  // The new one begins anew.
  redis.emit('ready');
  await pass(4_000);
  expect(heard).toEqual(['a login', 'deaf', 'gap']);
  await pass(2_000);
  expect(heard).toEqual(['a login', 'deaf', 'gap', 'deaf']);
});

test('while nothing can be published, or the connection is away, nothing is missed', async () => {
  const redis = new FakeSubscription();
  await listen(redis);
  network = 'away';
  await pass(20_000);
  expect([heard, published.length]).toEqual([[], 10]);
  [network, redis.status] = ['deaf', 'reconnecting'];
  await pass(20_000);
  expect([heard, published.length, redis.done.length]).toEqual([[], 10, 1]);
  // One message was lost before; only one more may be, before the subscription counts as deaf.
  redis.status = 'ready';
  await pass(2_000);
  network = 'away';
  await pass(10_000);
  expect(heard).toEqual([]);
});
