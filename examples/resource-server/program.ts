import { setTimeout as pause } from 'node:timers/promises';

/** The credentials of a login that this program uses. */
interface Credentials {
  readonly access: string;
  readonly management_key: string;
}

/** What ends a login. Everything else, such as an outage, passes: the program asks again. */
const ends = new Set<unknown>(['access_denied', 'expired_token', 'invalid_grant', 'invalid_request']);

/** Logs in without a browser: shows the human a link, and waits for the approval. (RFC 8628) */
export async function logIn(issuer: string, say: (line: string) => void): Promise<Credentials> {
  const login = await post(`${issuer}/api/auth/device/`, { client_name: 'Notes example' });
  if (login['device_code'] === undefined) throw new Error(String(login['detail']));
  say(
    `Open ${String(login['verification_uri_complete'])}\nand compare the code: ${String(login['user_code'])}`,
  );
  // If the server uses number matching: the approver picks this number from three. (NUMBER_MATCHING)
  if (typeof login['verification'] === 'string') say(`The number to pick: ${login['verification']}`);
  for (;;) {
    const request = { device_code: login['device_code'], wait: true };
    const askedMs = performance.now();
    const answer: Answer = await post(`${issuer}/api/auth/device/token/`, request).catch((): Answer => ({}));
    if (typeof answer['access'] === 'string') return answer as unknown as Credentials;
    if (ends.has(answer['error'])) throw new Error(String(answer['error_description']));
    // One that was held has waited already.
    const intervalMs = Number(login['interval']) * 1_000;
    if (performance.now() - askedMs < intervalMs) await pause(intervalMs);
  }
}

/** Writes a note and reads it back, with a credential of the login. */
export async function useNotes(service: string, credential: string): Promise<string> {
  const headers = { authorization: `Bearer ${credential}` };
  const written = await fetch(`${service}/note`, { method: 'PUT', headers, body: 'written by a program' });
  if (!written.ok) throw new Error(`${written.status} ${written.headers.get('www-authenticate') ?? ''}`);
  return (await fetch(`${service}/note`, { headers })).text();
}

type Answer = Readonly<Record<string, unknown>>;

async function post(url: string, body: object): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Answer;
}
