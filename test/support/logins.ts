import { randomUUID } from 'node:crypto';
import {
  type FoldedUserCode,
  generateUserCode,
  loginIdOf,
  LoginStore,
  type MintedDeviceCode,
  mintDeviceCode,
  type RedeemMode,
} from '@ravi/device-login';
import { connectRedis, type RedisClient, waitUntilReady } from '@ravi/redis';
import { deriveServiceKeys, Secret, type ServiceKeyGenerations } from '@ravi/runtime';
import { deriveResultKey, wrapResultKey } from '@ravi/sealing';

/** A login as the store sees it, and the codes that lead to it. */
export interface StoredLogin {
  readonly userCode: FoldedUserCode;
  readonly deviceCode: MintedDeviceCode;
}

/** The heart on a real Redis, with keys of its own, so that tests on one Redis do not meet. */
export class LoginBench {
  readonly redis: RedisClient;
  readonly prefix = `test:${randomUUID()}:`;
  readonly store: LoginStore;
  readonly keys: ServiceKeyGenerations = deriveServiceKeys(new Secret(randomUUID() + randomUUID()));

  private constructor(redis: RedisClient) {
    this.redis = redis;
    this.store = new LoginStore(redis, this.prefix);
  }

  /** Connects, and resolves once commands can be taken. */
  static async open(url: string): Promise<LoginBench> {
    return new LoginBench(await connect(url));
  }

  close(): void {
    this.redis.disconnect();
  }

  /** The same logins through a connection of their own, as another process sees them. */
  async openStore(url: string): Promise<{ readonly store: LoginStore; close(): void }> {
    const redis = await connect(url);
    return { store: new LoginStore(redis, this.prefix), close: () => redis.disconnect() };
  }

  async start(ttlMs = 900_000): Promise<StoredLogin> {
    const userCode = generateUserCode();
    const loginId = loginIdOf(userCode, this.keys.current);
    const deviceCode = mintDeviceCode(loginId, Date.now() + ttlMs, this.keys.current);
    const started = await this.store.start({
      loginId,
      deviceCodeHash: deviceCode.hash,
      wrappedKey: wrapResultKey(
        deriveResultKey(deviceCode.bytes),
        deviceCode.loginId,
        deviceCode.hash,
        this.keys.current,
      ),
      expiresAtMs: deviceCode.expiresAtMs,
      intervalSeconds: 5,
      clientName: 'test',
      address: '192.0.2.1',
      userAgent: 'jest',
    });
    if (!started) throw new Error('The user_code was taken.');
    return { userCode, deviceCode };
  }

  /** Redeems once; each call is a request of its own unless `lease` says otherwise. */
  redeem({ deviceCode }: StoredLogin, mode: RedeemMode = { kind: 'poll' }, lease: string = randomUUID()) {
    const { loginId, hash: deviceCodeHash } = deviceCode;
    return this.store.redeem({ loginId, deviceCodeHash, mode, lease, askedAtMs: Date.now() });
  }

  /** The login's key, to look at or to age it. */
  keyOf({ deviceCode }: StoredLogin): string {
    return `${this.prefix}ravi:login:{${deviceCode.loginId}}`;
  }

  /** Lets the login's expiry pass, as if time had gone by. */
  async expire(login: StoredLogin): Promise<void> {
    await this.redis.hset(this.keyOf(login), 'expires_at', Date.now() - 1);
  }

  /** Lets the lease of the login's answer run out. */
  async lapseLease(login: StoredLogin): Promise<void> {
    await this.redis.hset(this.keyOf(login), 'leased_until', Date.now() - 1);
  }
}

async function connect(url: string): Promise<RedisClient> {
  const redis = connectRedis({ kind: 'single', url }, 'tool', 'test');
  redis.on('error', () => undefined);
  await waitUntilReady(redis, 60_000);
  return redis;
}
