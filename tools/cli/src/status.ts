import { type Credentials, LoginError, memoryStore, openSession, type Session } from '@ravi/client';
import { type Context, type EnvironmentCredential, environmentCredential } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { duration } from './words.ts';

/** `ravi-login status`: who is logged in, and whether the service still accepts the login. Resolves to the exit code. */
export async function status(context: Context): Promise<number> {
  const { arguments: args, output, place, store } = context;
  const given = environmentCredential(context);
  if (given !== null) return statusOf(given, context);
  const session = await openSession({ server: place.server, store, allowHttp: args.allowHttp });
  if (session === null) return notLoggedIn(context, `Log in with: ${context.config.calledAs} login`);
  try {
    await session.credentials();
    // A token may be revoked before its end: only the service knows.
    if ((await ask(session, 'A login is kept', context)).status === 401) await session.refresh();
  } catch (error) {
    if (error instanceof LoginError && (error.code === 'session_ended' || error.code === 'not_logged_in')) {
      return notLoggedIn(context, error.message);
    }
    throw error;
  }
  const { account, expiresAtMs, protocol } = await session.credentials();
  const leftMs = expiresAtMs === null ? null : expiresAtMs - context.nowMs();
  output.result(
    {
      logged_in: true,
      server: place.server,
      source: place.store,
      account: account?.email ?? null,
      protocol,
      access_token_expires_at: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
    },
    [
      `Logged in${account === null ? '' : ` as ${account.email}`} at ${place.server} (${place.store}).`,
      ...(leftMs === null
        ? []
        : [`The access token is good for ${duration(leftMs)}, and is refreshed when it is used.`]),
    ],
  );
  return exitCodes.ok;
}

async function statusOf({ name, value }: EnvironmentCredential, context: Context): Promise<number> {
  const { arguments: args, output, place } = context;
  const store = memoryStore();
  await store.write(credentialsOf(place.server, value));
  const session = await openSession({ server: place.server, store, allowHttp: args.allowHttp });
  const answer = session === null ? null : await ask(session, `${name} is set`, context);
  if (answer === null || answer.status === 401) {
    const hint = `${name} is set and is not accepted there: it has ended, or is for another service.`;
    return notLoggedIn(context, hint);
  }
  const { email } = answer;
  output.result({ logged_in: true, server: place.server, source: name, account: email }, [
    `${name} is used and accepted at ${place.server}${email === null ? '' : `, as ${email}`}.`,
  ]);
  return exitCodes.ok;
}

/** A credential of which nothing else is known. */
function credentialsOf(server: string, accessToken: string): Credentials {
  return {
    server,
    protocol: 'ravi',
    clientId: null,
    accessToken,
    tokenType: 'Bearer',
    refreshToken: null,
    issuedAtMs: 0,
    expiresAtMs: null,
    scope: null,
    dpopKey: null,
    account: null,
    managementKey: null,
    identityKey: null,
    identities: [],
  };
}

/** The service's answer to who is logged in. Rejects if there is none; `what` says what is known all the same. */
async function ask(
  session: Session,
  what: string,
  { signal }: Context,
): Promise<{ readonly status: number; readonly email: string | null }> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(10_000)]);
  const answer = await session.fetch(`${session.server}/api/auth/user/`, { signal: limit }).catch(() => null);
  const body: unknown = await answer?.json().catch(() => null);
  if (signal.aborted) throw new LoginError('aborted', 'Stopped before the service had answered.');
  // Whatever else answers, such as the page of a network's proxy, knows nothing of a login. A credential for one identity may not ask (403).
  const isTheService = typeof body === 'object' && body !== null;
  if (isTheService && answer !== null && [200, 401, 403].includes(answer.status))
    return { status: answer.status, email: emailIn(body) };
  throw new LoginError(
    'unavailable',
    `${what}, but ${session.server} does not answer properly, so its state is unknown. Try again.`,
  );
}

function emailIn({ email }: { readonly email?: unknown }): string | null {
  return typeof email === 'string' ? email : null;
}

function notLoggedIn({ output, place }: Context, hint: string): number {
  output.event({ logged_in: false, server: place.server }, [`Not logged in at ${place.server}. ${hint}`]);
  return exitCodes.notLoggedIn;
}
