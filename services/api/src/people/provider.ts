import type { Clock } from '@ravi/runtime';
import * as oidc from 'openid-client';
import type { OidcProviderConfig } from './provider-config.ts';
import { problemAtProvider, type ProviderProblem } from './provider-problem.ts';
import type { SignInAttempt } from './sign-in-attempt.ts';

/** How long a request to a provider may take: a person is waiting. */
const timeoutSeconds = 5;

/** What a provider says of itself is read again after an hour, and after five seconds where it could not be read. */
const freshMs = 3_600_000;
const retryMs = 5_000;

/** Whom the provider signed in: the pair of issuer and subject, the only name for a person that never changes hands. */
export interface Subject {
  readonly issuer: string;
  readonly subject: string;
}

/** What the provider tells of a person. The e-mail address is there only if the provider verified it. */
export interface Profile {
  readonly verifiedEmail: string | null;
  readonly firstName: string;
  readonly lastName: string;
}

/** Somebody signed in at the provider; `profile` asks it for more, for a first sign-in. */
export interface ProvenSubject extends Subject {
  /** Throws what `fetch` throws. */
  profile(): Promise<Profile>;
}

/** How an answer of the provider is judged. `reason` is for the log and holds no secret. */
export type Proof =
  | { readonly kind: 'proven'; readonly person: ProvenSubject }
  | { readonly kind: 'failed'; readonly problem: ProviderProblem; readonly reason: string };

/**
 * One OpenID provider. What it says of itself is discovered when somebody first wants it, and kept: a provider that is down
 * keeps nobody else from signing in. (OpenID Connect Discovery 1.0; RFC 7636; RFC 9207)
 */
export class OidcProvider {
  readonly config: OidcProviderConfig;
  readonly #redirectUri: string;
  readonly #clock: Clock;
  #known: oidc.Configuration | undefined;
  #asking: Promise<oidc.Configuration> | undefined;
  #askAgainAtMs = 0;
  #lastFailure: unknown;

  constructor(config: OidcProviderConfig, publicUrl: string, clock: Clock) {
    this.config = config;
    this.#redirectUri = `${publicUrl}/signin/${config.id}/callback`;
    this.#clock = clock;
  }

  /** Where the browser goes to sign in. Throws when the provider cannot be reached and never was. */
  async authorizationUrl(attempt: SignInAttempt): Promise<URL> {
    return oidc.buildAuthorizationUrl(await this.#discover(), {
      redirect_uri: this.#redirectUri,
      scope: 'openid email profile',
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(attempt.codeVerifier),
      code_challenge_method: 'S256',
    });
  }

  /** Redeems what the browser came back with. `query` is the callback's, with a leading question mark. */
  async prove(query: string, attempt: SignInAttempt): Promise<Proof> {
    try {
      const configuration = await this.#discover();
      const tokens = await oidc.authorizationCodeGrant(configuration, new URL(this.#redirectUri + query), {
        expectedState: attempt.state,
        expectedNonce: attempt.nonce,
        pkceCodeVerifier: attempt.codeVerifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) return { kind: 'failed', problem: 'untrusted', reason: 'no ID token' };
      const { iss: issuer, sub: subject } = claims;
      const profile = async () => {
        const told =
          claims['email'] === undefined && configuration.serverMetadata().userinfo_endpoint
            ? await oidc.fetchUserInfo(configuration, tokens.access_token, subject)
            : claims;
        return this.#profileOf(told);
      };
      return { kind: 'proven', person: { issuer, subject, profile } };
    } catch (error) {
      return { kind: 'failed', ...problemAtProvider(error) };
    }
  }

  /** The provider's own description. Where it was read before, nobody waits for it to be read again. */
  async #discover(): Promise<oidc.Configuration> {
    if (this.#clock.nowMs() < this.#askAgainAtMs) {
      if (this.#known) return this.#known;
      throw this.#lastFailure;
    }
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return this.#known ?? this.#asking;
  }

  async #ask(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.config;
    try {
      const known = await oidc.discovery(issuer, clientId, undefined, authenticate(clientSecret.reveal()), {
        timeout: timeoutSeconds,
        // The ID token came from the provider itself, over TLS; its signature is checked all the same.
        execute: [
          oidc.enableNonRepudiationChecks,
          ...(issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : []),
        ],
      });
      this.#known = known;
      this.#askAgainAtMs = this.#clock.nowMs() + freshMs;
      return known;
    } catch (error) {
      this.#lastFailure = error;
      this.#askAgainAtMs = this.#clock.nowMs() + retryMs;
      if (this.#known) return this.#known;
      throw error;
    }
  }

  #profileOf(claims: Readonly<Record<string, unknown>>): Profile {
    const text = (name: string) => {
      const value = claims[name];
      return typeof value === 'string' ? value.replaceAll(/\p{Cc}/gu, ' ').trim() : '';
    };
    const email = text('email');
    // Some providers write the boolean as a text.
    const verified = this.config.trustsEmail || [true, 'true'].includes(claims['email_verified'] as boolean);
    const usable = verified && email.length <= 254 && /^[^\s@]+@[^\s@]+$/u.test(email);
    const [first = '', ...rest] = text('name').split(/\s+/u);
    return {
      verifiedEmail: usable ? email : null,
      firstName: (text('given_name') || first).slice(0, 80),
      lastName: (text('given_name') ? text('family_name') : rest.join(' ')).slice(0, 80),
    };
  }
}

/** Sends the client secret the way the provider takes it; "basic" is what it takes when it does not say. (OpenID Connect Discovery §3) */
function authenticate(clientSecret: string): oidc.ClientAuth {
  const basic = oidc.ClientSecretBasic(clientSecret);
  const post = oidc.ClientSecretPost(clientSecret);
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    (methods.includes('client_secret_basic') ? basic : post)(server, client, body, headers);
  };
}
