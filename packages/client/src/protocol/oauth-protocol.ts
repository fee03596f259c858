import { type Credentials, textOrNull } from '../credentials.ts';
import { DpopKey } from '../dpop-key.ts';
import { type Answered, exchange, type JsonObject, type Lost } from './exchange.ts';
import { discover, type Discovery, type Endpoints } from './metadata.ts';
import type { AskOutcome, EndOutcome, Failed, LoginProtocol } from './protocol.ts';
import {
  explanationOf,
  milliseconds,
  readFailure,
  readStart,
  readUndecided,
  unexpected,
} from './read-answer.ts';

export interface OAuthProtocolOptions {
  readonly server: string;
  readonly clientId: string;
  readonly scope: string | undefined;
  /** The service that the tokens are for. (RFC 8707 §2.1) */
  readonly resource?: string | undefined;
  /** Tokens are bound to this key; null: to none. */
  readonly dpopKey: DpopKey | null;
  /** The endpoints of a server that has no metadata. */
  readonly endpoints: Endpoints | undefined;
  readonly fetch: typeof fetch;
  readonly nowMs: () => number;
}

const shortMs = 15_000;
const refreshMs = 8_000;

/** Any authorization server with the device flow, as a public client. (RFC 8628, RFC 9449) */
export function oauthProtocol(options: OAuthProtocolOptions): LoginProtocol {
  const { server, clientId, scope, resource, fetch, nowMs } = options;
  let known: Discovery | undefined = options.endpoints && { kind: 'found', endpoints: options.endpoints };
  const find = async (signal?: AbortSignal): Promise<Discovery> => {
    if (known?.kind !== 'found') known = await discover(server, { fetch, signal }, nowMs());
    return known;
  };

  /** Sends a form, with a proof where there is a key; again with the nonce where the server asks for one. (RFC 9449 §8) */
  const post = async (
    url: string,
    form: Readonly<Record<string, string>>,
    how: { timeoutMs: number; headers?: Readonly<Record<string, string>>; key?: DpopKey | null },
    signal?: AbortSignal,
  ): Promise<Answered | Lost> => {
    const { key, timeoutMs } = how;
    const once = async (): Promise<Answered | Lost> => {
      const headers = { ...how.headers, ...(key ? { dpop: await key.proof('POST', url) } : {}) };
      return exchange({ fetch, signal }, url, { form: { client_id: clientId, ...form }, headers, timeoutMs });
    };
    const nonce = key?.nonceFor(url);
    const answer = await once();
    if (answer.kind === 'lost') return answer;
    const wantsNonce = answer.body?.['error'] === 'use_dpop_nonce';
    return key?.noteNonce(url, answer.headers, wantsNonce ? { nonce } : null) ? once() : answer;
  };

  /** Reads tokens; with a key they must be bound to it. (RFC 6749 §5.1, RFC 9449 §5) */
  const tokensOf = (
    body: JsonObject,
    key: DpopKey | null,
    before?: Credentials,
  ): Credentials | Failed | null => {
    const accessToken = textOrNull(body['access_token']);
    if (accessToken === null) return null;
    const tokenType = String(body['token_type']).toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer';
    if ((key !== null) !== (tokenType === 'DPoP')) {
      return unexpected(
        key === null
          ? `${server} binds tokens to a key that this program does not have.`
          : `${server} did not bind the tokens to the key: it has no DPoP (RFC 9449).`,
      );
    }
    const left = body['expires_in'];
    // A token may have waited for its program until its end.
    const lifetimeMs = left === 0 || left === '0' ? 0 : milliseconds(left);
    return {
      server,
      protocol: 'oauth',
      clientId,
      accessToken,
      tokenType,
      refreshToken: textOrNull(body['refresh_token']) ?? before?.refreshToken ?? null,
      issuedAtMs: nowMs(),
      expiresAtMs: lifetimeMs === null ? null : nowMs() + lifetimeMs,
      scope: textOrNull(body['scope']) ?? before?.scope ?? scope ?? null,
      dpopKey: key?.jwk ?? null,
      account: null,
      managementKey: null,
      identityKey: null,
      identities: [],
    };
  };

  /** Ends a token, and with it its login. (RFC 7009) */
  const end = async (token: string): Promise<EndOutcome> => {
    const found = await find();
    if (found.kind !== 'found') return found;
    const { revocation } = found.endpoints;
    if (revocation === null) {
      return { kind: 'failed', code: 'unsupported', message: `${server} cannot end tokens (RFC 7009).` };
    }
    const answer = await post(revocation, { token }, { timeoutMs: shortMs });
    if (answer.kind === 'answered' && answer.status === 200) return { kind: 'ended' };
    return readFailure(answer, server, nowMs());
  };

  /** Ends tokens that are refused: nobody has them, and they shall not live on. */
  const endRefused = async (body: JsonObject): Promise<void> => {
    await end(textOrNull(body['refresh_token']) ?? textOrNull(body['access_token']) ?? '');
  };

  return {
    async start(signal) {
      const found = await find(signal);
      if (found.kind !== 'found') return found;
      const form = {
        ...(scope === undefined ? {} : { scope }),
        ...(resource === undefined ? {} : { resource }),
      };
      const url = found.endpoints.deviceAuthorization;
      return readStart(await post(url, form, { timeoutMs: shortMs }, signal), server, nowMs());
    },

    async ask({ deviceCode }, { holdSeconds, timeoutMs }, signal): Promise<AskOutcome> {
      const found = await find(signal);
      if (found.kind !== 'found') return found;
      const form = {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: deviceCode,
      };
      // A server that holds nothing ignores it, answers at once, and is polled.
      const headers = { prefer: `wait=${holdSeconds}` };
      const key = options.dpopKey;
      const answer = await post(found.endpoints.token, form, { timeoutMs, headers, key }, signal);
      if (answer.kind === 'lost' || answer.status !== 200 || answer.body === null) {
        return readUndecided(answer, server, nowMs());
      }
      // Some servers answer 200 with an error.
      if (answer.body['error'] !== undefined) return readUndecided(answer, server, nowMs());
      const tokens = tokensOf(answer.body, key);
      if (tokens === null) return unexpected(`${server} answers an approved login without tokens.`);
      if (!('kind' in tokens)) return { kind: 'granted', credentials: tokens };
      await endRefused(answer.body);
      return tokens;
    },

    async refresh(credentials) {
      const found = await find();
      if (found.kind !== 'found') return found;
      const key = credentials.dpopKey ? await DpopKey.fromJwk(credentials.dpopKey) : null;
      const form = { grant_type: 'refresh_token', refresh_token: credentials.refreshToken ?? '' };
      const answer = await post(found.endpoints.token, form, { timeoutMs: refreshMs, key });
      if (answer.kind === 'lost' || answer.body === null) return readFailure(answer, server, nowMs());
      if (answer.body['error'] === 'invalid_grant') {
        return { kind: 'ended', reason: explanationOf(answer.body) ?? 'the login has ended' };
      }
      if (answer.status !== 200) return readFailure(answer, server, nowMs());
      const tokens = tokensOf(answer.body, key, credentials);
      if (tokens === null) return unexpected(`${server} answers a refresh without tokens.`);
      if (!('kind' in tokens)) return { kind: 'refreshed', credentials: tokens };
      await endRefused(answer.body);
      return tokens;
    },

    end: ({ accessToken, refreshToken }) => end(refreshToken ?? accessToken),
  };
}
