import type { RedisClient } from '@ravi/redis';
import { wakeupChannel } from './channel.ts';

/** How often the instance sends itself a message. */
const echoIntervalMs = 2_000;

/** How many of them in a row may go missing; a message arrives within milliseconds. */
const maxMissing = 1;

/** The content of such a message; no login has this id. */
const echo = 'echo';

/** An instance's handlers of wake-ups. */
export interface WakeupListener {
  onWakeup(loginId: string): void;
  /** Wake-ups may have been lost: check everything again. */
  onGap(): void;
  /** Messages to itself do not arrive: the subscription is being replaced. */
  onDeaf?(): void;
}

/** One instance's subscription to its own channel, for as long as the process lives. */
export class WakeupSubscriber {
  readonly #redis: RedisClient;
  readonly #channel: string;
  readonly #publish: (message: string) => Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  /** How many were published since the last message arrived. */
  #missing = 0;

  /** `publish` sends a message to this instance, on another connection. */
  constructor(redis: RedisClient, instance: string, publish: (message: string) => Promise<void>) {
    this.#redis = redis;
    this.#channel = wakeupChannel(instance);
    this.#publish = publish;
  }

  /** Subscribes, and again after every lost connection. Resolves once the first subscription is active. */
  async listen(listener: WakeupListener): Promise<void> {
    this.#redis.on(this.#redis.isCluster ? 'smessage' : 'message', (channel: string, message: string) => {
      if (channel !== this.#channel) return;
      this.#missing = 0;
      if (message !== echo) listener.onWakeup(message);
    });
    await this.#subscribe();
    // ioredis has resubscribed by then; subscribing again is harmless, and its answer proves that the subscription is active.
    // A Cluster stays ready while one shard fails over; another event reports that its subscribers are complete again.
    this.#redis.on(this.#redis.isCluster ? 'subscribersReady' : 'ready', () => {
      this.#missing = 0;
      this.#subscribe().then(
        () => listener.onGap(),
        () => undefined,
      );
    });
    this.#timer = setInterval(() => void this.#sendEcho(listener), echoIntervalMs);
  }

  /** Ends the echoes; the connection is its owner's. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /**
   * A subscription is silent when nothing happens, and just as silent when its connection is dead: only a message that was
   * published and did not arrive tells one from the other.
   */
  async #sendEcho(listener: WakeupListener): Promise<void> {
    if (this.#redis.status !== 'ready') return;
    if (this.#missing > maxMissing) {
      this.#missing = 0;
      listener.onDeaf?.();
      this.#redis.disconnect(true);
      return;
    }
    this.#missing += 1;
    await this.#publish(echo).catch(() => {
      // Without a publication there is no echo to miss.
      this.#missing = Math.max(0, this.#missing - 1);
    });
  }

  async #subscribe(): Promise<void> {
    await (this.#redis.isCluster
      ? this.#redis.ssubscribe(this.#channel)
      : this.#redis.subscribe(this.#channel));
  }
}
