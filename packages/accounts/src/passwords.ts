import { hash, verify } from 'argon2';
import pLimit from 'p-limit';

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane; about 25 ms of one core. */
const argon2Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Hashes that may run at once: one, so that a rush of sign-ins leaves the other cores to waits and wakes. */
const maxConcurrent = 1;

/** Hashes that may queue behind it: about two seconds' worth. */
const maxQueued = 64;

/** Thrown when too many passwords are being checked already: try again in a few seconds. */
export class PasswordsBusy extends Error {
  readonly code = 'passwords_busy';

  constructor() {
    super('Too many passwords are being checked.');
    this.name = 'PasswordsBusy';
  }
}

/** Hashes and verifies passwords with argon2id, off the event loop and a few at a time. (RFC 9106) */
export class Passwords {
  readonly #limit = pLimit(maxConcurrent);
  /** Compared against where there is no account, so that the answer takes the same time. */
  #decoy: string | undefined;

  /** Throws `PasswordsBusy`. */
  async hash(password: string): Promise<string> {
    return this.#run(() => hash(password, argon2Options));
  }

  /** Whether the password fits. With no hash (no such account) takes the same time and is false. Throws `PasswordsBusy`. */
  async verify(passwordHash: string | null, password: string): Promise<boolean> {
    this.#decoy ??= await this.hash('no account has this password');
    const fits = await this.#run(() => verify(passwordHash ?? this.#decoy ?? '', password));
    return fits && passwordHash !== null;
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#limit.pendingCount >= maxQueued) throw new PasswordsBusy();
    return this.#limit(work);
  }
}
