import { type ClientRequest, post } from './request.ts';
import type { Session } from './session.ts';
import type { Target } from './target.ts';

/** More than a server holds a request: it answers what it allows. */
const maxWaitSeconds = 900;

/** The calls of a device login as prepared requests without the varying fields. */
export class DeviceCalls {
  readonly #target: Target;
  readonly #fields: string;
  readonly #start: ClientRequest;
  readonly #tokenPath: string;

  constructor(target: Target) {
    this.#target = target;
    this.#fields = `Host: ${target.authority}\r\nContent-Type: application/json\r\n`;
    this.#start = post(this.#path('/'), this.#fields, '{"client_name":"load test"}');
    this.#tokenPath = this.#path('/token/');
  }

  start(): ClientRequest {
    return this.#start;
  }

  /** Asks once, without waiting. */
  poll(deviceCode: string): ClientRequest {
    return post(this.#tokenPath, this.#fields, `{"device_code":"${deviceCode}"}`);
  }

  /** Asks and is held, for as long as the server allows or `seconds`, whichever is less. */
  wait(deviceCode: string, seconds = maxWaitSeconds): ClientRequest {
    const prefer = `Prefer: wait=${seconds}\r\n`;
    return post(this.#tokenPath, this.#fields + prefer, `{"device_code":"${deviceCode}","wait":true}`);
  }

  /** Decides for the signed-in account. `verification`: the number that the program shows, where it shows one. */
  decide(decision: 'approve' | 'deny', userCode: string, session: Session, verification = ''): ClientRequest {
    const number = verification === '' ? '' : `,"verification":"${verification}"`;
    const fields = `${this.#fields}Cookie: ${session.cookie}\r\nX-CSRF-Token: ${session.csrfToken}\r\n`;
    return post(this.#path(`/${decision}/`), fields, `{"user_code":"${userCode}"${number}}`);
  }

  #path(call: string): string {
    return `${this.#target.basePath}/api/auth/device${call}`;
  }
}
