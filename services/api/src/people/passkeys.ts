import { isIP } from 'node:net';
import {
  type Account,
  type AccountStore,
  type FactorStore,
  type Factors,
  maxPasskeys,
  noFactors,
  type Passkey,
} from '@ravi/accounts';
import type { AuditLog } from '@ravi/audit';
import type { MailOrigin } from '@ravi/contract';
import type { Clock } from '@ravi/runtime';
import type { Logger } from '@ravi/telemetry';
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialDescriptorJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { Problem } from '../http/problem.ts';
import type { Limits } from '../limits/limits.ts';
import { sha256 } from './keyspace.ts';
import {
  type PasskeyAssertion,
  readAssertion,
  readRegistration,
  withoutStatement,
} from './passkey-answer.ts';
import { challengeSeconds, type ChallengePurpose, type PasskeyChallenges } from './passkey-challenges.ts';
import type { SignInOrigin } from './password-accounts.ts';
import type { AddedFactor, SecondFactors } from './second-factors.ts';

export interface PasskeysDeps {
  readonly challenges: PasskeyChallenges;
  readonly factorStore: FactorStore;
  readonly accountStore: Pick<AccountStore, 'read'>;
  readonly secondFactors: Pick<SecondFactors, 'add'>;
  readonly limits: Pick<Limits, 'admitFactorGuess' | 'admitPasskeySignIn'>;
  readonly audit: Pick<AuditLog, 'note'>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
  readonly publicUrl: string;
}

/**
 * Why a passkey's answer was refused. `cloned`: its counter went back, so a copy exists; `replayed`: the same answer again;
 * `unknown`: no account here has it.
 */
export type PasskeyFault = 'wrong' | 'cloned' | 'replayed' | 'unknown';

/** ES256, EdDSA and RS256: what authenticators have. (IANA COSE) */
const algorithms = [-7, -8, -257];

const timeoutMs = 300_000;

/** Maximum size of a key that is kept; one of RSA with 4096 bits has half of it. A browser can send any. */
const maxPublicKeyBytes = 1_100;

/** Loaded when the first passkey is used: a process without passkeys saves its 6 MB. */
const webauthn = () => import('@simplewebauthn/server');

/** Passkeys: registering them, and checking what they signed. (WebAuthn Level 3 §7) */
export class Passkeys {
  readonly #deps: PasskeysDeps;
  readonly #rpId: string;

  constructor(deps: PasskeysDeps) {
    this.#deps = deps;
    this.#rpId = new URL(deps.publicUrl).hostname;
  }

  /** Whether browsers make passkeys for this site: they do for names, and not for IP addresses. */
  get enabled(): boolean {
    return isIP(this.#rpId.replaceAll(/[[\]]/g, '')) === 0;
  }

  /** What the browser is asked to make. It makes none where it has one of this account already. */
  creationOptions(
    account: Account,
    { passkeys }: Factors,
    csrfToken: string,
  ): PublicKeyCredentialCreationOptionsJSON {
    const { id, email, firstName, lastName } = account;
    return {
      rp: { id: this.#rpId, name: this.#rpId },
      user: {
        id: Buffer.from(String(id)).toString('base64url'),
        name: email,
        displayName: `${firstName} ${lastName}`.trim() || email,
      },
      challenge: this.#deps.challenges.make({ use: 'register', csrfToken, userId: id }),
      pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
      timeout: timeoutMs,
      excludeCredentials: passkeys.map(descriptorOf),
      authenticatorSelection: {
        residentKey: 'required',
        requireResidentKey: true,
        userVerification: 'required',
      },
      attestation: 'none',
    };
  }

  /** What a passkey is asked to sign: any of this site's, or one of these factors. */
  requestOptions(
    purpose: ChallengePurpose,
    { passkeys }: Factors = noFactors,
  ): PublicKeyCredentialRequestOptionsJSON {
    return {
      challenge: this.#deps.challenges.make(purpose),
      rpId: this.#rpId,
      timeout: Math.min(timeoutMs, challengeSeconds * 1000),
      userVerification: 'required',
      allowCredentials: passkeys.map(descriptorOf),
    };
  }

  /** Adds the passkey that the browser made. Throws 400 where the answer proves none, 409 for one too many. The same form, sent twice, is one success. */
  async register(
    account: Account,
    {
      answer,
      name,
      csrfToken,
    }: { readonly answer: string; readonly name: string; readonly csrfToken: string },
    origin: MailOrigin,
  ): Promise<AddedFactor> {
    const { challenges, secondFactors, clock } = this.#deps;
    const response = readRegistration(answer);
    const refusal = new Problem('invalid_request', 'answer: does not prove a new passkey.', {
      field: 'answer',
    });
    if (response === null) throw refusal;
    const { verifyRegistrationResponse } = await webauthn();
    let answered = '';
    const verify = async () =>
      verifyRegistrationResponse({
        response: await withoutStatement(response),
        expectedChallenge: (challenge) => {
          answered = challenge;
          return challenges.isOurs(challenge, { use: 'register', csrfToken, userId: account.id });
        },
        expectedOrigin: this.#deps.publicUrl,
        expectedRPID: this.#rpId,
        requireUserVerification: true,
        supportedAlgorithmIDs: algorithms,
      });
    const verification = await verify().catch((error: unknown) => this.#refused(error));
    if (!verification?.verified || (await challenges.spend(answered, csrfToken)) === null) throw refusal;
    const { credential, credentialDeviceType, credentialBackedUp } = verification.registrationInfo;
    if (credential.publicKey.length > maxPublicKeyBytes) throw refusal;
    const passkey: Passkey = {
      id: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString('base64url'),
      counter: credential.counter,
      backupEligible: credentialDeviceType === 'multiDevice',
      backedUp: credentialBackedUp,
      transports: response.response.transports,
      name,
      addedAtMs: clock.nowMs(),
      lastUsedAtMs: null,
    };
    const isIt = ({ id, publicKey }: Passkey) => id === passkey.id && publicKey === passkey.publicKey;
    return secondFactors.add(
      account,
      {
        factor: 'passkey',
        addedBefore: ({ passkeys }) => passkeys.find(isIt) ?? null,
        addTo: (factors) =>
          factors.passkeys.length >= maxPasskeys || factors.passkeys.some(({ id }) => id === passkey.id)
            ? null
            : { ...factors, passkeys: [...factors.passkeys, passkey] },
      },
      origin,
      csrfToken,
    );
  }

  /**
   * The account of the passkey that signed the challenge of a sign-in page: it needs no password. `browserFor` names the browser where
   * somebody signed in to the account there before; `asked` is who is signed in and proves anew who they are: asked for a passkey of theirs,
   * an authenticator need not say whose it is. The same form, sent twice within a minute, is one success. Throws 401 for any other answer,
   * 403 where the account is blocked, 429 after too many. (WebAuthn §7.2, step 6)
   */
  async signIn(
    answer: string,
    csrfToken: string,
    address: string,
    browserFor: (account: Account) => string | null,
    asked: Account | null = null,
  ): Promise<Account> {
    const assertion = readAssertion(answer);
    const userId = assertion === null ? null : userIdIn(assertion, asked);
    const account = userId === null ? null : ((await this.#deps.accountStore.read(userId))?.account ?? null);
    const purpose = { use: 'sign-in', csrfToken, userId: '' } as const;
    const browser = account === null ? null : browserFor(account);
    await this.#use({ answer, assertion, account, purpose, address, browser });
    if (account === null) throw refusalFor('unknown');
    await this.#deps.limits.admitPasskeySignIn(account.id);
    if (account.blocked) {
      const user = account.id;
      this.#deps.audit.note({ event: 'sign_in_failed', reason: 'blocked', address, user });
      throw new Problem('forbidden', 'This account is blocked. Ask whoever runs this service.');
    }
    return account;
  }

  /**
   * Checks that a passkey of this account signed the challenge of a second step. The same form, sent twice within a minute, is one success.
   * Throws 401 for any other answer, 429 after too many.
   */
  async prove(
    account: Account,
    answer: string,
    csrfToken: string,
    { address, browser }: SignInOrigin,
  ): Promise<void> {
    const purpose = { use: 'second-step', csrfToken, userId: account.id } as const;
    await this.#use({ answer, assertion: readAssertion(answer), account, purpose, address, browser });
  }

  async #use(attempt: Attempt): Promise<void> {
    const { limits, audit } = this.#deps;
    const { account, address, browser } = attempt;
    // It costs nothing to tell, and is no guess: it counts for nobody.
    if (attempt.assertion === null) throw refusalFor('wrong');
    const userId = account?.id ?? 0;
    const guess = await limits.admitFactorGuess({ address, browser, userId, factor: 'passkey' });
    let fault: PasskeyFault | null;
    try {
      fault = await this.#faultOf(attempt);
    } catch (error) {
      void guess.takeBack();
      throw error;
    }
    if (fault === null) {
      void guess.takeBack();
      return;
    }
    await guess.wrong();
    const reason = fault === 'cloned' ? 'passkey_cloned' : 'wrong_passkey';
    audit.note({ event: 'sign_in_failed', reason, address, ...(account ? { user: account.id } : {}) });
    throw refusalFor(fault);
  }

  async #faultOf({ answer, assertion, account, purpose }: Attempt): Promise<PasskeyFault | null> {
    const { challenges, factorStore, clock } = this.#deps;
    if (assertion === null) return 'wrong';
    if (account === null) return 'unknown';
    const isIt = ({ id }: Passkey) => id === assertion.id;
    const passkey = (await factorStore.read(account.id)).passkeys.find(isIt);
    if (passkey === undefined) return 'unknown';
    const { verifyAuthenticationResponse } = await webauthn();
    let answered = '';
    const verification = await verifyAuthenticationResponse({
      response: assertion,
      expectedChallenge: (challenge) => {
        answered = challenge;
        return challenges.isOurs(challenge, purpose);
      },
      expectedOrigin: this.#deps.publicUrl,
      expectedRPID: this.#rpId,
      requireUserVerification: true,
      // The count is compared below, so that a copy is told apart from a wrong answer.
      credential: { id: passkey.id, publicKey: Buffer.from(passkey.publicKey, 'base64url'), counter: 0 },
    }).catch((error: unknown) => this.#refused(error));
    if (!verification?.verified) return 'wrong';
    const { newCounter, credentialDeviceType, credentialBackedUp } = verification.authenticationInfo;
    // Whether it may be on several devices never changes. (WebAuthn §7.2, step 19)
    if ((credentialDeviceType === 'multiDevice') !== passkey.backupEligible) return 'wrong';
    const sent = `${purpose.csrfToken} ${answer}`;
    const answeredAtMs = await challenges.spend(answered, sent);
    if (answeredAtMs === null) return 'replayed';
    const hash = sha256(sent);
    const used = await factorStore.change<PasskeyFault>(account.id, (factors) => {
      const now = factors.passkeys.find(isIt);
      if (now?.publicKey !== passkey.publicKey) return { kind: 'refuse', reason: 'unknown' };
      // Its twin was accepted, and moved the count.
      if (factors.spentForm?.hash === hash) return { kind: 'change', factors };
      // Authenticators without a count always tell 0. (WebAuthn §6.1.1)
      const counts = newCounter > 0 || now.counter > 0;
      if (counts && newCounter <= now.counter) {
        // Used since this form was sent first, which moved the count: no sign of a copy.
        const isOlder = now.lastUsedAtMs !== null && now.lastUsedAtMs > answeredAtMs;
        return { kind: 'refuse', reason: isOlder ? 'replayed' : 'cloned' };
      }
      const after = {
        ...now,
        counter: newCounter,
        backedUp: credentialBackedUp,
        lastUsedAtMs: clock.nowMs(),
      };
      return {
        kind: 'change',
        factors: {
          ...factors,
          passkeys: factors.passkeys.map((each) => (isIt(each) ? after : each)),
          spentForm: { hash, atMs: after.lastUsedAtMs },
        },
      };
    });
    return used.kind === 'changed' ? null : used.kind === 'refused' ? used.reason : 'unknown';
  }

  /** The library throws for everything that does not fit, and says why; that is for the log. */
  #refused(error: unknown): null {
    this.#deps.logger.warn({ error }, 'the answer of a passkey was refused');
    return null;
  }
}

interface Attempt {
  /** As it came. */
  readonly answer: string;
  readonly assertion: PasskeyAssertion | null;
  readonly account: Account | null;
  readonly purpose: ChallengePurpose;
  readonly address: string;
  readonly browser: string | null;
}

/** Names a passkey to a browser, which tries all ways to an authenticator where it is not told those of this one. (WebAuthn §5.8.3) */
function descriptorOf({ id, transports }: Passkey): PublicKeyCredentialDescriptorJSON {
  return { type: 'public-key', id, ...(transports.length > 0 ? { transports: [...transports] } : {}) };
}

function refusalFor(fault: PasskeyFault): Problem {
  return new Problem('wrong_credentials', 'The passkey was not accepted.', {
    field: 'answer',
    reason: fault,
  });
}

/** The account that a passkey names, which is told once it is registered; that of who was asked, if anybody, where it names none. */
function userIdIn({ response: { userHandle } }: PasskeyAssertion, asked: Account | null): number | null {
  if (userHandle === undefined) return asked?.id ?? null;
  const text = Buffer.from(userHandle, 'base64url').toString();
  return /^[1-9]\d{0,15}$/.test(text) ? Number(text) : null;
}
