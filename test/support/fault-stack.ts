import { randomUUID } from 'node:crypto';
import { LoginStore, readDeviceCode } from '@ravi/device-login';
import { connectRedis, type RedisClient, waitUntilReady } from '@ravi/redis';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { eventually } from './eventually.ts';
import { Person } from './person.ts';
import { type OwnRedis, startOwnRedis } from './redis.ts';
import { type ServiceProcess, TestStack } from './services.ts';

/** Faults are noticed quickly, and a held request outlives any of them. */
const settings = { RECHECK_SECONDS: '1', LONG_POLL_DEFAULT_SECONDS: '100' };

/** A process that is stopped takes the question and does not answer. */
const readyWithinMs = 5_000;

/**
 * A stack that may be broken: a Redis of its own with an append-only file, two apis, one issuer, and a hand on what lies
 * in Redis, to bring a login into the very state in which a process died.
 */
export class FaultStack {
  readonly redis: OwnRedis;
  readonly stack: TestStack;
  readonly apis: readonly [ServiceProcess, ServiceProcess];
  readonly issuer: ServiceProcess;
  readonly person: Person;
  /** A connection of the test's own. */
  readonly client: RedisClient;
  readonly logins: LoginStore;
  readonly #secret: string;

  private constructor(
    redis: OwnRedis,
    stack: TestStack,
    [first, second, issuer]: readonly [ServiceProcess, ServiceProcess, ServiceProcess],
    person: Person,
    client: RedisClient,
    secret: string,
  ) {
    this.redis = redis;
    this.stack = stack;
    this.apis = [first, second];
    this.issuer = issuer;
    this.person = person;
    this.client = client;
    this.logins = new LoginStore(client);
    this.#secret = secret;
  }

  /** Starts it, with a person who signed up; `env` is what all services get besides. */
  static async open(env: Readonly<Record<string, string>> = {}): Promise<FaultStack> {
    const secret = `${randomUUID()}${randomUUID()}`;
    const redis = await startOwnRedis();
    const stack = new TestStack(redis.url, { ...settings, SECRET: secret, ...env });
    const services = await Promise.all([stack.startApi(), stack.startApi(), stack.startIssuer()]);
    const client = connectRedis({ kind: 'single', url: redis.url }, 'tool', 'test');
    client.on('error', () => undefined);
    await waitUntilReady(client, 60_000);
    return new FaultStack(redis, stack, services, await Person.signUp(services[0].url), client, secret);
  }

  /**
   * The stack of the test before while all of it is well, else a new one: a test that ends or breaks something costs the next
   * one a start, and no other test does.
   */
  static async whole(
    before: FaultStack | undefined,
    env: Readonly<Record<string, string>> = {},
  ): Promise<FaultStack> {
    if (before) {
      if (await before.isWhole()) return before;
      await before.close();
    }
    return FaultStack.open(env);
  }

  /** Whether each process runs and says that it is ready. */
  async isWhole(): Promise<boolean> {
    const ready = await Promise.all(
      [...this.apis, this.issuer].map(async ({ running, adminUrl }) => {
        if (!running) return false;
        const signal = AbortSignal.timeout(readyWithinMs);
        return fetch(`${adminUrl}/readyz`, { signal }).then(
          ({ ok }) => ok,
          () => false,
        );
      }),
    );
    return ready.every(Boolean);
  }

  /** The addresses of the two apis. */
  get urls(): readonly [string, string] {
    return [this.apis[0].url, this.apis[1].url];
  }

  /** The login's id and the hash that Redis knows, from its device_code. */
  read(deviceCode: string) {
    const code = readDeviceCode(deviceCode, deriveServiceKeys(new Secret(this.#secret)));
    if (!code) throw new Error('This is no device_code of this stack.');
    return code;
  }

  /** The login's key in Redis. */
  key(deviceCode: string): string {
    return `ravi:login:{${this.read(deviceCode).loginId}}`;
  }

  /** The login's state in Redis. */
  state(deviceCode: string): Promise<string | null> {
    return this.client.hget(this.key(deviceCode), 'state');
  }

  /** Resolves once a request for the login is noted in Redis as the one that waits. */
  async held(deviceCode: string): Promise<void> {
    await eventually('the request is held', () => this.client.hget(this.key(deviceCode), 'waiter'));
  }

  /** Resolves once the login is in the state. */
  async reaches(deviceCode: string, state: string): Promise<void> {
    await eventually(`the login is ${state}`, async () => (await this.state(deviceCode)) === state);
  }

  async close(): Promise<void> {
    this.client.disconnect();
    await this.stack.stop();
    await this.redis.stop();
  }
}
