import { randomUUID } from 'node:crypto';
import type { WireUser } from '@ravi/contract';
import { type Received, send } from './http.ts';

/** How long a sign-up may take, on a machine that does much else. */
const signUpWithinMs = 120_000;

/** A signed-in human, who decides over JSON. */
export class Person {
  readonly email: string;
  readonly password: string;
  readonly cookie: string;
  readonly csrfToken: string;
  readonly user: WireUser;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor(
    email: string,
    password: string,
    answer: Received<{ user: WireUser; csrf_token: string }>,
    headers: Readonly<Record<string, string>>,
  ) {
    this.#headers = headers;
    this.email = email;
    this.password = password;
    this.cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    this.csrfToken = answer.body.csrf_token;
    this.user = answer.body.user;
  }

  /** Creates an account and signs in. `headers` go with every request: where the person is, for a trusted proxy. */
  static async signUp(apiUrl: string, headers: Readonly<Record<string, string>> = {}): Promise<Person> {
    const email = `${randomUUID()}@example.com`;
    const password = `pw-${randomUUID()}`;
    const answer = await send<{ user: WireUser; csrf_token: string }>(`${apiUrl}/api/auth/signup/`, {
      json: { email, password, first_name: 'Test', last_name: 'Person' },
      headers,
      // A file that hangs here says so, and not only that its hook took too long.
      signal: AbortSignal.timeout(signUpWithinMs),
    });
    if (answer.status !== 201) throw new Error(`The sign-up failed: ${answer.status} ${answer.text}`);
    return new Person(email, password, answer, headers);
  }

  approve(apiUrl: string, userCode: string, identityUuid?: string): Promise<Received<{ status: string }>> {
    return this.#decide(apiUrl, 'approve', {
      user_code: userCode,
      ...(identityUuid === undefined ? {} : { identity_uuid: identityUuid }),
    });
  }

  /** Approves a login with more to say: identity, scope and lifetime of the keys. */
  approveWith(
    apiUrl: string,
    userCode: string,
    terms: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Received<{ status: string }>> {
    return this.#decide(apiUrl, 'approve', { user_code: userCode, ...terms }, headers);
  }

  /** Denies a login. */
  deny(apiUrl: string, userCode: string): Promise<Received<{ status: string }>> {
    return this.#decide(apiUrl, 'deny', { user_code: userCode });
  }

  #decide(
    apiUrl: string,
    decision: string,
    json: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Received<{ status: string }>> {
    return send(`${apiUrl}/api/auth/device/${decision}/`, {
      json,
      headers: { ...this.#headers, cookie: this.cookie, 'x-csrf-token': this.csrfToken, ...headers },
    });
  }
}
