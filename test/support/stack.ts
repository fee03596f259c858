import { type DoorCertificate, openDoor } from './door.ts';
import { startRedis, type TestRedis } from './redis.ts';
import { type ServiceProcess, TestStack } from './services.ts';
import { requireWholeLog } from './told.ts';

/** The product as it is deployed: one Redis, two apis, one issuer, each a process of its own. */
export interface Deployment {
  readonly redis: TestRedis;
  readonly stack: TestStack;
  readonly apis: readonly [ServiceProcess, ServiceProcess];
  readonly issuer: ServiceProcess;
  /** The two apis' addresses. */
  readonly urls: readonly [string, string];
  /** Rejects when an event of the audit log had not the fields of its kind. */
  stop(): Promise<void>;
}

/** Starts a deployment for the tests of one file, on the Redis for all tests unless given another. */
export async function deploy(
  env: Readonly<Record<string, string>> = {},
  redisOfItsOwn?: TestRedis,
): Promise<Deployment> {
  const redis = redisOfItsOwn ?? (await startRedis());
  const stack = new TestStack(redis.url, env);
  const starting = Promise.all([stack.startApi(), stack.startApi(), stack.startIssuer()]);
  const [first, second, issuer] = await starting.catch(async (error: unknown) => {
    // Nothing may go on without the test: it would not end.
    await stack.stop();
    await redis.stop();
    throw error;
  });
  return {
    redis,
    stack,
    apis: [first, second],
    issuer,
    urls: [first.url, second.url],
    stop: () => endOf(stack, redis),
  };
}

/** Ends services and their Redis. Rejects when an event of the audit log had not the fields of its kind, whatever they did. */
export async function endOf(stack: TestStack, redis: TestRedis): Promise<void> {
  await stack.stop();
  try {
    await requireWholeLog(redis.url);
  } finally {
    await redis.stop();
  }
}

/** One api that programs reach at its own `PUBLIC_URL`, for clients that find their way by its metadata. */
export interface PublicDeployment {
  readonly url: string;
  /** Where the api itself listens. */
  readonly apiUrl: string;
  stop(): Promise<void>;
}

/** Starts an api and an issuer for clients that insist on the issuer's own address, and on TLS where a certificate is given. */
export async function deployPublic(
  env: Readonly<Record<string, string>> = {},
  given: { readonly redis?: TestRedis; readonly certificate?: DoorCertificate } = {},
): Promise<PublicDeployment> {
  const [redis, door] = await Promise.all([
    given.redis ?? startRedis(),
    openDoor(given.certificate ? { certificate: given.certificate } : {}),
  ]);
  const stack = new TestStack(redis.url, { PUBLIC_URL: door.url, ...env });
  const stop = async () => {
    try {
      await endOf(stack, redis);
    } finally {
      await door.close();
    }
  };
  try {
    const [api] = await Promise.all([stack.startApi(), stack.startIssuer()]);
    door.leadTo(api.url);
    return { url: door.url, apiUrl: api.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
