import { type Account, type Totp, totpOwner } from '@ravi/accounts';
import type { MailOrigin } from '@ravi/contract';
import type { Clock, ServiceKeyGenerations } from '@ravi/runtime';
import { openKeptSecret, sealKeptSecret } from '@ravi/sealing';
import { Problem } from '../http/problem.ts';
import type { AddedFactor, SecondFactors } from './second-factors.ts';
import { foldTotpCode, newTotpSecret, stepOfCode, totpSecretShape, totpUri } from './totp.ts';

export interface AuthenticatorAppsDeps {
  readonly secondFactors: Pick<SecondFactors, 'add'>;
  readonly keys: ServiceKeyGenerations;
  readonly clock: Clock;
  readonly publicUrl: string;
}

/** An authenticator app that is to be set up: what the form had, and whether it may take the place of another one. */
export interface NewApp {
  readonly secret: string;
  readonly code: string;
  readonly form: string;
  readonly replaces: boolean;
}

/** Setting up an authenticator app. Its codes are checked by `FactorCodes`. */
export class AuthenticatorApps {
  readonly #deps: AuthenticatorAppsDeps;

  constructor(deps: AuthenticatorAppsDeps) {
    this.#deps = deps;
  }

  /** A secret to set up an authenticator app with. Nothing is stored until a first code confirms it. */
  offer({ email }: Account): { readonly secret: string; readonly uri: string } {
    return this.offerAgain(newTotpSecret(), email);
  }

  /** The same secret again, for a form that is shown again. */
  offerAgain(secret: string, email: string): { readonly secret: string; readonly uri: string } {
    const service = new URL(this.#deps.publicUrl).hostname;
    return { secret, uri: totpUri(secret, service, email) };
  }

  /**
   * Adds an authenticator app, confirmed by its first code, which is used then; or puts it in the place of the one that there is. Throws 400
   * for a wrong code, 409 where there is another app already and it is to replace none. `form` is the token of the form.
   */
  async setUp(account: Account, app: NewApp, origin: MailOrigin): Promise<AddedFactor> {
    const { secret, code: typed, form } = app;
    const { secondFactors, clock, keys } = this.#deps;
    if (!totpSecretShape.test(secret))
      throw new Problem('invalid_request', 'secret: is none that was shown here.', { field: 'secret' });
    const nowMs = clock.nowMs();
    const code = foldTotpCode(typed);
    const lastStep = code === null ? null : stepOfCode(secret, code, nowMs);
    if (lastStep === null)
      throw new Problem('invalid_request', 'code: is not the one that the app shows now.', { field: 'code' });
    const owner = totpOwner(account.id);
    const totp = {
      sealedSecret: sealKeptSecret(secret, owner, keys),
      lastStep,
      addedAtMs: nowMs,
      lastUsedAtMs: null,
    };
    const isIt = ({ sealedSecret }: Totp) => openKeptSecret(sealedSecret, owner, keys)?.secret === secret;
    return secondFactors.add(
      account,
      {
        factor: 'totp',
        addedBefore: (factors) => (factors.totp !== null && isIt(factors.totp) ? factors.totp : null),
        addTo: (factors) => (factors.totp && !app.replaces ? null : { ...factors, totp }),
        replaces: (factors) => app.replaces && factors.totp !== null,
      },
      origin,
      form,
    );
  }
}
