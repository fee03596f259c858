import { loadScript, type RedisClient, replyWords, runScript, UnexpectedReply } from '@ravi/redis';

const admitGuess = loadScript(new URL('./lua/admit-guess.lua', import.meta.url));

/** What a subject may guess wrong: `max` times in any `windowSeconds`. */
export interface GuessAllowance {
  readonly max: number;
  readonly windowSeconds: number;
}

/** Wrong guesses of one kind of subject, counted in Redis over a sliding window: across instances, and without a seam. */
export class GuessLimit {
  readonly #redis: RedisClient;
  readonly #name: string;
  readonly #allowance: GuessAllowance;

  /** `name` is the start of the subjects' keys. */
  constructor(redis: RedisClient, name: string, allowance: GuessAllowance) {
    this.#redis = redis;
    this.#name = name;
    this.#allowance = allowance;
  }

  /** Counts a guess. Null when it is admitted, else the milliseconds until the next one may be. */
  async take(subject: string, guess: string): Promise<number | null> {
    const { max, windowSeconds } = this.#allowance;
    const reply = await runScript(
      this.#redis,
      admitGuess,
      this.#key(subject),
      guess,
      max,
      windowSeconds * 1000,
    );
    const [word, retryAfterMs] = replyWords(reply);
    if (word === 'admitted') return null;
    if (word !== 'refused') throw new UnexpectedReply(word);
    return Number(retryAfterMs);
  }

  /** Takes this guess back, and no other: it was right, or never looked at. */
  async takeBack(subject: string, guess: string): Promise<void> {
    await this.#redis.zrem(this.#key(subject), guess);
  }

  #key(subject: string): string {
    return `${this.#name}:${subject}`;
  }
}
