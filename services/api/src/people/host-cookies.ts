import type { IncomingHttpHeaders } from 'node:http';
import type { Context } from 'koa';

/**
 * Cookies that belong to this host alone and that no script reads. Over https they are `Secure` and bear the prefix that makes
 * browsers insist on all of it. `Lax`, so that they come along when a provider sends the person back. (RFC 6265bis §4.1.3)
 */
export class HostCookies {
  readonly #secure: boolean;

  constructor(publicUrl: string) {
    this.#secure = publicUrl.startsWith('https://');
  }

  /** The cookie's value, of a request with these headers; undefined where the browser has none. */
  get({ headers }: { readonly headers: IncomingHttpHeaders }, name: string): string | undefined {
    const start = `${this.#fullName(name)}=`;
    const pairs = headers.cookie?.split(';').map((cookie) => cookie.trim());
    return pairs?.find((cookie) => cookie.startsWith(start))?.slice(start.length);
  }

  /** Sets a cookie, besides those that are set already; 0 seconds removes it. The value must need no quoting. */
  set(ctx: Context, name: string, value: string, maxAgeSeconds: number): void {
    const attributes = ['Path=/', 'HttpOnly', 'SameSite=Lax', `Max-Age=${maxAgeSeconds}`];
    if (this.#secure) attributes.push('Secure');
    ctx.append('Set-Cookie', `${this.#fullName(name)}=${value}; ${attributes.join('; ')}`);
  }

  #fullName(name: string): string {
    return this.#secure ? `__Host-${name}` : name;
  }
}
