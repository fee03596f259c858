import type { KeyObject } from 'node:crypto';
import type { LinkMailKind } from '@ravi/contract';
import { isRedisFull, type RedisClient } from '@ravi/redis';
import { Problem } from '../http/problem.ts';
import { type Guess, WrongGuesses } from './wrong-guesses.ts';
import { hashedNetworksOf } from './networks.ts';
import {
  activityLooksPerAccount,
  mailsPerHour,
  passkeySignInsPerAccount,
  approvalsPerAccount,
  providerSignInsPerAddress,
  refreshes,
  signUpsPerAddress,
  windowSeconds,
  wrongCodesPerAccount,
  wrongFactors,
  wrongPasswords,
} from './fixed-maximums.ts';
import { EventLimit, type Subject, subjectDigest } from './event-limit.ts';
import { limitKey } from './keyspace.ts';

export type { Guess } from './wrong-guesses.ts';

/**
 * The counts of mails that tell of something. Those with a link that undoes it, and those of sign-ins, are counted apart: whoever knows a
 * password can cause mails of sign-ins as often as they like, and must not use up the number of the others.
 */
export type NoticeMailCount = 'notice' | 'signedIn' | 'undo' | 'secondStepAsked';

export interface LimitsDeps {
  readonly redis: RedisClient;
  /** Hashes the subjects of limits, so that Redis does not hold them. */
  readonly addressKey: KeyObject;
  readonly enabled: boolean;
  /** Maximum of wrong user codes from one address in 15 minutes. */
  readonly wrongCodesPerAddress: number;
  /** Maximum of changes in 15 minutes by one credential or session, and by all of an account together. */
  readonly writesPerCredential: number;
  readonly writesPerAccount: number;
  readonly prefix?: string;
}

/** A sign-in attempt. `browser` is set if that browser has signed in to the account before. */
export interface SignInAttempt {
  readonly address: string;
  /** The e-mail address, folded. */
  readonly email: string;
  readonly browser: string | null;
}

/** A second step of a sign-in. `browser` is set if that browser has signed in to the account before. */
export interface FactorAttempt {
  readonly address: string;
  readonly userId: number;
  readonly browser: string | null;
  readonly factor: 'totp' | 'recovery_code' | 'passkey';
}

/** The author of a change: a program with its credential, or a person with a session. */
export interface Writer {
  readonly kind: 'program' | 'person';
  readonly userId: number;
  /** The id of the credential or session: no secret. */
  readonly credential: string;
}

const nothingToSettle: Guess = { wrong: () => Promise.resolve(), takeBack: () => Promise.resolve() };

/**
 * The limits that keep one party from spoiling the service for others, counted in Redis across all api instances; those of starts are
 * in `StartAdmission`. A process remembers refused subjects, so that their flood does not reach Redis.
 */
export class Limits {
  readonly #deps: LimitsDeps;
  readonly #codes: WrongGuesses;
  readonly #passwords: WrongGuesses;
  readonly #factors: WrongGuesses;
  readonly #providerSignIns: EventLimit;
  readonly #passkeySignIns: EventLimit;
  readonly #signUps: EventLimit;
  readonly #mails: EventLimit;
  readonly #writes: EventLimit;
  readonly #refreshes: EventLimit;
  readonly #approvals: EventLimit;
  readonly #activityLooks: EventLimit;

  constructor(deps: LimitsDeps) {
    this.#deps = deps;
    const { redis, prefix = '' } = deps;
    const place = (name: string, seconds = windowSeconds) => ({
      redis,
      name: limitKey(name, prefix),
      windowSeconds: seconds,
    });
    // All checks are short: a password is admitted only when its turn has come.
    this.#codes = new WrongGuesses({ ...place('wrong-code'), openSeconds: 5 });
    this.#passwords = new WrongGuesses({ ...place('wrong-password'), openSeconds: 10 });
    this.#factors = new WrongGuesses({ ...place('wrong-factor', 3600), openSeconds: 5 });
    this.#providerSignIns = new EventLimit(place('sign-in-provider'));
    this.#passkeySignIns = new EventLimit(place('sign-in-passkey'));
    this.#signUps = new EventLimit(place('sign-up', 3600));
    this.#mails = new EventLimit(place('mail', 3600));
    this.#writes = new EventLimit(place('write'));
    this.#refreshes = new EventLimit(place('refresh'));
    this.#approvals = new EventLimit(place('approval'));
    this.#activityLooks = new EventLimit(place('activity', 60));
  }

  /** Throws if this process knows that the attempt would be refused. It runs before the attempt queues, without Redis. */
  refuseHopelessSignIn(attempt: SignInAttempt): void {
    const waitMs = this.#passwords.refusedForMs(this.#passwordSubjects(attempt));
    if (waitMs !== null) throw tooManySignIns(waitMs);
  }

  /**
   * Counts a sign-in attempt as a wrong password until it turns out right. Throws after too many wrong ones: from this address
   * and its networks and to this account; or, in a browser that signed in to it before, in that browser and all such browsers.
   */
  async admitSignIn(attempt: SignInAttempt): Promise<Guess> {
    return this.#admitGuess(this.#passwords, this.#passwordSubjects(attempt), tooManySignIns);
  }

  /**
   * Counts a second step as wrong until it turns out right. Throws after too many wrong ones: from this address and its networks and,
   * for an authenticator app, to this account; or, in a browser that signed in to it before, in that browser and, for an
   * authenticator app, in all such browsers.
   */
  async admitFactorGuess({ address, userId, browser, factor }: FactorAttempt): Promise<Guess> {
    const { perAddress, perAccount, perBrowser, perKnownAccount, passkeysPerAddress } = wrongFactors;
    const [by, perAll] = browser === null ? ['account', perAccount] : ['known-account', perKnownAccount];
    const origin =
      browser !== null
        ? [{ name: `browser:${this.#digest(browser)}`, max: perBrowser }]
        : factor === 'passkey'
          ? this.#addressSubjects(address, passkeysPerAddress, 'passkey:')
          : this.#addressSubjects(address, perAddress);
    // Recovery codes and passkeys cannot be guessed: wrong ones lock nobody out, and right ones let in owners whom strangers have
    // locked out.
    const subjects = [...origin, ...(factor === 'totp' ? [{ name: `${by}:${userId}`, max: perAll }] : [])];
    return this.#admitGuess(this.#factors, subjects, (waitMs) =>
      refusal('Too many wrong codes were entered.', waitMs),
    );
  }

  /** Admits one return from an OpenID provider, which costs a request to the provider. */
  async admitProviderSignIn(address: string): Promise<void> {
    const subjects = this.#addressSubjects(address, providerSignInsPerAddress);
    await this.#take(this.#providerSignIns, subjects, 'Too many attempts to sign in.');
  }

  /** Admits one sign-in by a passkey that was right. */
  async admitPasskeySignIn(userId: number): Promise<void> {
    const subjects = [{ name: `account:${userId}`, max: passkeySignInsPerAccount }];
    await this.#take(this.#passkeySignIns, subjects, 'Too many attempts to sign in.');
  }

  async admitSignUp(address: string): Promise<void> {
    const subjects = this.#addressSubjects(address, signUpsPerAddress);
    await this.#take(this.#signUps, subjects, 'Too many accounts were created from this address.');
  }

  /** Admits one request for a link by e-mail, whatever address it names. */
  async admitMailRequest(address: string): Promise<void> {
    const subjects = this.#addressSubjects(address, mailsPerHour.perAddress);
    await this.#take(this.#mails, subjects, 'Too many links were asked for from this address.');
  }

  /**
   * Counts one e-mail to this folded address, whether or not an account has it; false if it got too many lately. Each kind is counted
   * separately, so that strangers who cause one kind use up no other.
   */
  async mayMail(kind: LinkMailKind | NoticeMailCount, email: string): Promise<boolean> {
    if (!this.#deps.enabled) return true;
    const { notice, secondStepAsked, link } = mailsPerHour;
    const maxima = {
      notice,
      signedIn: notice,
      undo: notice,
      secondStepAsked,
      reset: link,
      verify: link,
      address: link,
    };
    const max = maxima[kind];
    const subject = { name: `${kind}:${this.#digest(email)}`, max };
    return (await this.#mails.take([subject])).kind === 'admitted';
  }

  /**
   * Counts an entered user_code as a wrong guess before it is checked, so that concurrent guesses count too.
   * Throws if the account, the address or its network has guessed wrong too often lately. (RFC 8628 §5.1)
   */
  async admitCodeEntry(address: string, userId: number): Promise<Guess> {
    const subjects = [
      { name: `account:${userId}`, max: wrongCodesPerAccount },
      ...this.#addressSubjects(address, this.#deps.wrongCodesPerAddress),
    ];
    return this.#admitGuess(this.#codes, subjects, (waitMs) =>
      refusal('Too many wrong codes were entered.', waitMs, 'user_code'),
    );
  }

  /**
   * Admits one change by an authenticated writer. Programs and people are counted apart, so that no program keeps its person
   * from ending it. When Redis is full, every change is admitted: those that still work free memory.
   */
  async admitWrite({ kind, userId, credential }: Writer): Promise<void> {
    const { writesPerCredential, writesPerAccount } = this.#deps;
    const subjects = [
      { name: `${kind}:${userId}:${this.#digest(credential)}`, max: writesPerCredential },
      { name: `${kind}:${userId}`, max: writesPerAccount },
    ];
    await this.#takeUnlessFull(this.#writes, subjects, 'Too many changes were made.');
  }

  async admitApproval(userId: number): Promise<void> {
    const subjects = [{ name: `account:${userId}`, max: approvalsPerAccount }];
    await this.#take(this.#approvals, subjects, 'Too many logins were approved.');
  }

  async admitActivityLook(userId: number): Promise<void> {
    const subjects = [{ name: `account:${userId}`, max: activityLooksPerAccount }];
    await this.#take(
      this.#activityLooks,
      subjects,
      'The activity or the programs of this account were read too often.',
    );
  }

  /**
   * Admits one refresh of a login's tokens. When Redis is full, every refresh is admitted: otherwise a reused token could not end
   * its login.
   */
  async admitRefresh(grantId: string, userId: number): Promise<void> {
    const subjects = [
      { name: `login:${this.#digest(grantId)}`, max: refreshes.perLogin },
      { name: `account:${userId}`, max: refreshes.perAccount },
    ];
    await this.#takeUnlessFull(
      this.#refreshes,
      subjects,
      'The tokens of this login were refreshed too often.',
    );
  }

  async #takeUnlessFull(pace: EventLimit, subjects: readonly Subject[], sentence: string): Promise<void> {
    try {
      await this.#take(pace, subjects, sentence);
    } catch (error) {
      if (!isRedisFull(error)) throw error;
    }
  }

  async #take(pace: EventLimit, subjects: readonly Subject[], sentence: string): Promise<void> {
    if (!this.#deps.enabled) return;
    const admission = await pace.take(subjects);
    if (admission.kind === 'refused') throw refusal(sentence, admission.retryAfterMs);
  }

  async #admitGuess(
    limit: WrongGuesses,
    subjects: readonly Subject[],
    tooMany: (waitMs: number) => Problem,
  ): Promise<Guess> {
    if (!this.#deps.enabled) return nothingToSettle;
    const admission = await limit.admit(subjects);
    switch (admission.kind) {
      case 'admitted':
        return admission.guess;
      case 'refused':
        throw tooMany(admission.retryAfterMs);
      case 'busy':
        throw refusal('Too many attempts were made at the same moment.', 1_000);
    }
  }

  #passwordSubjects({ address, email, browser }: SignInAttempt): readonly Subject[] {
    const { perAddress, perAccount, perBrowser, perKnownAccount } = wrongPasswords;
    if (browser !== null)
      return [
        { name: `browser:${this.#digest(browser)}`, max: perBrowser },
        { name: `known-account:${this.#digest(email)}`, max: perKnownAccount },
      ];
    return [
      ...this.#addressSubjects(address, perAddress),
      { name: `account:${this.#digest(email)}`, max: perAccount },
    ];
  }

  #addressSubjects(address: string, maxPerAddress: number, kind = ''): readonly Subject[] {
    return hashedNetworksOf(address, this.#deps.addressKey).map(({ name, times }) => ({
      name: `${kind}${name}`,
      max: maxPerAddress * times,
    }));
  }

  #digest(subject: string): string {
    return subjectDigest(subject, this.#deps.addressKey);
  }
}

function tooManySignIns(waitMs: number): Problem {
  return refusal('Too many attempts to sign in.', waitMs);
}

/** A refusal for as long as this; it names the field that was wrong too often, if any. */
function refusal(sentence: string, waitMs: number, field?: string): Problem {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new Problem('rate_limited', `${sentence} Try again in ${retryAfterSeconds} s.`, {
    retryAfterSeconds,
    ...(field === undefined ? {} : { field }),
  });
}
