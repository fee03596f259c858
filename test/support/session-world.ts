import { createSession } from '../../packages/client/src/session.ts';
import { memoryStore } from '../../packages/client/src/stores/memory-store.ts';
import type { Credentials } from '../../packages/client/src/credentials.ts';
import type { CredentialStore } from '../../packages/client/src/stores/credential-store.ts';
import { keptLogin } from './kept-login.ts';

export const server = 'https://login.example.com';
export const hourMs = 3_600_000;
export const issuedAtMs = 1_000_000;
export const credentials: Credentials = { ...keptLogin, issuedAtMs, expiresAtMs: issuedAtMs + hourMs };
/** What another process left in the store. */
export const others: Credentials = { ...credentials, accessToken: 'access-9', refreshToken: 'refresh-9' };

export type Answer = () => Response | Promise<Response>;
export const json =
  (status: number, body: object, headers: Record<string, string> = {}): Answer =>
  () =>
    Response.json(body, { status, headers });
export const away = json(503, { detail: 'gone' });

/** A session, its store and its service, whose answers are given, the last for ever; else each refresh gives another token, and a log-out ends the login. */
export class SessionWorld {
  nowMs = issuedAtMs;
  readonly pauses: number[] = [];
  /** The calls of the service, each with the refresh token or the credential that it got. */
  readonly calls: string[] = [];
  readonly store = memoryStore();
  readonly #answers: readonly Answer[];

  constructor(...answers: readonly Answer[]) {
    this.#answers = answers;
  }

  readonly #fetch: typeof fetch = async (input, init) => {
    const path = (input instanceof Request ? input.url : input.toString()).replace(`${server}/api/auth/`, '');
    const { refresh }: { refresh?: unknown } = JSON.parse(typeof init?.body === 'string' ? init.body : '{}');
    const shown = refresh ?? new Headers(init?.headers).get('authorization')?.replace('Bearer ', '');
    this.calls.push(`${path} ${typeof shown === 'string' ? shown : ''}`);
    if (path === 'logout/' && this.#answers.length === 0) return new Response(null, { status: 204 });
    const count = this.calls.length;
    const given = json(200, { access: `access-${count}`, refresh: `refresh-${count}` });
    return (this.#answers[count - 1] ?? this.#answers.at(-1) ?? given)();
  };

  async session(changed: Partial<Credentials> = {}, store: CredentialStore = this.store) {
    const own = { ...credentials, ...changed };
    await this.store.write(own);
    const clock = {
      monotonicMs: () => 0,
      nowMs: () => this.nowMs,
      random: () => 0.5,
      pause: async (ms: number) => {
        if (this.pauses.push(ms) > 100) throw new Error('It waits without end.');
      },
    };
    return createSession({ credentials: own, store, clock, fetch: this.#fetch });
  }
}
