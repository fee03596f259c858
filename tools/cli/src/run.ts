import { LoginError, UnencryptedAddress } from '@ravi/client';
import { type CommandName, help, readArguments } from './arguments.ts';
import type { Config } from './config.ts';
import { type Context, createContext } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { createOutput } from './output.ts';
import { status } from './status.ts';
import { tellAtStop } from './stopping.ts';
import { token } from './token.ts';

export interface Run {
  readonly args: readonly string[];
  readonly config: Config;
  /** Aborted by Ctrl-C and by SIGTERM. */
  readonly signal: AbortSignal;
  readonly openBrowser: (link: string) => void;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

const commands: Readonly<Record<CommandName, (context: Context) => Promise<number>>> = {
  login,
  status,
  token,
  logout,
};

/** Runs the program, and prints errors. Resolves to its exit code. */
export async function run({ args, config, signal, openBrowser, stdout, stderr }: Run): Promise<number> {
  const parsed = readArguments(args);
  switch (parsed.kind) {
    case 'help':
      createOutput(parsed.json, stdout, stderr).result({ help }, [help]);
      return exitCodes.ok;
    case 'wrong':
      createOutput(args.includes('--json'), stdout, stderr).failure('usage', parsed.message);
      return exitCodes.usage;
    case 'run':
      break;
  }
  const output = createOutput(parsed.arguments.json, stdout, stderr);
  try {
    const context = createContext({ config, arguments: parsed.arguments, output, signal, openBrowser });
    tellAtStop(context);
    return await commands[parsed.arguments.command](context);
  } catch (error) {
    if (error instanceof LoginError) {
      output.failure(error.code, error.message);
      const isOver = error.code === 'not_logged_in' || error.code === 'session_ended';
      return isOver ? exitCodes.notLoggedIn : exitCodes.failed;
    }
    if (error instanceof TypeError) {
      const { message } =
        error instanceof UnencryptedAddress
          ? new UnencryptedAddress(error.origin, 'say --allow-http')
          : error;
      output.failure('usage', message);
      return exitCodes.usage;
    }
    output.failure('failed', error instanceof Error ? error.message : String(error));
    return exitCodes.failed;
  }
}
