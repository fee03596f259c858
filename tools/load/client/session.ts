import { randomBytes } from 'node:crypto';
import { LoadError } from '../load-error.ts';
import { printable } from '../printable.ts';

/** The browser session of a signed-in account, which approves. */
export interface Session {
  readonly cookie: string;
  readonly csrfToken: string;
}

export interface Account {
  readonly email: string;
  readonly password: string;
}

const answerLimitMs = 30_000;

/** Signs in, or signs a new account up when none is given. Throws LoadError with the server's message. */
export async function openSession(url: string, account: Account | null): Promise<Session> {
  const call = account === null ? 'signup' : 'login';
  const response = await fetch(new URL(`api/auth/${call}/`, url.endsWith('/') ? url : `${url}/`), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(account ?? newAccount()),
    // Only to the named host.
    redirect: 'manual',
    signal: AbortSignal.timeout(answerLimitMs),
  }).catch((error: unknown) => {
    throw new LoadError(`Nothing answers at ${url}: ${reasonOf(error)}.`);
  });
  const text = await response.text();
  if (!response.ok)
    throw new LoadError(`The ${call} was refused: ${response.status} ${printable(text.slice(0, 200))}`);
  const cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  return { cookie, csrfToken: csrfTokenOf(text) };
}

function csrfTokenOf(text: string): string {
  // It goes into a header field unchanged.
  const token = /"csrf_token": ?"([\w-]{1,200})"/.exec(text)?.[1];
  if (token === undefined)
    throw new LoadError(`The server is not the product: no csrf_token in ${printable(text.slice(0, 200))}`);
  return token;
}

const newAccount = (): Account => ({
  email: `load-${randomBytes(8).toString('hex')}@example.com`,
  password: randomBytes(18).toString('base64url'),
});

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  return error.cause instanceof Error ? error.cause.message : error.message;
}
