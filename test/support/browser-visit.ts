import { type Received, send } from './http.ts';

/** A browser without JavaScript: keeps cookies, follows redirects, fills in the forms of a page. */
export class BrowserVisit {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();
  /** What was shown last. */
  page: Received = { status: 0, headers: new Headers(), text: '', body: {} };

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Another browser with the cookies that this one has now. */
  copy(): BrowserVisit {
    const other = new BrowserVisit(this.#origin);
    for (const [name, value] of this.#cookies) other.#cookies.set(name, value);
    return other;
  }

  /** Opens an address of the site. */
  async open(path: string): Promise<void> {
    await this.#go(path, { method: 'GET' });
  }

  /**
   * Submits the form of the page that posts to `action`, with a query or without, with its hidden fields and what the person fills in. Throws where the
   * page has no such form.
   */
  async submit(action: string, filledIn: Readonly<Record<string, string>> = {}): Promise<void> {
    const form = this.page.text
      .split('<form')
      .slice(1)
      .map((text) => text.split('</form>')[0] ?? '')
      .find((text) =>
        [`action="${action}"`, `action="${action}?`].some((start) => unescape(text).includes(start)),
      );
    if (form === undefined) throw new Error(`The page has no form for ${action}: ${this.page.text}`);
    const hidden: Record<string, string> = {};
    for (const [input] of form.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
      hidden[/name="([^"]*)"/.exec(input)?.[1] ?? ''] = unescape(/value="([^"]*)"/.exec(input)?.[1] ?? '');
    }
    await this.post(action, { ...hidden, ...filledIn });
  }

  /** Presses the button of the form that posts to `action`, by what a screen reader says of it. */
  async press(action: string, label: string): Promise<void> {
    const buttons = [
      ...this.page.text.matchAll(/<button[^>]*name="([^"]*)" value="([^"]*)"[^>]*>(.*?)<\/button>/gs),
    ];
    const pressed = buttons.find(([, , , content = '']) => words(content) === label);
    if (!pressed) throw new Error(`The page has no button "${label}": ${this.page.text}`);
    await this.submit(action, { [pressed[1] ?? '']: unescape(pressed[2] ?? '') });
  }

  /** Posts fields as a form of this site would. */
  async post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Record<string, string> = {},
  ): Promise<void> {
    await this.#go(path, { form: fields, headers: { origin: this.#origin, ...headers } });
  }

  /** The words of the page, without its markup. */
  get words(): string {
    return wordsOf(this.page.text);
  }

  async #go(path: string, sent: Parameters<typeof send>[1]): Promise<void> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    this.page = await send(this.#origin + path, { ...sent, headers: { ...sent?.headers, cookie } });
    for (const set of this.page.headers.getSetCookie()) {
      const [name = '', value = ''] = (set.split(';')[0] ?? '').split('=');
      if (/Max-Age=0/.test(set)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    const location = this.page.headers.get('location');
    if (location !== null) await this.open(location);
  }
}

/** The words of a page, without its markup. */
export function wordsOf(page: string): string {
  const [, body = ''] = page.split('</head>');
  return unescape(body.replaceAll(/<script>.*?<\/script>|<[^>]+>/gs, ' ')).replaceAll(/\s+/g, ' ');
}

/** What is left of HTML without its tags. */
const words = (text: string) => unescape(text.replaceAll(/<[^>]+>/g, '')).trim();

function unescape(text: string): string {
  return text.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}
