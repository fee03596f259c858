import type { DeviceTokenSuccess } from '@ravi/contract';
import { type Received, send } from './http.ts';
import type { Person } from './person.ts';
import { startLogin, waitPatiently } from './program.ts';

/** Logs a program in, approved by this person on these terms, and returns its credentials. */
export async function logIn(
  apiUrl: string,
  person: Person,
  clientName = 'a test',
  terms: object = {},
): Promise<DeviceTokenSuccess> {
  const login = await startLogin(apiUrl, clientName);
  const waiting = waitPatiently([apiUrl], login.device_code);
  await person.approveWith(apiUrl, login.user_code, terms);
  const answer = await waiting;
  if (answer.status !== 200) throw new Error(`The login failed: ${answer.text}`);
  return answer.body;
}

/** Calls with a credential. */
export function call<Body = Record<string, unknown>>(
  method: string,
  url: string,
  credential: string,
  json?: unknown,
): Promise<Received<Body>> {
  return send<Body>(url, {
    method,
    headers: { authorization: `Bearer ${credential}` },
    ...(json === undefined ? {} : { json }),
  });
}
