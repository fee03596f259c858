import { setTimeout as pause } from 'node:timers/promises';
import {
  type Account,
  type AccountStore,
  type EmailMoves,
  foldEmail,
  type Hasher,
  type Passwords,
  sentAgainMs,
  type ToldOnce,
} from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { Clock } from '@ravi/runtime';
import { z } from 'zod';
import type { Guess, Limits, SignInAttempt } from '../limits/limits.ts';
import { widestNetworkOf } from '../limits/networks.ts';
import { Problem } from '../http/problem.ts';
import { text } from '../http/parse-body.ts';
import { email } from './email-address.ts';
import type { PasswordPolicy } from './password-policy.ts';

/** Of a new password everything else is checked against whose it is. */
const newPassword = text(1, 1024);

const personName = z
  .string({ error: 'must be a string' })
  .trim()
  .max(80, { error: 'must have at most 80 characters', abort: true })
  .regex(/^\P{Cc}*$/u, 'must not contain control characters')
  .default('');

export const signUpInput = z.object({
  email,
  password: newPassword,
  first_name: personName,
  last_name: personName,
});

export const signInInput = z.object({
  email: text(1, 254),
  password: text(1, 1024),
  /** Of an authenticator app, or a recovery code. */
  code: text(0, 64).default(''),
});

/** What a change of the password takes: the new one as in a sign-up. */
export const passwordChangeInput = z.object({ current_password: text(1, 1024), new_password: newPassword });

/** How long a sign-up that was sent twice waits for the account that the other one writes: longer than its commands may take. */
const twinWaitMs = 5_000;

export interface PasswordAccountsDeps {
  readonly accountStore: AccountStore;
  readonly passwords: Pick<Passwords, 'inTurn'>;
  readonly limits: Pick<Limits, 'admitSignUp' | 'refuseHopelessSignIn' | 'admitSignIn'>;
  readonly clock: Clock;
  readonly audit: Pick<AuditLog, 'note'>;
  readonly identityEmailDomain: string;
  readonly passwordPolicy: PasswordPolicy;
  readonly emailMoves: Pick<EmailMoves, 'drop' | 'free'>;
  readonly toldOnce: Pick<ToldOnce, 'claim' | 'isClaimed'>;
}

/** Where somebody is who proves to know a password; `browser` is its id where somebody signed in to the account there before. */
export type SignInOrigin = Pick<SignInAttempt, 'address' | 'browser'>;

/** Sign-up and sign-in with e-mail address and password. The pages and the JSON API share it. */
export class PasswordAccounts {
  readonly #deps: PasswordAccountsDeps;

  constructor(deps: PasswordAccountsDeps) {
    this.#deps = deps;
  }

  /**
   * Creates an account with its first identity. Sent twice, with the same password, it gives the same account. Throws 400 for a weak
   * password, 409 when the e-mail has another account already, 429 over the limit, and 503 while the account of its twin is being made.
   */
  async signUp(input: z.infer<typeof signUpInput>, address: string): Promise<Account> {
    const { accountStore, emailMoves, passwords, limits, clock, audit, identityEmailDomain } = this.#deps;
    const { passwordPolicy } = this.#deps;
    passwordPolicy.require(input.password, { email: input.email, hasSecondFactor: false }, 'password');
    await limits.admitSignUp(address);
    const passwordHash = await passwords.inTurn(widestNetworkOf(address), ({ hash }) => hash(input.password));
    const person = {
      email: input.email,
      passwordHash,
      firstName: input.first_name,
      lastName: input.last_name,
      identityEmailDomain,
    };
    const create = () => accountStore.create(person, clock.nowMs());
    let account = await create();
    if (!account && (await emailMoves.free(input.email))) account = await create();
    if (!account) {
      const own = await this.#signedUpBefore(input, address);
      if (own) {
        await this.replicated(own);
        return own;
      }
      throw new Problem('conflict', 'This e-mail address has an account already. Sign in instead.');
    }
    audit.note({ event: 'signed_up', user: account.id, address });
    await this.replicated(account);
    return account;
  }

  /**
   * The account that the same sign-up gave a moment ago, or gives just now; noted as a sign-in, which it is. Null for an older one
   * and one with a second factor, into which nobody gets by signing up, and for another password. Throws 503 where it is not there yet:
   * an address is taken for a minute by whoever dies before its account is written.
   */
  async #signedUpBefore(input: z.infer<typeof signUpInput>, address: string): Promise<Account | null> {
    const { accountStore, clock, audit } = this.#deps;
    const record = await accountStore.findSignIn(input.email);
    if (!record) return null;
    const { userId: user, passwordHash } = record;
    const createdAtMs = await accountStore.createdAtMs(user);
    if (createdAtMs !== null && clock.nowMs() - createdAtMs >= sentAgainMs) return null;
    const attempt = { address, browser: null, email: foldEmail(input.email) };
    if (!(await this.#inTurn(attempt, ({ verify }) => verify(passwordHash, input.password)))) {
      audit.note({ event: 'sign_in_failed', reason: 'wrong_credentials', address, user });
      return null;
    }
    const endMs = clock.nowMs() + twinWaitMs;
    for (;;) {
      const owner = await accountStore.read(user);
      if (owner) {
        const { account } = owner;
        if (account.blocked || account.hasSecondFactor || foldEmail(account.email) !== attempt.email)
          return null;
        // Asked again: a password that was changed before this look at the account signs nobody in.
        if ((await accountStore.findSignIn(input.email))?.passwordHash !== passwordHash) return null;
        await accountStore.keep(account);
        audit.note({ event: 'signed_in', user, address });
        return account;
      }
      // The twin of this request may be writing the account just now.
      if (clock.nowMs() >= endMs) throw isBeingMade();
      await pause(20);
    }
  }

  /**
   * The account behind e-mail and password, as it was before the password was checked. Where it has a second factor, that is to be
   * checked, too. `browserFor` names the browser where somebody signed in to the account there before. Throws 401, the same and as late for an
   * unknown address; 403 for a blocked account; 429 over the limit.
   */
  async signIn(
    input: z.infer<typeof signInInput>,
    address: string,
    browserFor: (account: Account) => string | null,
  ): Promise<Account> {
    const { accountStore, audit } = this.#deps;
    const known = await accountStore.findSignIn(input.email);
    // As many questions for an unknown address as for a known one: time does not tell them apart.
    const owner = await accountStore.read(known?.userId ?? 0);
    const browser = owner === null ? null : browserFor(owner.account);
    const attempt = { address, browser, email: foldEmail(input.email) };
    // Asked again: a change of the password after this look at the account ends the session that comes of it.
    const record = await accountStore.findSignIn(input.email);
    const fits = await this.#inTurn(attempt, ({ verify }) =>
      verify(record?.passwordHash ?? null, input.password),
    );
    // An address to which the account only was to move signs nobody in.
    const isIts = owner !== null && foldEmail(owner.account.email) === attempt.email;
    if (!owner || !fits || !isIts || record?.userId !== owner.account.id) {
      const user = record ? { user: record.userId } : {};
      audit.note({ event: 'sign_in_failed', reason: 'wrong_credentials', address, ...user });
      throw new Problem('wrong_credentials', 'E-mail address or password is wrong.');
    }
    if (owner.account.blocked) {
      audit.note({ event: 'sign_in_failed', reason: 'blocked', address, user: owner.account.id });
      throw new Problem('forbidden', 'This account is blocked. Ask whoever runs this service.');
    }
    await accountStore.keep(owner.account);
    // With a second factor the person is not in yet.
    if (!owner.account.hasSecondFactor) audit.note({ event: 'signed_in', user: owner.account.id, address });
    return owner.account;
  }

  /** Resolves once enough replicas have the account and its password (`RECORDS_REPLICAS`). Rejects with `NotReplicated`. */
  async replicated({ id, email }: Account): Promise<void> {
    await this.#deps.accountStore.replicated(id, { email });
  }

  /** Whether the account signs in with a password, and not through a provider. */
  async hasPassword({ id, email }: Account): Promise<boolean> {
    return (await this.#deps.accountStore.findSignIn(email))?.userId === id;
  }

  /**
   * Throws 401 unless this is the password of the account, also after it was checked; 404 where it has none, 429 over the limit of
   * sign-ins.
   */
  async requirePassword({ id, email }: Account, password: string, origin: SignInOrigin): Promise<void> {
    const { accountStore, audit } = this.#deps;
    const { at, passwordHash } = await this.#passwordOf(id, email);
    const attempt = { ...origin, email: foldEmail(email) };
    const isIt = async ({ verify }: Hasher) =>
      // Asked again: its turn may come late, and the password may have been changed meanwhile.
      (await verify(passwordHash, password)) &&
      (await accountStore.findSignIn(at))?.passwordHash === passwordHash;
    if (await this.#inTurn(attempt, isIt)) return;
    audit.note({
      event: 'sign_in_failed',
      reason: 'wrong_current_password',
      address: origin.address,
      user: id,
    });
    throw new Problem('wrong_credentials', 'The current password is wrong.');
  }

  /**
   * Changes the password of somebody who knows the current one, and ends the sessions before it; the caller ends those that came of the
   * former password meanwhile. Resolves to the account where the same change was made a moment ago by a twin of this request; else to null.
   * Only where somebody knew the former one a moment ago, the new one is tried as well: else an attempt would be two guesses. Throws 400 for a
   * weak new one, 401 when the current one is wrong, 404 where there is none, 429 over the limit of sign-ins.
   */
  async changePassword(
    { id, email, hasSecondFactor }: Account,
    input: z.infer<typeof passwordChangeInput>,
    origin: SignInOrigin,
  ): Promise<Account | null> {
    const { accountStore, audit, passwordPolicy, toldOnce } = this.#deps;
    const { address } = origin;
    passwordPolicy.require(input.new_password, { email, hasSecondFactor }, 'new_password');
    const { passwordHash } = await this.#passwordOf(id, email);
    let isTwin = false;
    const fits = await this.#inTurn({ ...origin, email: foldEmail(email) }, async ({ hash, verify }) => {
      const change = `password of ${id}`;
      if (await verify(passwordHash, input.current_password)) {
        // Before it: should this process die after it, whoever tries again finds it made.
        await toldOnce.claim(change);
        if (await this.#replacePassword({ id, email }, passwordHash, await hash(input.new_password)))
          return true;
      } else if (!(await toldOnce.isClaimed(change))) return false;
      const now = await accountStore.findSignIn(await this.#addressNow(id, email));
      isTwin = now !== null && (await verify(now.passwordHash, input.new_password));
      return isTwin;
    });
    if (!fits) {
      audit.note({ event: 'sign_in_failed', reason: 'wrong_current_password', address, user: id });
      throw new Problem('wrong_credentials', 'The current password is wrong.');
    }
    if (isTwin) {
      const owner = await accountStore.read(id);
      if (!owner) throw new Problem('not_found', 'This account has no password.');
      return owner.account;
    }
    await this.#deps.emailMoves.drop(id);
    audit.note({ event: 'password_changed', user: id, address });
    return null;
  }

  /**
   * Replaces a password that was checked, also where the account moves to another address meanwhile; false where it is another one by now.
   * What the former one opened and wanted ends before: should this process die after it, nothing of that is left.
   */
  async #replacePassword(
    { id, email }: Pick<Account, 'id' | 'email'>,
    checkedHash: string,
    newHash: string,
  ): Promise<boolean> {
    const { accountStore, emailMoves } = this.#deps;
    if (!(await this.#endSessionsOf(checkedHash, { id, email }))) return false;
    // From here on no link moves the account. A password that a move left at the former address goes along: its process may have died first.
    await emailMoves.drop(id);
    await emailMoves.free(email);
    return accountStore.changePassword(await this.#addressNow(id, email), checkedHash, newHash);
  }

  /**
   * Ends the sessions of an account that has this password; false where it has another one. Of two changes at the same moment the later
   * one ends nothing of what the first one opened: the sessions are still those from before the password was looked at.
   */
  async #endSessionsOf(hash: string, { id, email }: Pick<Account, 'id' | 'email'>): Promise<boolean> {
    const { accountStore } = this.#deps;
    const isAt = async (address: string) => (await accountStore.findSignIn(address))?.passwordHash === hash;
    for (;;) {
      const owner = await accountStore.read(id);
      if (!owner) return false;
      // The account may move just now: its address is read again.
      if (!(await isAt(email)) && !(await isAt(await this.#addressNow(id, email)))) return false;
      if (await accountStore.end(id, 'sessions', null, owner.account.sessionsEpoch)) return true;
    }
  }

  /** The hash of an account's password and its address, also where it has moved since `email` was read. Throws 404 where it has none. */
  async #passwordOf(
    id: number,
    email: string,
  ): Promise<{ readonly at: string; readonly passwordHash: string }> {
    const lookUp = async (at: string) => {
      const record = await this.#deps.accountStore.findSignIn(at);
      return record?.userId === id ? { at, passwordHash: record.passwordHash } : null;
    };
    const found = (await lookUp(email)) ?? (await lookUp(await this.#addressNow(id, email)));
    if (!found) throw new Problem('not_found', 'This account has no password.');
    return found;
  }

  /** The address that the account has by now. */
  async #addressNow(id: number, known: string): Promise<string> {
    return (await this.#deps.accountStore.read(id))?.account.email ?? known;
  }

  /**
   * Checks a password when it is this network's turn. Counted as wrong only while it is being checked, so that those who queue
   * are in nobody's way; one that fits, or that nobody could check, counts for nothing.
   */
  async #inTurn(attempt: SignInAttempt, check: (hasher: Hasher) => Promise<boolean>): Promise<boolean> {
    const { passwords, limits } = this.#deps;
    limits.refuseHopelessSignIn(attempt);
    return passwords.inTurn(widestNetworkOf(attempt.address), async (hasher) => {
      const guess = await limits.admitSignIn(attempt);
      return settled(guess, () => check(hasher));
    });
  }
}

/** What a check tells, once what it means for the guess is noted. */
async function settled(guess: Guess, check: () => Promise<boolean>): Promise<boolean> {
  let fits: boolean;
  try {
    fits = await check();
  } catch (error) {
    void guess.takeBack();
    throw error;
  }
  if (fits) void guess.takeBack();
  else await guess.wrong();
  return fits;
}

function isBeingMade(): Problem {
  const words = 'An account for this e-mail address is being made. Nothing was changed; try again.';
  return new Problem('unavailable', words, { retryAfterSeconds: 1 });
}
