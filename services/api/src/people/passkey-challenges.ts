import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { sentAgainMs } from '@ravi/accounts';
import type { RedisClient } from '@ravi/redis';
import { type Clock, keyGenerations, type ServiceKeyGenerations, type ServiceKeys } from '@ravi/runtime';
import { unmaskToken } from './csrf-mask.ts';
import { sha256, spentChallengeKey } from './keyspace.ts';

export interface PasskeyChallengesDeps {
  readonly redis: RedisClient;
  readonly keys: ServiceKeyGenerations;
  readonly clock: Clock;
}

/** What an answer to a challenge is good for, in which browser: `csrfToken` is that of its page. */
export interface ChallengePurpose {
  readonly use: 'register' | 'sign-in' | 'second-step';
  readonly csrfToken: string;
  /** The account; empty where the passkey is to tell it. */
  readonly userId: number | '';
}

/** How long a page may be open before its button is pressed. */
export const challengeSeconds = 600;

const randomByteCount = 16;
const expiryByteCount = 6;
const challengeByteCount = randomByteCount + expiryByteCount + 32;

/**
 * Challenges for passkeys. A challenge carries its expiry and an HMAC over its purpose and its browser: so a page that shows one
 * writes nothing to Redis, and an answer counts for nothing else and nowhere else. That it was answered is noted. (WebAuthn §13.4.3)
 */
export class PasskeyChallenges {
  readonly #deps: PasskeyChallengesDeps;

  constructor(deps: PasskeyChallengesDeps) {
    this.#deps = deps;
  }

  /** A new challenge, base64url. */
  make(purpose: ChallengePurpose): string {
    const { keys, clock } = this.#deps;
    const expiry = Buffer.alloc(expiryByteCount);
    expiry.writeUIntBE(Math.floor(clock.nowMs() / 1000) + challengeSeconds, 0, expiryByteCount);
    const drawn = Buffer.concat([randomBytes(randomByteCount), expiry]);
    return Buffer.concat([drawn, proofOf(drawn, purpose, keys.current)]).toString('base64url');
  }

  /** Whether it was made here for this purpose and browser, and is not over. */
  isOurs(challenge: string, purpose: ChallengePurpose): boolean {
    const { keys, clock } = this.#deps;
    const bytes = Buffer.from(challenge, 'base64url');
    if (bytes.length !== challengeByteCount) return false;
    const drawn = bytes.subarray(0, randomByteCount + expiryByteCount);
    const fits = keyGenerations(keys).some((generation) =>
      timingSafeEqual(bytes.subarray(drawn.length), proofOf(drawn, purpose, generation)),
    );
    return fits && drawn.readUIntBE(randomByteCount, expiryByteCount) > clock.nowMs() / 1000;
  }

  /**
   * Notes that it was answered, at any api, and tells when (ms since the epoch); null where it was before. The very same form may answer
   * it again for a minute, and is told when it did so first: it was sent twice. `sent` tells forms apart.
   */
  async spend(challenge: string, sent: string): Promise<number | null> {
    const { redis, clock } = this.#deps;
    const key = spentChallengeKey(challenge);
    const [by, nowMs] = [sha256(sent), clock.nowMs()];
    if ((await redis.set(key, `${nowMs}.${by}`, 'EX', challengeSeconds, 'NX')) !== null) return nowMs;
    const [atMs, before] = ((await redis.get(key)) ?? '').split('.');
    return before === by && nowMs - Number(atMs) < sentAgainMs ? Number(atMs) : null;
  }
}

function proofOf(drawn: Buffer, { use, csrfToken, userId }: ChallengePurpose, keys: ServiceKeys): Buffer {
  return createHmac('sha256', keys['passkey-challenge'])
    .update(`${use} ${userId} ${unmaskToken(csrfToken)} `)
    .update(drawn)
    .digest();
}
