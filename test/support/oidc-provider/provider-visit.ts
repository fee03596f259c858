import { type Received, send } from '../http.ts';

/** Who somebody is at the provider; the fields of its form. */
export interface AtProvider {
  readonly sub: string;
  readonly email?: string;
  readonly name?: string;
  /** Whether the provider vouches for the address; it does unless told otherwise. */
  readonly verified?: boolean;
}

/**
 * A browser in which somebody signs in through a provider, step by step, so that a test can go wrong at each: with one jar of
 * cookies for our site and one for the provider's.
 */
export class ProviderVisit {
  readonly #ours = new Map<string, string>();
  readonly #theirs = new Map<string, string>();

  /** Our cookies, to look at or to tamper with. */
  get cookies(): Map<string, string> {
    return this.#ours;
  }

  /** A request to one of our apis with this browser's cookies. */
  async ask(url: string, sent: Parameters<typeof send>[1] = {}): Promise<Received> {
    const answer = await send(url, {
      method: 'GET',
      ...sent,
      headers: { cookie: jarText(this.#ours), ...sent.headers },
    });
    keep(this.#ours, answer.headers);
    return answer;
  }

  /** Presses a provider's button: resolves with the address at the provider that we send the browser to. */
  async begin(apiUrl: string, providerId: string, userCode?: string): Promise<string> {
    const query = userCode === undefined ? '' : `?user_code=${userCode}`;
    const answer = await this.ask(`${apiUrl}/signin/${providerId}${query}`);
    const location = answer.headers.get('location');
    if (answer.status !== 303 || location === null) throw new Error(`No way to the provider: ${answer.text}`);
    return location;
  }

  /** Signs in at the provider, or declines: resolves with the path and query by which it sends the browser back to us. */
  async answer(authorizationUrl: string, who: AtProvider | 'cancel'): Promise<string> {
    let url = new URL(authorizationUrl);
    const { origin } = url;
    let form: URLSearchParams | undefined;
    for (;;) {
      const response = await fetch(url, {
        redirect: 'manual',
        headers: { cookie: jarText(this.#theirs) },
        ...(form ? { method: 'POST', body: form } : {}),
      });
      keep(this.#theirs, response.headers);
      const location = response.headers.get('location');
      if (location !== null) {
        url = new URL(location, url);
        form = undefined;
        if (url.origin !== origin) return url.pathname + url.search;
      } else if (response.ok && form === undefined) {
        form = filledIn(who);
      } else {
        throw new Error(`The provider answered ${response.status}: ${await response.text()}`);
      }
    }
  }

  /** All of it: begins at one api, comes back at the other. */
  async signIn(
    [begunAt, finishedAt]: readonly [string, string],
    providerId: string,
    who: AtProvider | 'cancel',
    userCode?: string,
  ): Promise<Received> {
    const way = await this.begin(begunAt, providerId, userCode);
    return this.ask(finishedAt + (await this.answer(way, who)));
  }
}

function filledIn(who: AtProvider | 'cancel'): URLSearchParams {
  if (who === 'cancel') return new URLSearchParams({ answer: 'cancel' });
  const { sub, email = '', name = '', verified = true } = who;
  return new URLSearchParams({
    answer: 'sign-in',
    sub,
    email,
    name,
    ...(verified ? { verified: 'on' } : {}),
  });
}

function jarText(jar: ReadonlyMap<string, string>): string {
  return [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
}

function keep(jar: Map<string, string>, headers: Headers): void {
  for (const set of headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
    if (/Max-Age=0|expires=Thu, 01 Jan 1970/i.test(set)) jar.delete(name);
    else jar.set(name, value);
  }
}
