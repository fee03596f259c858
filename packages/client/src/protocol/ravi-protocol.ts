import { type Credentials, readAccount, readIdentities, textOrNull } from '../credentials.ts';
import { type Answered, exchange, type JsonObject, type Lost, type Reach } from './exchange.ts';
import type { AskOutcome, EndOutcome, LoginProtocol } from './protocol.ts';
import { explanationOf, readFailure, readStart, readUndecided, unexpected } from './read-answer.ts';

export interface RaviProtocolOptions {
  readonly server: string;
  /** The program's name on the approval page. */
  readonly clientName: string | undefined;
  readonly fetch: typeof fetch;
  readonly nowMs: () => number;
}

const shortMs = 15_000;
/** Less than the time in which the service repeats a refresh whose answer was lost. */
const refreshMs = 8_000;

const ended: EndOutcome = { kind: 'ended' };

/** The service's own JSON API: logins give API keys beside tokens. */
export function raviProtocol({ server, clientName, fetch, nowMs }: RaviProtocolOptions): LoginProtocol {
  const post = (
    path: string,
    json: object,
    how: { timeoutMs: number; headers?: Record<string, string> },
    signal?: AbortSignal,
  ): Promise<Answered | Lost> => {
    const reach: Reach = { fetch, signal };
    return exchange(reach, `${server}/api/auth/${path}`, { json, ...how });
  };

  /** When there were no tokens yet, as far as is known: their answer may wait long for a program that is away. */
  let madeAfterMs = Number.POSITIVE_INFINITY;

  const credentialsOf = (body: JsonObject): Credentials | null => {
    const [access, refresh] = [textOrNull(body['access']), textOrNull(body['refresh'])];
    if (access === null) return null;
    const identities = body['identity'] === undefined ? body['identities'] : [body['identity']];
    return {
      server,
      protocol: 'ravi',
      clientId: null,
      accessToken: access,
      tokenType: 'Bearer',
      refreshToken: refresh,
      ...lifetimeOf(access, Math.min(madeAfterMs, nowMs())),
      scope: null,
      dpopKey: null,
      account: readAccount(body['user']),
      managementKey: textOrNull(body['management_key']),
      identityKey: textOrNull(body['identity_key']),
      identities: readIdentities(identities),
    };
  };

  /** Ends what is presented. `unknown`: the service does not take it any more. */
  const endOne = async (credential: string): Promise<EndOutcome | 'unknown'> => {
    const headers = { authorization: `Bearer ${credential}` };
    const answer = await post('logout/', {}, { timeoutMs: shortMs, headers });
    if (answer.kind === 'answered' && answer.status === 204) return ended;
    if (refusalOf(answer) !== null) return 'unknown';
    return readFailure(answer, server, nowMs());
  };

  const refresh: LoginProtocol['refresh'] = async (credentials) => {
    const answer = await post(
      'token/refresh/',
      { refresh: credentials.refreshToken },
      { timeoutMs: refreshMs },
    );
    if (answer.kind === 'answered' && answer.body !== null && answer.status === 200) {
      const [access, next] = [textOrNull(answer.body['access']), textOrNull(answer.body['refresh'])];
      if (access === null || next === null) return unexpected(`${server} answers a refresh without tokens.`);
      const tokens = { accessToken: access, refreshToken: next, ...lifetimeOf(access, nowMs()) };
      return { kind: 'refreshed', credentials: { ...credentials, ...tokens } };
    }
    const reason = refusalOf(answer);
    if (reason !== null) return { kind: 'ended', reason };
    return readFailure(answer, server, nowMs());
  };

  /** Ends a login by its access token; where that is over, by whichever clock, by a fresh one. */
  const endLogin = async (credentials: Credentials): Promise<EndOutcome> => {
    const { accessToken, expiresAtMs, refreshToken } = credentials;
    const isFresh = expiresAtMs === null || expiresAtMs > nowMs() + 5_000;
    const outcome = isFresh ? await endOne(accessToken) : 'unknown';
    if (outcome !== 'unknown') return outcome;
    const fresh = refreshToken === null ? ended : await refresh(credentials);
    if (fresh.kind !== 'refreshed') return fresh;
    const last = await endOne(fresh.credentials.accessToken);
    return last === 'unknown' ? ended : last;
  };

  return {
    async start(signal) {
      const body = clientName === undefined ? {} : { client_name: clientName };
      const started = readStart(await post('device/', body, { timeoutMs: shortMs }, signal), server, nowMs());
      madeAfterMs = nowMs();
      return started;
    },

    async ask({ deviceCode }, { holdSeconds, timeoutMs }, signal): Promise<AskOutcome> {
      const headers = { prefer: `wait=${holdSeconds}` };
      const body = { device_code: deviceCode, wait: true };
      const answer = await post('device/token/', body, { timeoutMs, headers }, signal);
      if (answer.kind === 'answered' && answer.status === 200 && answer.body !== null) {
        const credentials = credentialsOf(answer.body);
        if (credentials) return { kind: 'granted', credentials };
        return unexpected(`${server} answers an approved login without tokens.`);
      }
      const outcome = readUndecided(answer, server, nowMs());
      // An answer before its time may come from a service that could not look.
      const hasLooked = answer.kind === 'answered' && !answer.headers.has('retry-after');
      if (outcome.kind === 'pending' && hasLooked) madeAfterMs = nowMs();
      return outcome;
    },

    refresh,

    async end(credentials) {
      const login = await endLogin(credentials);
      if (login.kind !== 'ended') return login;
      for (const key of [credentials.managementKey, credentials.identityKey]) {
        const outcome = key === null ? 'unknown' : await endOne(key);
        // What has ended already counts.
        if (outcome !== 'unknown' && outcome.kind !== 'ended') return outcome;
      }
      return ended;
    },
  };
}

/**
 * Why the service does not take what was presented; null where it does not say so. Each of its refusals has a `detail`: the 401 of a gateway
 * before it says nothing of the login.
 */
function refusalOf(answer: Answered | Lost): string | null {
  if (answer.kind !== 'answered' || answer.status !== 401) return null;
  return explanationOf({ detail: answer.body?.['detail'] });
}

/** How long a JWT is good, by our own clock: the server's may be off. Its signature is for those who are shown it. */
function lifetimeOf(token: string, nowMs: number): Pick<Credentials, 'issuedAtMs' | 'expiresAtMs'> {
  try {
    const part = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const { iat, exp }: { iat?: unknown; exp?: unknown } = JSON.parse(atob(part));
    if (typeof iat === 'number' && typeof exp === 'number') {
      return { issuedAtMs: nowMs, expiresAtMs: nowMs + (exp - iat) * 1_000 };
    }
  } catch {
    // Not a JWT: nothing is known of its end.
  }
  return { issuedAtMs: nowMs, expiresAtMs: null };
}
