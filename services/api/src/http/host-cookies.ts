import type { IncomingHttpHeaders } from 'node:http';
import type { Context } from 'koa';

/**
 * Cookies for this host only, which no script can read. Over https they are `Secure` and have the prefix with which browsers
 * enforce all of that. `Lax`, so that browsers send them when a provider redirects back. (RFC 6265bis §4.1.3)
 */
export class HostCookies {
  readonly #secure: boolean;

  constructor(publicUrl: string) {
    this.#secure = publicUrl.startsWith('https://');
  }

  /** The cookie's value in these headers; undefined if it is absent. */
  get({ headers }: { readonly headers: IncomingHttpHeaders }, name: string): string | undefined {
    const start = `${this.#fullName(name)}=`;
    const pairs = headers.cookie?.split(';').map((cookie) => cookie.trim());
    return pairs?.find((cookie) => cookie.startsWith(start))?.slice(start.length);
  }

  /** Adds a `Set-Cookie`; 0 seconds removes the cookie. The value must need no quoting. */
  set(ctx: Context, name: string, value: string, maxAgeSeconds: number): void {
    const attributes = ['Path=/', 'HttpOnly', 'SameSite=Lax', `Max-Age=${maxAgeSeconds}`];
    if (this.#secure) attributes.push('Secure');
    ctx.append('Set-Cookie', `${this.#fullName(name)}=${value}; ${attributes.join('; ')}`);
  }

  #fullName(name: string): string {
    return this.#secure ? `__Host-${name}` : name;
  }
}
