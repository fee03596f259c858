import type { CommandName } from './arguments.ts';
import type { Context } from './context.ts';

/** Says at the first Ctrl-C what a command is still about, and what a second one leaves behind. `login` says it when it has stopped. */
export function tellAtStop(context: Context): void {
  const { arguments: args, output, place, signal } = context;
  const left = leftBehind[args.command];
  if (left === null) return;
  const tell = (): void => {
    const sentence = left(place.server);
    output.event({ event: 'stopping', message: sentence }, [sentence]);
  };
  if (signal.aborted) tell();
  else signal.addEventListener('abort', tell, { once: true });
}

const kept = (server: string): string =>
  `Stopping. The login at ${server} stays as it is and is kept here. A refresh that is under way is finished first, within half a minute: Ctrl-C again stops at once, and may lose the login.`;

const leftBehind: Readonly<Record<CommandName, ((server: string) => string) | null>> = {
  login: null,
  status: kept,
  token: kept,
  logout: (server) =>
    `The log-out at ${server} is under way and is finished first. Ctrl-C again stops at once: then the login is still kept here, and may still be good there (${server}/account/programs).`,
};
