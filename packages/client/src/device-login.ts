import { unlessAborted } from './abortable.ts';
import { askUntilDecided } from './ask-until-decided.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import { DpopKey } from './dpop-key.ts';
import { endPatiently } from './end-patiently.ts';
import { LoginError, type LoginErrorCode } from './login-error.ts';
import type { DeviceLoginOptions, LoginCode } from './login-options.ts';
import { checkEndpoints } from './protocol/metadata.ts';
import { oauthProtocol } from './protocol/oauth-protocol.ts';
import type { Away, Failed, LoginProtocol, StartedLogin } from './protocol/protocol.ts';
import { protocolOf } from './protocol/protocol-of.ts';
import { raviProtocol } from './protocol/ravi-protocol.ts';
import { qrCode } from './qr/qr-code.ts';
import { safeText } from './safe-text.ts';
import { mayTravelTo, readServerAddress } from './server-address.ts';
import { createSession, type Session } from './session.ts';
import type { CredentialStore } from './stores/credential-store.ts';
import { memoryStore } from './stores/memory-store.ts';

/** How a login ended; branch on `kind`. */
export type LoginResult =
  | { readonly kind: 'loggedIn'; readonly session: Session }
  /** The human said no. */
  | { readonly kind: 'denied' }
  /** Nobody approved in time. */
  | { readonly kind: 'expired' }
  /** The signal was aborted; the code is good until then, and what it gives, if approved, is never made. */
  | { readonly kind: 'aborted'; readonly codeExpiresAtMs: number | null }
  /** It did not work, and why. */
  | { readonly kind: 'failed'; readonly code: LoginErrorCode; readonly message: string };

/** How often a start is tried while the service is away. */
const maxStarts = 4;

/**
 * Logs in without a browser: gets a code, shows it by `onCode`, waits on held requests until the human has decided, keeps the
 * credentials in the store. Rejects with a `LoginError` for every other end (`access_denied`, `expired_token`, `aborted`,
 * `unavailable`, …), with a `TypeError` for wrong options, and with what `onCode` throws. (RFC 8628)
 *
 * @example
 * const session = await deviceLogin({
 *   server: 'https://login.example.com',
 *   clientName: 'my agent',
 *   onCode: ({ userCode, verificationUri }) => console.log(`Open ${verificationUri} and enter ${userCode}`),
 * });
 */
export async function deviceLogin(options: DeviceLoginOptions): Promise<Session> {
  const result = await tryDeviceLogin(options);
  switch (result.kind) {
    case 'loggedIn':
      return result.session;
    case 'denied':
      throw new LoginError('access_denied', 'The login was denied.');
    case 'expired':
      throw new LoginError('expired_token', 'The code has expired before anybody approved it: start again.');
    case 'aborted':
      throw new LoginError('aborted', 'The login was stopped.', { cause: options.signal?.reason });
    case 'failed':
      throw new LoginError(result.code, result.message);
  }
}

/** Logs in like `deviceLogin`, and tells how it ended as a value. Rejects for wrong options, and with what `onCode` throws. */
export function tryDeviceLogin(options: DeviceLoginOptions): Promise<LoginResult> {
  return runDeviceLogin(options, systemClock);
}

/** Logs in by a given clock. */
export async function runDeviceLogin(options: DeviceLoginOptions, clock: Clock): Promise<LoginResult> {
  const { signal, store = memoryStore(), onProgress = () => undefined } = options;
  const protocol = await chooseProtocol(options, clock);
  // What cannot be kept should not be asked for: also where another process never gives the store free.
  const unusable = await unlessAborted(
    failureOf(() => tryStore(store)),
    signal,
  );
  if (signal?.aborted) return { kind: 'aborted', codeExpiresAtMs: null };
  if (unusable) return unusable;

  const started = await startPatiently(protocol, options, clock);
  if (signal?.aborted) return { kind: 'aborted', codeExpiresAtMs: null };
  if (started.kind === 'away') return { kind: 'failed', code: 'unavailable', message: `${started.reason}.` };
  if (started.kind === 'failed') return started;
  const { login } = started;
  const code = codeOf(login, clock);
  await options.onCode(code);

  const decision = await askUntilDecided({ protocol, login, onProgress, signal }, clock);
  switch (decision.kind) {
    case 'granted':
      return keep(decision.credentials, protocol, store, options, clock);
    case 'aborted':
      return { kind: 'aborted', codeExpiresAtMs: code.expiresAtMs };
    case 'denied':
      return { kind: 'denied' };
    case 'expired':
      return { kind: 'expired' };
    case 'failed':
      return decision;
  }
}

async function chooseProtocol(options: DeviceLoginOptions, clock: Clock): Promise<LoginProtocol> {
  const {
    clientName,
    clientId,
    scope,
    resource,
    dpop = false,
    endpoints,
    fetch = globalThis.fetch,
  } = options;
  const server = readServerAddress(options.server, options.allowHttp);
  checkEndpoints(endpoints, options.allowHttp);
  const nowMs = (): number => clock.nowMs();
  if (clientId === undefined) {
    if (dpop || scope !== undefined || resource !== undefined)
      throw new TypeError('dpop, scope and resource are of OAuth 2.0: say clientId too.');
    return raviProtocol({ server, clientName, fetch, nowMs });
  }
  const dpopKey = dpop ? await DpopKey.generate() : null;
  return oauthProtocol({ server, clientId, scope, resource, dpopKey, endpoints, fetch, nowMs });
}

/** Starts a login; tries again a few times while the service is away. */
async function startPatiently(
  protocol: LoginProtocol,
  { signal, onProgress }: DeviceLoginOptions,
  clock: Clock,
): Promise<{ readonly kind: 'started'; readonly login: StartedLogin } | Away | Failed> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await protocol.start(signal);
    if (outcome.kind !== 'away' || attempt === maxStarts || signal?.aborted) return outcome;
    const pauseMs =
      Math.max(2 ** (attempt - 1) * 1_000, outcome.retryAfterMs ?? 0) * (1 + clock.random() / 4);
    // Told to come back in minutes: that is an answer too.
    if (pauseMs > 60_000) return outcome;
    onProgress?.({ kind: 'away', reason: outcome.reason, retryInMs: pauseMs });
    await clock.pause(pauseMs, signal);
  }
}

function codeOf(login: StartedLogin, clock: Clock): LoginCode {
  const { userCode, verificationUri, verificationUriComplete, verificationNumber, expiresInMs } = login;
  return {
    userCode,
    verificationUri,
    verificationUriComplete,
    verificationNumber,
    expiresAtMs: clock.nowMs() + expiresInMs,
    qr: qrCode(verificationUriComplete ?? verificationUri),
  };
}

/** Keeps the credentials, and ends the login that was kept before; where they cannot be kept, they are ended. */
async function keep(
  credentials: Credentials,
  protocol: LoginProtocol,
  store: CredentialStore,
  options: DeviceLoginOptions,
  clock: Clock,
): Promise<LoginResult> {
  let replaced: Credentials | null = null;
  const unusable = await failureOf(() =>
    store.exclusively(async () => {
      replaced = await store.read().catch(() => null);
      await store.write(credentials);
    }),
  );
  if (unusable) {
    const ended = await endPatiently(credentials, protocol, clock);
    const fate =
      ended.kind === 'ended'
        ? 'The login was granted and could not be kept: it was ended again.'
        : `The login was granted and could not be kept, and ${credentials.server} could not be told to end it: end it there.`;
    return { ...unusable, message: `${unusable.message} ${fate}` };
  }
  if (replaced) await endReplaced(replaced, credentials.server, options, clock);
  return { kind: 'loggedIn', session: createSession({ ...options, credentials, store, clock }) };
}

/**
 * Ends the login that was kept before, where its tokens may travel there. The endpoints are those of the new one: no tokens of another
 * server go there.
 */
async function endReplaced(
  replaced: Credentials,
  server: string,
  { fetch = globalThis.fetch, endpoints, allowHttp = false }: DeviceLoginOptions,
  clock: Clock,
): Promise<void> {
  if (!URL.canParse(replaced.server) || !mayTravelTo(new URL(replaced.server), allowHttp)) return;
  const how = { fetch, nowMs: () => clock.nowMs() };
  const protocol = protocolOf(replaced, replaced.server === server ? { ...how, endpoints } : how);
  await protocol.end(replaced);
}

/** The failure of a store as a value, also of a store that a program has made itself. */
async function failureOf(work: () => Promise<void>): Promise<Failed | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof LoginError) return { kind: 'failed', code: error.code, message: error.message };
    const reason = error instanceof Error ? safeText(error.message) : 'unknown reason';
    return { kind: 'failed', code: 'store_unusable', message: `The store cannot be used: ${reason}.` };
  }
}

/** Rejects where a login could not be kept, or another process does not give the store free. */
async function tryStore(store: CredentialStore): Promise<void> {
  await store.probe();
  await store.exclusively(async () => undefined);
}
