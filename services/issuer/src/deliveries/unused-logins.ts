import { type UnusedGrant, unusedGrants, unusedLookKey } from '@ravi/credentials';
import type { RedisClient } from '@ravi/redis';
import type { Clock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { Delivery } from './delivery-queue.ts';
import type { UnusedNotice } from './mail/unused-notice.ts';

const hourMs = 3_600_000;

/** How often each issuer asks whether it is time to look. */
const askEveryMs = 10 * 60_000;

/**
 * How often one of all issuers looks for logins that end. A login that is used while its mail waits ends half of the idle time or more
 * after that mail is due: at least one look falls in between, and queues another.
 */
const lookEveryMs = (idleMs: number) => Math.min(12 * hourMs, idleMs / 4);

/**
 * How long before its end a login is found: a day without issuers leaves nobody untold, if logins stay for three days or more. Less
 * than the two days for which the record of an ended login stays: if somebody ends the login first, its record is still there at
 * the time of the mail, and no mail is sent.
 */
const withinMs = (idleMs: number) => Math.min(36 * hourMs, idleMs / 2);

/** The mail waits until the record of the login is surely gone. */
const afterEndMs = 30_000;

export interface UnusedLoginsDeps {
  readonly redis: RedisClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long a login stays if none of its credentials is used. */
  readonly idleMs: number;
  readonly prefix?: string;
  /** Queues the notices, each once and for its time. */
  readonly tell: (notices: readonly Delivery<UnusedNotice>[]) => Promise<void>;
}

/**
 * Tells people of logins that end because nothing of them is used. One issuer at a time looks for those that are about to end, at
 * least twice a day; the mail waits in the queue until then, and is sent if the login has ended by itself.
 */
export class UnusedLogins {
  readonly #deps: UnusedLoginsDeps;
  readonly #timer: NodeJS.Timeout;
  readonly #stopping = new AbortController();
  #looking: Promise<void> = Promise.resolve();

  constructor(deps: UnusedLoginsDeps) {
    this.#deps = deps;
    this.#timer = setInterval(() => this.#ask(), askEveryMs);
    this.#ask();
  }

  /** Stops asking, and a look in progress: another issuer begins anew. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#looking;
  }

  #ask(): void {
    this.#looking = this.#looking
      .then(() => this.#look())
      .catch((error: unknown) => this.#deps.logger.debug({ error }, 'unused logins could not be looked for'));
  }

  async #look(): Promise<void> {
    const { redis, clock, tell, idleMs, prefix = '' } = this.#deps;
    const { signal } = this.#stopping;
    const turn = unusedLookKey(prefix);
    if ((await redis.set(turn, '1', 'PX', lookEveryMs(idleMs), 'NX')) === null) return;
    const options = { idleMs, withinMs: withinMs(idleMs), prefix, signal };
    try {
      for await (const unused of unusedGrants(redis, clock.nowMs(), options)) {
        await tell([notice(unused)]);
      }
    } catch (error) {
      // The next process that asks may look again.
      await redis.del(turn);
      throw error;
    }
  }
}

function notice({ grant, endsInMs }: UnusedGrant): Delivery<UnusedNotice> {
  const { id: grantId, userId, accountEpoch, clientName, createdAtMs, lastUsedAtMs } = grant;
  const neededIdentity = grant.scope === 'identity' ? grant.identityUuid : '';
  const about = { userId, grantId, accountEpoch, neededIdentity, clientName, createdAtMs, lastUsedAtMs };
  return { id: `unused.${grantId}`, data: { about: 'unused', ...about }, delayMs: endsInMs + afterEndMs };
}
