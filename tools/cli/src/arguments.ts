import { parseArgs } from 'node:util';

export type CommandName = 'login' | 'status' | 'token' | 'logout';

/** Which credential `token` prints. */
export type TokenKind = 'access' | 'management' | 'identity';

export interface Arguments {
  readonly command: CommandName;
  readonly json: boolean;
  readonly server: string | undefined;
  readonly store: 'file' | 'keychain' | undefined;
  readonly name: string | undefined;
  readonly browser: boolean;
  readonly qr: boolean;
  readonly kind: TokenKind;
  readonly allowHttp: boolean;
}

/** The result of reading the arguments. */
export type ParsedArguments =
  | { readonly kind: 'run'; readonly arguments: Arguments }
  | { readonly kind: 'help'; readonly json: boolean }
  | { readonly kind: 'wrong'; readonly message: string };

const commands: readonly CommandName[] = ['login', 'status', 'token', 'logout'];
const kinds: readonly TokenKind[] = ['access', 'management', 'identity'];

/** Longest name that the service takes. */
const maxNameLength = 64;

export const help: string = `Logs in without a browser on this machine.

  ravi-login login     shows a code, waits until you have approved it elsewhere, keeps the login
  ravi-login status    who is logged in, and until when
  ravi-login token     only the access token, refreshed if necessary: curl -H "Authorization: Bearer $(ravi-login token)" ...
  ravi-login logout    ends the login everywhere, with its keys

  --server URL     the service; default: RAVI_BASE_URL, else the last login's, else http://localhost:3000
  --store STORE    where the login is kept: file (default; 0600) or keychain (needs @napi-rs/keyring)
  --json           one JSON object a line
  --name NAME      login: what the approval page calls this program, at most ${maxNameLength} characters
  --no-browser     login: opens no browser; none is opened without a terminal, or where CI is set
  --qr             login: shows the link as a QR code
  --kind KIND      token: access (default), management or identity
  --allow-http     allows http:// on other machines: tokens travel in the clear
  -h, --help

RAVI_TOKEN (an access token) and RAVI_API_KEY come before what is kept; RAVI_BASE_URL names the service.
Exits with 0 on success, 1 on failure, 2 on wrong arguments, 4 if nobody is logged in.`;

export function readArguments(args: readonly string[]): ParsedArguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        server: { type: 'string' },
        store: { type: 'string' },
        name: { type: 'string' },
        'no-browser': { type: 'boolean', default: false },
        qr: { type: 'boolean', default: false },
        kind: { type: 'string', default: 'access' },
        'allow-http': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return { kind: 'help', json: values.json };
    const command = commands.find((name) => name === positionals[0]);
    if (command === undefined || positionals.length > 1) {
      return wrong(`Say what to do: ${commands.join(', ')}. More with --help.`);
    }
    const { store } = values;
    if (store !== undefined && store !== 'file' && store !== 'keychain')
      return wrong('--store is file or keychain.');
    const kind = kinds.find((name) => name === values.kind);
    if (kind === undefined) return wrong(`--kind is ${kinds.join(', ')}.`);
    const { json, server, name, qr } = values;
    if (name !== undefined && name.trim().length > maxNameLength)
      return wrong(`--name has at most ${maxNameLength} characters.`);
    if (name !== undefined && /\p{Cc}/u.test(name)) return wrong('--name has no control characters.');
    const flags = { browser: !values['no-browser'], allowHttp: values['allow-http'] };
    return { kind: 'run', arguments: { command, json, server, store, name, qr, kind, ...flags } };
  } catch (error) {
    // Its first sentence says which; the others tell how to give a file's name.
    const [sentence = ''] = error instanceof Error ? error.message.split('. ') : [];
    return wrong(`${sentence.replace(/\.$/, '')}. More with --help.`);
  }
}

function wrong(message: string): ParsedArguments {
  return { kind: 'wrong', message };
}
