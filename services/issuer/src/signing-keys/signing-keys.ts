import type { PublishedKeys } from '@ravi/credentials';
import type { SigningKey } from '@ravi/credentials/signing';
import type { Clock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type { ReadKeys } from './key-sources.ts';

export interface SigningKeysDeps {
  /** Reads the private keys again. */
  readonly read: () => ReadKeys;
  readonly published: PublishedKeys;
  readonly clock: Clock;
  readonly logger: Logger;
}

const allRetired = 'Every signing key of this issuer is retired.';

/**
 * The signing keys of this issuer. Each `refresh` reads the private halves from its sources, and from Redis which key is active, so
 * that all issuers agree. A key is published before it can sign.
 */
export class SigningKeys {
  readonly #deps: SigningKeysDeps;
  #held: readonly SigningKey[] = [];
  #current: SigningKey | null = null;
  #complaint = '';

  constructor(deps: SigningKeysDeps) {
    this.#deps = deps;
  }

  /** The key that signs now. Throws if all keys of this issuer are retired: another issuer then retries the job. */
  readonly current = (): SigningKey => {
    if (!this.#current) throw new Error(allRetired);
    return this.#current;
  };

  /** Null while it can sign, else the reason in a sentence. */
  unreadyReason(): string | null {
    return this.#current ? null : allRetired;
  }

  /**
   * Reads the keys, publishes them and switches to the active one. A problem with the sources leaves the keys as they are.
   * Rejects if Redis is away.
   */
  async refresh(): Promise<void> {
    const { published, clock } = this.#deps;
    const trouble = this.#read();
    const jwks = this.#held.map(({ publicJwk }) => publicJwk);
    const { signingKid, activeKid } = await published.publish(jwks, clock.nowMs());
    const before = this.#current?.kid;
    this.#current = this.#held.find(({ kid }) => kid === signingKid) ?? null;
    this.#complain(trouble ?? this.#disagreement(activeKid));
    if (this.#current && this.#current.kid !== before) {
      this.#deps.logger.info({ kid: this.#current.kid }, 'signing with this key');
    }
  }

  /** The problem with the sources; null if there is none. */
  #read(): string | null {
    const { keys, problems } = this.#deps.read();
    if (problems.length > 0) return problems.join('; ');
    this.#held = keys;
    return null;
  }

  #disagreement(activeKid: string): string | null {
    if (!this.#current) return 'every key of this issuer is retired; it cannot sign';
    return this.#current.kid === activeKid
      ? null
      : `the active key ${activeKid} is not among this issuer's keys`;
  }

  /** Logs a problem once, not every few seconds. */
  #complain(complaint: string | null): void {
    if (complaint !== null && complaint !== this.#complaint) {
      this.#deps.logger.warn({ reason: complaint }, 'signing keys');
    }
    this.#complaint = complaint ?? '';
  }
}
