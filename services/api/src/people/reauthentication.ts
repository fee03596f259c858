import { isStrong, tookSecondStep } from '@ravi/accounts';
import type { Clock } from '@ravi/runtime';
import type { SignedIn } from './browser-sessions.ts';
import type { ShownForms } from './shown-forms.ts';

export interface ReauthenticationDeps {
  readonly clock: Clock;
  readonly shownForms: ShownForms;
  readonly reauthenticateAfterSeconds: number;
  /** Whether nobody approves with a password alone. */
  readonly requireSecondFactor: boolean;
}

/** What a person has to do first: nothing, prove again who they are, or set up a second factor. */
export type Missing = 'nothing' | 'proof' | 'factor';

/** A form that was sent: what it is for, and the mark that it has if it was shown here. */
export interface SentForm {
  readonly purpose: string;
  readonly mark: string;
}

/** How long a proof is good at most for changes of the account itself. */
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
  beforeApproval(signedIn: SignedIn, form?: SentForm): Missing {
    const { requireSecondFactor, reauthenticateAfterSeconds } = this.#deps;
    if (!this.#isRecent(signedIn, reauthenticateAfterSeconds, form)) return 'proof';
    return requireSecondFactor && !provesFactor(signedIn) ? 'factor' : 'nothing';
  }

  /** Whether they have to prove who they are before a page that changes how one signs in; or before its form counts. */
  isNeededForAccount(signedIn: SignedIn, form?: SentForm): boolean {
    const seconds = Math.min(accountChangeSeconds, this.#deps.reauthenticateAfterSeconds);
    return !this.#isRecent(signedIn, seconds, form);
  }

  /** The mark for a form that is shown now. One that is shown again keeps the mark with which it was sent. */
  markForm(signedIn: SignedIn, { purpose, mark }: SentForm): string {
    const { shownForms } = this.#deps;
    return shownForms.shownAtMs(signedIn, purpose, mark) === null ? shownForms.mark(signedIn, purpose) : mark;
  }

  /** Whether this form was shown here, to this person, so lately that it may still be sent. */
  wasShown(signedIn: SignedIn, { purpose, mark }: SentForm): boolean {
    const { shownForms, clock } = this.#deps;
    const shownAtMs = shownForms.shownAtMs(signedIn, purpose, mark);
    return shownAtMs !== null && clock.nowMs() - shownAtMs < (accountChangeSeconds + formSeconds) * 1000;
  }

  #isRecent(signedIn: SignedIn, seconds: number, form: SentForm | undefined): boolean {
    const { account, authentication } = signedIn;
    // Signed in before the factor was set up, or at a process of an older release. A provider's word is no second step here.
    if (account.hasSecondFactor && !tookSecondStep(authentication)) return false;
    const ageMs = this.#deps.clock.nowMs() - authentication.atMs;
    // A time in the future proves nothing, but clocks differ a little.
    if (ageMs < -maxClockSkewMs) return false;
    if (ageMs < seconds * 1000) return true;
    if (form === undefined || ageMs >= (seconds + formSeconds) * 1000) return false;
    const shownAtMs = this.#deps.shownForms.shownAtMs(signedIn, form.purpose, form.mark);
    return shownAtMs !== null && shownAtMs - authentication.atMs < seconds * 1000;
  }
}

/** Whether more than a password was proven, by a factor that still exists. A provider decides that for its sign-ins. */
function provesFactor({ account, authentication }: SignedIn): boolean {
  return authentication.by === 'provider' || (account.hasSecondFactor && isStrong(authentication));
}
