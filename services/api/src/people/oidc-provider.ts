import { type Clock, steadyClock } from '@ravi/runtime';
import * as oidc from 'openid-client';
import { email as emailAddress } from './email-address.ts';
import type { OidcProviderConfig } from './provider-config.ts';
import { fetchFromProvider } from './provider-fetch.ts';
import { problemAtProvider, type ProviderProblem } from './provider-problem.ts';
import { isOfThisAttempt, type ProviderAttempt } from './provider-attempt.ts';

/** Maximum time of a request to a provider, while a person waits. */
const timeoutSeconds = 5;

/** A provider's metadata is fetched again after an hour, and after five seconds if that failed. */
const freshMs = 3_600_000;
const retryMs = 5_000;

/** A person's data from the provider. The e-mail address is null unless the provider verified it. */
export interface Profile {
  readonly verifiedEmail: string | null;
  readonly firstName: string;
  readonly lastName: string;
}

/** A person who signed in at the provider; `profile` fetches the data for a first sign-in. */
export interface ProvenSubject {
  /** With the subject: the only name of a person that never passes to another. */
  readonly issuer: string;
  readonly subject: string;
  /** When they last proved there who they are (`auth_time`); undefined where the provider does not say. */
  readonly authenticatedAtMs: number | undefined;
  /** Throws the errors of `fetch`. */
  profile(): Promise<Profile>;
}

/** The result of checking a provider's answer. `reason` is for the log and contains no secret. */
export type Proof =
  | { readonly kind: 'proven'; readonly person: ProvenSubject }
  | { readonly kind: 'failed'; readonly problem: ProviderProblem; readonly reason: string };

/**
 * One OpenID provider. Its metadata is fetched when it is first used, and cached: so a provider that is down does not stop
 * people from signing in elsewhere. (OpenID Connect Discovery 1.0; RFC 7636; RFC 9207)
 */
export class OidcProvider {
  readonly config: OidcProviderConfig;
  readonly #redirectUri: string;
  readonly #clock: Clock;
  #known: oidc.Configuration | undefined;
  #asking: Promise<oidc.Configuration> | undefined;
  #askAgainAtMs = Number.NEGATIVE_INFINITY;
  #lastFailure: unknown;

  /** `clock` only goes forward. */
  constructor(config: OidcProviderConfig, publicUrl: string, clock: Clock = steadyClock) {
    this.config = config;
    this.#redirectUri = `${publicUrl}/signin/${config.id}/callback`;
    this.#clock = clock;
  }

  /** The URL where the browser signs in. Throws if the provider was never reachable. */
  async authorizationUrl(attempt: ProviderAttempt): Promise<URL> {
    return oidc.buildAuthorizationUrl(await this.#discover(), {
      redirect_uri: this.#redirectUri,
      scope: 'openid email profile',
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(attempt.codeVerifier),
      code_challenge_method: 'S256',
      ...(attempt.again ? { prompt: 'login', max_age: '0' } : {}),
    });
  }

  /** Redeems the code of the callback. `query` is the callback's query, with its question mark. */
  async prove(query: string, attempt: ProviderAttempt): Promise<Proof> {
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
      const { iss: issuer, sub: subject, auth_time: authTime } = claims;
      const authenticatedAtMs = authTime === undefined ? undefined : authTime * 1000;
      const notAsked = this.#notAskedAgain(attempt, authenticatedAtMs);
      if (notAsked !== null) return { kind: 'failed', problem: 'notAskedAgain', reason: notAsked };
      const profile = async () => {
        const told =
          claims['email'] === undefined && configuration.serverMetadata().userinfo_endpoint
            ? await oidc.fetchUserInfo(configuration, tokens.access_token, subject)
            : claims;
        return this.#profileOf(told);
      };
      return { kind: 'proven', person: { issuer, subject, authenticatedAtMs, profile } };
    } catch (error) {
      return { kind: 'failed', ...problemAtProvider(error) };
    }
  }

  /** Why this is no new proof of who somebody is, where one was asked for; else null. */
  #notAskedAgain(attempt: ProviderAttempt, authenticatedAtMs: number | undefined): string | null {
    if (!attempt.again) return null;
    if (authenticatedAtMs === undefined)
      return this.config.trustsReauthentication ? null : 'no auth_time in the ID token';
    return isOfThisAttempt(attempt, authenticatedAtMs) ? null : 'auth_time is of before';
  }

  /** The provider's metadata. If a copy is cached, callers get it at once while it is fetched again. */
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
        [oidc.customFetch]: fetchFromProvider,
        // The ID token comes from the provider over TLS; its signature is checked nevertheless.
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
    // Some providers send the boolean as a string.
    const verified = this.config.trustsEmail || [true, 'true'].includes(claims['email_verified'] as boolean);
    const address = verified ? emailAddress.safeParse(text('email')) : null;
    const [first = '', ...rest] = text('name').split(/\s+/u);
    return {
      verifiedEmail: address?.success ? address.data : null,
      firstName: (text('given_name') || first).slice(0, 80),
      lastName: (text('given_name') ? text('family_name') : rest.join(' ')).slice(0, 80),
    };
  }
}

/** Sends the client secret by a method that the provider supports; the default is "basic". (OpenID Connect Discovery §3) */
function authenticate(clientSecret: string): oidc.ClientAuth {
  const basic = oidc.ClientSecretBasic(clientSecret);
  const post = oidc.ClientSecretPost(clientSecret);
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    (methods.includes('client_secret_basic') ? basic : post)(server, client, body, headers);
  };
}
