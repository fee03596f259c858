import type { RedisClient } from '@ravi/redis';
import { wakeupChannel } from './channel.ts';

/** What an instance does with wake-ups. */
export interface WakeupListener {
  /** A login changed. */
  onWakeup(loginId: string): void;
  /** Wake-ups may have been missed: look at everything again. */
  onGap(): void;
}

/** One instance's subscription to its own channel, for as long as the process lives. */
export class WakeupSubscriber {
  readonly #redis: RedisClient;
  readonly #channel: string;

  constructor(redis: RedisClient, instance: string) {
    this.#redis = redis;
    this.#channel = wakeupChannel(instance);
  }

  /** Subscribes, and again after every lost connection. Resolves once the first subscription stands. */
  async listen(listener: WakeupListener): Promise<void> {
    this.#redis.on(this.#redis.isCluster ? 'smessage' : 'message', (channel: string, loginId: string) => {
      if (channel === this.#channel) listener.onWakeup(loginId);
    });
    await this.#subscribe();
    // ioredis has resubscribed by then; subscribing again is harmless and its answer proves that it stands.
    // A Cluster stays ready while one shard fails over: it tells when its subscribers are whole again.
    this.#redis.on(this.#redis.isCluster ? 'subscribersReady' : 'ready', () => {
      this.#subscribe().then(
        () => listener.onGap(),
        () => undefined,
      );
    });
  }

  async #subscribe(): Promise<void> {
    await (this.#redis.isCluster
      ? this.#redis.ssubscribe(this.#channel)
      : this.#redis.subscribe(this.#channel));
  }
}
