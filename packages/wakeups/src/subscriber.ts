import type { RedisClient } from '@ravi/redis';
import { wakeupChannel } from './channel.ts';

/** An instance's handlers of wake-ups. */
export interface WakeupListener {
  /** A login changed. */
  onWakeup(loginId: string): void;
  /** Wake-ups may have been lost: check everything again. */
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

  /** Subscribes, and again after every lost connection. Resolves once the first subscription is active. */
  async listen(listener: WakeupListener): Promise<void> {
    this.#redis.on(this.#redis.isCluster ? 'smessage' : 'message', (channel: string, loginId: string) => {
      if (channel === this.#channel) listener.onWakeup(loginId);
    });
    await this.#subscribe();
    // ioredis has resubscribed by then; subscribing again is harmless, and its answer proves that the subscription is active.
    // A Cluster stays ready while one shard fails over; another event reports that its subscribers are complete again.
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
