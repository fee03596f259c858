import { isStrong, tookSecondStep } from '@ravi/accounts';
import type { Clock } from '@ravi/runtime';
import type { SignedIn } from './browser-sessions.ts';

export interface ReauthenticationDeps {
  readonly clock: Clock;
  readonly reauthenticateAfterSeconds: number;
  /** Whether nobody approves with a password alone. */
  readonly requireSecondFactor: boolean;
}

/** What a person has to do first: nothing, prove again who they are, or set up a second factor. */
export type Missing = 'nothing' | 'proof' | 'factor';

/** For what the account itself is, a proof is good for this long at most. */
const accountChangeSeconds = 900;

/** How much longer a form that was shown in time may be sent: nobody loses what they filled in. */
const formSeconds = 900;

/** How much earlier the clock of another process may be. */
const maxClockSkewMs = 60_000;

/**
 * Whether a person has to prove again who they are: a browser that was left open, or a stolen cookie, is not enough to approve a
 * program or to change how one signs in.
 */
export class Reauthentication {
  readonly #deps: ReauthenticationDeps;

  constructor(deps: ReauthenticationDeps) {
    this.#deps = deps;
  }

  /** What is missing before this person may see the page on which they approve; or before the form of that page counts. */
  beforeApproval(signedIn: SignedIn, stage: 'page' | 'form'): Missing {
    const { requireSecondFactor, reauthenticateAfterSeconds } = this.#deps;
    if (!this.#isRecent(signedIn, reauthenticateAfterSeconds, stage)) return 'proof';
    return requireSecondFactor && !provesFactor(signedIn) ? 'factor' : 'nothing';
  }

  /** Whether they have to prove who they are before a page that changes how one signs in; or before its form counts. */
  isNeededForAccount(signedIn: SignedIn, stage: 'page' | 'form'): boolean {
    const seconds = Math.min(accountChangeSeconds, this.#deps.reauthenticateAfterSeconds);
    return !this.#isRecent(signedIn, seconds, stage);
  }

  #isRecent({ account, authentication }: SignedIn, seconds: number, stage: 'page' | 'form'): boolean {
    // Signed in before the factor was set up, or at a process of an older release. A provider's word is no second step here.
    if (account.hasSecondFactor && !tookSecondStep(authentication)) return false;
    const forSeconds = seconds + (stage === 'form' ? formSeconds : 0);
    const ageMs = this.#deps.clock.nowMs() - authentication.atMs;
    // Clocks differ a little; what is to come proves nothing.
    return ageMs >= -maxClockSkewMs && ageMs < forSeconds * 1000;
  }
}

/** Whether more than a password was proven, and still can be: a factor that is gone proves nothing. Of a provider it decides that. */
function provesFactor({ account, authentication }: SignedIn): boolean {
  return authentication.by === 'provider' || (account.hasSecondFactor && isStrong(authentication));
}
