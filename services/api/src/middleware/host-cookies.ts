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

  /** The cookie's value; undefined where the browser has none. */
  get(ctx: Context, name: string): string | undefined {
    return ctx.cookies.get(this.#fullName(name));
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
