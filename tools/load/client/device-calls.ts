import type { Session } from './session.ts';
import type { Target } from './target.ts';

/** The calls of a device login as ready request texts. */
export class DeviceCalls {
  readonly #target: Target;
  readonly #start: string;
  readonly #tokenPrefix: string;

  constructor(target: Target) {
    this.#target = target;
    this.#start = this.#post('/api/auth/device/', '{"client_name":"load test"}');
    this.#tokenPrefix = this.#head('/api/auth/device/token/');
  }

  /** Starts a login. */
  start(): string {
    return this.#start;
  }

  /** Asks once, without waiting. */
  poll(deviceCode: string): string {
    return this.#withBody(this.#tokenPrefix, `{"device_code":"${deviceCode}"}`);
  }

  /** Asks and is held, for as long as the server likes or `seconds`, whichever is less. */
  wait(deviceCode: string, seconds?: number): string {
    const prefer = seconds === undefined ? '' : `Prefer: wait=${seconds}\r\n`;
    return this.#withBody(this.#tokenPrefix + prefer, `{"device_code":"${deviceCode}","wait":true}`);
  }

  /** Decides for the signed-in account. */
  decide(decision: 'approve' | 'deny', userCode: string, session: Session): string {
    const fields = `Cookie: ${session.cookie}\r\nX-CSRF-Token: ${session.csrfToken}\r\n`;
    return this.#withBody(
      this.#head(`/api/auth/device/${decision}/`) + fields,
      `{"user_code":"${userCode}"}`,
    );
  }

  #post(path: string, body: string): string {
    return this.#withBody(this.#head(path), body);
  }

  #head(path: string): string {
    const { basePath, authority } = this.#target;
    return `POST ${basePath}${path} HTTP/1.1\r\nHost: ${authority}\r\nContent-Type: application/json\r\n`;
  }

  #withBody(head: string, body: string): string {
    return `${head}Content-Length: ${body.length}\r\n\r\n${body}`;
  }
}
