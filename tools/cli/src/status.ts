import { LoginError, openSession, type Session } from '@ravi/client';
import { type Context, environmentCredential } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { duration } from './words.ts';

/** `ravi-login status`: who is logged in, and whether the service still accepts the login. Resolves to the exit code. */
export async function status(context: Context): Promise<number> {
  const { arguments: args, output, place, store } = context;
  const given = environmentCredential(context);
  if (given !== null) {
    const lines = [`${given.name} is used, at ${place.server}.`];
    output.result({ logged_in: true, server: place.server, source: given.name }, lines);
    return exitCodes.ok;
  }
  const session = await openSession({ server: place.server, store, allowHttp: args.allowHttp });
  if (session === null) return notLoggedIn(context, `Log in with: ${context.config.calledAs} login`);
  try {
    await session.credentials();
    // A token may be revoked before its end: only the service knows.
    if ((await answerOf(session)) === 401) await session.refresh();
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

/** The service's answer to the login. Rejects if there is none. */
async function answerOf(session: Session): Promise<number> {
  const signal = AbortSignal.timeout(10_000);
  const answer = await session.fetch(`${session.server}/api/auth/user/`, { signal }).catch(() => null);
  await answer?.body?.cancel();
  if (answer !== null && answer.status < 500) return answer.status;
  throw new LoginError(
    'unavailable',
    `A login is kept, but ${session.server} does not answer properly, so its state is unknown. Try again.`,
  );
}

function notLoggedIn({ output, place }: Context, hint: string): number {
  output.event({ logged_in: false, server: place.server }, [`Not logged in at ${place.server}. ${hint}`]);
  return exitCodes.notLoggedIn;
}
