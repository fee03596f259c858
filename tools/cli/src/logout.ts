import { openSession } from '@ravi/client';
import { type Context, environmentCredential } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { sentence } from './words.ts';

/** `ravi-login logout`: ends the login everywhere, and forgets it here also where the service cannot be told. Resolves to the exit code. */
export async function logout(context: Context): Promise<number> {
  const { arguments: args, output, place, store } = context;
  const given = environmentCredential(context);
  if (given !== null) {
    output.failure('refused', `${given.name} is set: unset it, and end it where it came from.`);
    return exitCodes.failed;
  }
  const session = await openSession({ server: place.server, store, allowHttp: args.allowHttp });
  if (session === null) {
    output.failure('not_logged_in', `Not logged in at ${place.server}.`);
    return exitCodes.notLoggedIn;
  }
  const result = await session.logout();
  if (result.kind === 'ended') {
    output.result({ event: 'logged_out', server: place.server }, [`Logged out at ${place.server}.`]);
    return exitCodes.ok;
  }
  output.failure(
    'unavailable',
    `Forgotten here, but ${sentence(result.reason)} The login is still good there: end it at ${place.server}/account/programs`,
  );
  return exitCodes.failed;
}
