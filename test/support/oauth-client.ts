import type { DeviceCodeResponse, OAuthTokenSuccess } from '@ravi/contract';
import { type Received, send } from './http.ts';
import type { Person } from './person.ts';

/** Either answer of the token endpoint. */
export type OAuthAnswer = Received<OAuthTokenSuccess & { error?: string; error_description?: string }>;

const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code';

/** An OAuth 2.0 client that knows only the RFCs. */
export class OAuthClient {
  readonly #url: string;
  readonly #id: string;

  constructor(url: string, id = 'a-test') {
    this.#url = url;
    this.#id = id;
  }

  /** Calls an endpoint with this client's id. */
  call<Body = Record<string, unknown>>(
    endpoint: string,
    parameters: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Received<Body>> {
    return send<Body>(`${this.#url}/oauth/${endpoint}`, {
      form: { client_id: this.#id, ...parameters },
      headers,
    });
  }

  /** Starts a login, for the tokens of another service where one is named. */
  async start(scope?: string, resource?: string): Promise<DeviceCodeResponse> {
    const answer = await this.call<DeviceCodeResponse>('device_authorization', {
      ...(scope === undefined ? {} : { scope }),
      ...(resource === undefined ? {} : { resource }),
    });
    if (answer.status !== 200) throw new Error(`The login did not start: ${answer.text}`);
    return answer.body;
  }

  /** Presents a device_code once. */
  poll(
    deviceCode: string,
    headers: Readonly<Record<string, string>> = {},
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<OAuthAnswer> {
    const form = { grant_type: deviceCodeGrant, device_code: deviceCode, ...parameters };
    return this.call('token', form, headers);
  }

  /** Presents a device_code and is held. */
  wait(
    deviceCode: string,
    headers: Readonly<Record<string, string>> = {},
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<OAuthAnswer> {
    return this.poll(deviceCode, { prefer: 'wait=30', ...headers }, parameters);
  }

  refresh(token: string, parameters: Readonly<Record<string, string>> = {}): Promise<OAuthAnswer> {
    return this.call('token', { grant_type: 'refresh_token', refresh_token: token, ...parameters });
  }

  /** Logs in, approved by this person. */
  async logIn(person: Person, scope?: string, resource?: string): Promise<OAuthTokenSuccess> {
    const login = await this.start(scope, resource);
    const waiting = this.wait(login.device_code);
    await person.approve(this.#url, login.user_code);
    let answer = await waiting;
    // Held for as long as it asked, on a machine that does much else.
    while (answer.body.error === 'authorization_pending') answer = await this.wait(login.device_code);
    if (answer.status !== 200) throw new Error(`The login failed: ${answer.text}`);
    return answer.body;
  }
}
