import { setTimeout as pause } from 'node:timers/promises';

/** The credentials of a login that this program uses. */
interface Credentials {
  readonly access: string;
  readonly management_key: string;
}

/** Logs in without a browser: shows the human a link, and waits for the approval. (RFC 8628) */
export async function logIn(issuer: string, say: (line: string) => void): Promise<Credentials> {
  const login = await post(`${issuer}/api/auth/device/`, { client_name: 'Notes example' });
  say(
    `Open ${String(login['verification_uri_complete'])}\nand compare the code: ${String(login['user_code'])}`,
  );
  // If the server uses number matching: the approver picks this number from three. (NUMBER_MATCHING)
  if (typeof login['verification'] === 'string') say(`The number to pick: ${login['verification']}`);
  for (;;) {
    const request = { device_code: login['device_code'], wait: true };
    const answer = await post(`${issuer}/api/auth/device/token/`, request);
    if (typeof answer['access'] === 'string') return answer as unknown as Credentials;
    if (answer['error'] !== 'authorization_pending') throw new Error(String(answer['error_description']));
    await pause(1_000);
  }
}

/** Writes a note and reads it back, with a credential of the login. */
export async function useNotes(service: string, credential: string): Promise<string> {
  const headers = { authorization: `Bearer ${credential}` };
  const written = await fetch(`${service}/note`, { method: 'PUT', headers, body: 'written by a program' });
  if (!written.ok) throw new Error(`${written.status} ${written.headers.get('www-authenticate') ?? ''}`);
  return (await fetch(`${service}/note`, { headers })).text();
}

async function post(url: string, body: object): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Readonly<Record<string, unknown>>;
}
