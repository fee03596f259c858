import { explanation, post } from './http.ts';

/** A human who is signed in: what a browser would keep. */
export interface Session {
  readonly cookie: string;
  readonly csrfToken: string;
}

/** Signs up, or logs in where the account exists. Rejects with what the service said. */
export async function signIn(serviceUrl: string, email: string, password: string): Promise<Session> {
  const signUp = await post(`${serviceUrl}/api/auth/signup/`, { email, password });
  const answer =
    signUp.status === 409 ? await post(`${serviceUrl}/api/auth/login/`, { email, password }) : signUp;
  if (answer.status >= 300) throw new Error(explanation(answer));
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
  return { cookie: cookies.join('; '), csrfToken: String(answer.body['csrf_token']) };
}

/** Approves a login, by the JSON call behind the approval page. Rejects with what the service said. */
export async function approve(
  serviceUrl: string,
  session: Session,
  userCode: string,
  verification = '',
): Promise<void> {
  const headers = { cookie: session.cookie, 'x-csrf-token': session.csrfToken };
  const answer = await post(
    `${serviceUrl}/api/auth/device/approve/`,
    { user_code: userCode, verification },
    headers,
  );
  if (answer.status !== 200) throw new Error(explanation(answer));
}
