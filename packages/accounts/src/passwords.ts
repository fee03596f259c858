import { hash, verify } from 'argon2';
import { FairQueue, QueueFull } from './fair-queue.ts';

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane; about 25 ms of one core. */
const argon2Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Those who may queue: some three seconds' worth, and an office that comes in the morning. */
const maxWaitingByDefault = 128;

/** Thrown when too many passwords are being checked already: try again in a few seconds. */
export class PasswordsBusy extends Error {
  readonly code = 'passwords_busy';

  constructor() {
    super('Too many passwords are being checked.');
    this.name = 'PasswordsBusy';
  }
}

/** What somebody whose turn it is may do. */
export interface Hasher {
  /** The hash of a password, with its salt and parameters. */
  readonly hash: (password: string) => Promise<string>;
  /** Whether the password fits. With no hash (no such account) takes the same time and is false. */
  readonly verify: (passwordHash: string | null, password: string) => Promise<boolean>;
}

/**
 * Hashes and verifies passwords with argon2id, off the event loop and one at a time, so that a rush of sign-ins leaves the other
 * cores to waits and wakes. A password is the same however a system encodes its characters (NFC). Parties take turns: one that rushes waits for itself. (RFC 9106)
 */
export class Passwords {
  readonly #queue: FairQueue;
  /** Compared against where there is no account, so that the answer takes the same time. */
  #decoy: Promise<string> | undefined;

  /** `maxWaiting`: how many may queue. */
  constructor(maxWaiting = maxWaitingByDefault) {
    this.#queue = new FairQueue(maxWaiting);
  }

  /** Does the work when it is the party's turn. Throws `PasswordsBusy` when the queue is full, or the party's place was needed. */
  async inTurn<T>(party: string, work: (hasher: Hasher) => Promise<T>): Promise<T> {
    try {
      return await this.#queue.run(party, () => work(this.#hasher));
    } catch (error) {
      throw error instanceof QueueFull ? new PasswordsBusy() : error;
    }
  }

  readonly #hasher: Hasher = {
    hash: (password) => hash(password.normalize('NFC'), argon2Options),
    verify: async (passwordHash, password) => {
      this.#decoy ??= hash('no account has this password', argon2Options);
      const fits = await verify(passwordHash ?? (await this.#decoy), password.normalize('NFC'));
      return fits && passwordHash !== null;
    },
  };
}
