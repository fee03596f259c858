import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';

export const usage = `People's accounts, and API keys that leaked. Every use is noted in the audit log, with who.

  npm run accounts -- find TEXT              by e-mail address or id, else by a part of a name or an address
  npm run accounts -- show ACCOUNT           what there is: identities, logins, keys, sessions
  npm run accounts -- block ACCOUNT          nobody signs in; sessions, logins and keys end at once
  npm run accounts -- unblock ACCOUNT        the person may sign in again; what ended stays ended
  npm run accounts -- end ACCOUNT            ends every login and key
  npm run accounts -- delete ACCOUNT         removes all that is stored about the person
  npm run accounts -- export ACCOUNT         all that is stored about the person, as JSON
  npm run accounts -- reset-link ACCOUNT     a one-time link that sets a new password, for an hour
  npm run accounts -- reset-factors ACCOUNT  removes second factors, passkeys and recovery codes; ends sessions
  npm run accounts -- reseal                 seals the secrets of authenticator apps under a new SECRET
  npm run accounts -- key PREFIX             API keys that begin so; a whole key or its id too, - reads it from stdin
  npm run accounts -- key PREFIX --revoke    revokes it, if there is only one

ACCOUNT is an id or an e-mail address.

  --by NAME      who does it, for the audit log; the user of the operating system by default
  --json         one JSON document a line
  --yes          delete without asking
  --limit N      find: so many accounts at most, 50 by default

Exits with 0 when it is done, 1 when it failed, 2 for a use that it does not know, 3 when nothing was found.

Settings: those of the services, from the environment or .env; Redis by default the one of "npm start" in DATA_DIR.
`;

const names = [
  'find',
  'show',
  'block',
  'unblock',
  'end',
  'delete',
  'export',
  'reset-link',
  'reset-factors',
  'reseal',
  'key',
] as const;

/** What the tool is asked to do. */
export interface Command {
  readonly name: (typeof names)[number];
  /** An account, the text to find, or a key. */
  readonly subject: string;
  readonly by: string;
  readonly json: boolean;
  readonly yes: boolean;
  readonly revoke: boolean;
  readonly limit: number;
}

const flag = { type: 'boolean', default: false } as const;
const options = {
  by: { type: 'string' },
  limit: { type: 'string' },
  json: flag,
  yes: flag,
  revoke: flag,
  help: flag,
} as const;

/** Thrown for a use that the tool does not know; the message says what is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Reads the command line; null where help is asked for. Throws `UsageError`. `user` is that of the operating system. */
export function readCommand(
  args: readonly string[],
  user: () => string = () => userInfo().username,
): Command | null {
  const { values, positionals } = parse(args);
  if (values.help) return null;
  const [first, subject = '', ...rest] = positionals;
  const name = names.find((known) => known === first);
  if (name === undefined)
    throw new UsageError(first === undefined ? 'Say what to do.' : `There is no "${first}".`);
  if (name === 'reseal' ? subject !== '' : subject.trim() === '' || rest.length > 0)
    throw new UsageError(
      name === 'reseal'
        ? 'reseal takes nothing: it looks at every account.'
        : `${name} takes one thing: put quotes around a text with blanks.`,
    );
  const by = (values.by ?? nameOf(user)).trim();
  if (!/^\P{C}{1,64}$/u.test(by)) throw new UsageError('--by takes a name of 1 to 64 characters.');
  if (values.limit !== undefined && name !== 'find') throw new UsageError('--limit is for "find".');
  const limit = Number(values.limit ?? '50');
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000)
    throw new UsageError('--limit takes a number from 1 to 10000.');
  if (values.revoke && name !== 'key') throw new UsageError('--revoke is for "key".');
  if (values.yes && name !== 'delete') throw new UsageError('--yes is for "delete": nothing else asks.');
  const { json, yes, revoke } = values;
  return { name, subject: subject.trim(), by, json, yes, revoke, limit };
}

/** A container may run as a user that it does not know. */
function nameOf(user: () => string): string {
  try {
    return user();
  } catch (cause) {
    throw new UsageError('Say with --by who does it: the user of the operating system has no name.', {
      cause,
    });
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'This is no use of it.', { cause: error });
  }
}
