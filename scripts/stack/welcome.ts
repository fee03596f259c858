import { bold } from './log.ts';

/** The facts for the person who started the stack. */
export interface Welcome {
  /** The address of the pages and the API, without a trailing slash. */
  readonly publicUrl: string;
  readonly adminPorts: { readonly api: number; readonly issuer: number };
  /** The place of the accounts, in words. */
  readonly keptIn: string;
}

/** The welcome: addresses, and lines to copy that log a program in. */
export function welcome({ publicUrl, adminPorts, keptIn }: Welcome): string {
  const post = `curl -sS ${publicUrl}/api/auth`;
  return `
${bold(`Ravi device auth is ready: ${publicUrl}/device`)}

  Log a program in, as the program does it:
    ${bold(`npm run cli -- login${publicUrl === 'http://localhost:3000' ? '' : ` --server ${publicUrl}`}`)}

  or by hand. Ask for a code, approve it on the page above, and collect the credentials
  with the device_code of the first answer (the second call waits for the approval):
    ${post}/device/ -X POST
    ${post}/device/token/ -H 'content-type: application/json' \\
      -d '{"device_code": "...", "wait": true}'

  Health and metrics: http://127.0.0.1:${adminPorts.api}/metrics (api), http://127.0.0.1:${adminPorts.issuer}/metrics (issuer)
  Accounts are kept in ${keptIn}. Stop with Ctrl-C.
`;
}
