import { LoginError, openSession } from '@ravi/client';
import type { TokenKind } from './arguments.ts';
import { type Context, type EnvironmentCredential, environmentCredential } from './context.ts';
import { exitCodes } from './exit-codes.ts';

/** `ravi-login token`: prints only the credential; an access token is refreshed if necessary. Resolves to the exit code. */
export async function token(context: Context): Promise<number> {
  const { arguments: args, output, place, store } = context;
  const given = environmentCredential(context);
  if (given !== null) {
    if (isOfAnotherKind(given, args.kind)) {
      output.failure(
        'refused',
        `${given.name} is set, comes before a login, and is no ${args.kind} key: unset it first.`,
      );
      return exitCodes.failed;
    }
    output.result({ token: given.value, source: given.name }, [given.value]);
    return exitCodes.ok;
  }
  const session = await openSession({ server: place.server, store, allowHttp: args.allowHttp });
  // A key needs no token, and outlives those that came with it: none is refreshed for it.
  const kept = session && (args.kind === 'access' ? await session.credentials() : await store.read());
  if (kept === null) {
    const hint = `Log in with: ${context.config.calledAs} login`;
    output.failure('not_logged_in', `Not logged in at ${place.server}. ${hint}`);
    return exitCodes.notLoggedIn;
  }
  const { accessToken, managementKey, identityKey, expiresAtMs } = kept;
  const value = { access: accessToken, management: managementKey, identity: identityKey }[args.kind];
  if (value === null)
    throw new LoginError('refused', `This login has no ${args.kind} key: it was not granted one.`);
  const isToken = args.kind === 'access' && expiresAtMs !== null;
  output.result(
    { token: value, source: place.store, expires_at: isToken ? new Date(expiresAtMs).toISOString() : null },
    [value],
  );
  return exitCodes.ok;
}

/** Whether a credential is not what was asked for. An API key works wherever an access token does. */
function isOfAnotherKind({ name, value }: EnvironmentCredential, kind: TokenKind): boolean {
  if (kind === 'access') return false;
  return name === 'RAVI_TOKEN' || value.startsWith(kind === 'management' ? 'ravi_id_' : 'ravi_mgmt_');
}
