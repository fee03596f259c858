import { runInNewContext } from 'node:vm';
import { freshScript } from './back-button-script.ts';
import { clockTime, localTimeScript } from './local-time.ts';
import { passkeyScript } from './passkey-script.ts';
import { showPasswordScript } from './show-password-script.ts';

type Listener = (event: object) => unknown;

/** What the scripts need of an element. */
class FakeElement {
  readonly listeners = new Map<string, Listener>();
  readonly attributes = new Map<string, string>();
  readonly dataset: Record<string, string> = {};
  readonly followers: FakeElement[] = [];
  type = '';
  id = '';
  value = '';
  className = '';
  textContent = '';
  hidden = false;

  addEventListener(name: string, listener: Listener): void {
    this.listeners.set(name, listener);
  }

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  after(element: FakeElement): void {
    this.followers.push(element);
  }

  /** What happens when a person does it. */
  happens(name: string, event: object = {}): unknown {
    return this.listeners.get(name)?.(event);
  }
}

/** Runs a script behind an element; the window has what is given. */
function runBehind(script: string, previousElementSibling: object, window: object = {}): void {
  const document = {
    currentScript: { previousElementSibling },
    documentElement: { lang: 'en' },
    createElement: () => new FakeElement(),
  };
  runInNewContext(script, { document, ...window });
}

test('a form that decides is loaded anew by the back button of a browser that kept its page, and by nothing else', () => {
  const window = new FakeElement();
  const gone: string[] = [];
  runBehind(
    freshScript,
    { elements: { user_code: { value: 'BCDF GHJK&x' } } },
    {
      addEventListener: window.addEventListener.bind(window),
      location: { replace: (path: string) => gone.push(path) },
      encodeURIComponent,
    },
  );
  window.happens('pageshow', { persisted: false });
  expect(gone).toEqual([]);
  window.happens('pageshow', { persisted: true });
  expect(gone).toEqual(['/device?user_code=BCDF%20GHJK%26x']);
});

test('a time is the reader’s own, in the way of their country where they read the language of the page', () => {
  const atMs = Date.parse('2026-06-01T18:05:00Z');
  expect(clockTime(atMs, 'en').replaceAll(/\s+/gu, ' ')).toContain(
    '<time datetime="2026-06-01T18:05:00.000Z">6:05 PM UTC</time><script>',
  );
  expect(clockTime(atMs, 'de')).toContain('>18:05 UTC</time>');
  const shown = (languages: readonly string[]) => {
    const asked: unknown[] = [];
    class FakeDate {
      readonly #text: string;
      constructor(text: string) {
        this.#text = text;
      }
      toLocaleTimeString(...how: unknown[]): string {
        asked.push(this.#text, ...how);
        return 'own time';
      }
    }
    const time = { dateTime: '2026-06-01T18:05:00.000Z', textContent: '6:05 PM UTC' };
    runBehind(localTimeScript, time, { navigator: { languages }, Date: FakeDate });
    expect(time.textContent).toBe('own time');
    return asked;
  };
  const how = { hour: 'numeric', minute: '2-digit' };
  expect(shown(['de-DE', 'en-GB', 'en-US'])).toEqual(['2026-06-01T18:05:00.000Z', 'en-GB', how]);
  expect(shown(['de-DE'])).toEqual(['2026-06-01T18:05:00.000Z', 'en', how]);
});

test('a password is shown and hidden by a button that says so and sends nothing, and is hidden when it is sent', () => {
  const [field, form] = [new FakeElement(), new FakeElement()];
  Object.assign(field, { type: 'password', id: 'its id', form });
  Object.assign(field.dataset, { show: 'Show it', hide: 'Hide it' });
  runBehind(showPasswordScript, field);
  const [button = new FakeElement(), ...others] = field.followers;
  expect(others).toEqual([]);
  expect([button.type, button.textContent, button.className]).toEqual(['button', 'Show it', 'reveal']);
  expect(button.attributes).toEqual(new Map([['aria-controls', 'its id']]));
  button.happens('click');
  expect([field.type, button.textContent]).toEqual(['text', 'Hide it']);
  button.happens('click');
  expect([field.type, button.textContent]).toEqual(['password', 'Show it']);
  button.happens('click');
  form.happens('submit');
  expect(field.type).toBe('password');
});

/** The form of a passkey, in a browser that answers as given, and what came of it. */
function passkeyForm(ceremony: 'create' | 'get', answers: (object | Error)[], hasPasskeys = true) {
  const [window, told, answer, hint] = [
    new FakeElement(),
    new FakeElement(),
    new FakeElement(),
    new FakeElement(),
  ];
  const done: unknown[] = [];
  const form = Object.assign(new FakeElement(), {
    hidden: true,
    previousElementSibling: hint,
    querySelector: (selector: string) => (selector === '[role=alert]' ? told : null),
    elements: { answer },
    submit: () => void done.push(`sent ${answer.value}`),
  });
  Object.assign(form.dataset, { ceremony, options: '{"x":1}', known: 'Known.', failed: 'Failed.' });
  const ask = (how: string) => async (options: object) => {
    done.push([how, options]);
    const given = answers.shift() ?? new Error('None.');
    if (given instanceof Error) throw given;
    return given;
  };
  const PublicKeyCredential = {
    parseCreationOptionsFromJSON: (options: object) => ({ made: options }),
    parseRequestOptionsFromJSON: (options: object) => ({ asked: options }),
  };
  runBehind(passkeyScript, form, {
    addEventListener: window.addEventListener.bind(window),
    navigator: { credentials: { create: ask('create'), get: ask('get') } },
    window: hasPasskeys ? { PublicKeyCredential } : {},
  });
  const press = () => form.happens('submit', { preventDefault: () => void done.push('kept here') });
  return { window, form, hint, told, done, press };
}

test.each([
  ['create', { made: { x: 1 } }],
  ['get', { asked: { x: 1 } }],
] as const)(
  'a form of a passkey (%s) asks the browser, and is sent with its answer, once',
  async (ceremony, publicKey) => {
    const { form, hint, told, done, press } = passkeyForm(ceremony, [{ id: 'k' }]);
    expect([form.hidden, hint.hidden]).toEqual([false, true]);
    await Promise.all([press(), press()]);
    await press();
    expect(done).toEqual([
      'kept here',
      [ceremony, { publicKey }],
      'kept here',
      'sent {"id":"k"}',
      'kept here',
    ]);
    expect(told.textContent).toBe('');
  },
);

test('a passkey that failed is told, one that is known already in its own words, and can be tried again', async () => {
  const known = Object.assign(new Error('Known.'), { name: 'InvalidStateError' });
  const { told, done, press } = passkeyForm('create', [new Error('No.'), known, { id: 'k' }]);
  await press();
  expect(told.textContent).toBe('Failed.');
  const again = press();
  // While it is tried, nothing is said any more.
  expect(told.textContent).toBe('');
  await again;
  expect(told.textContent).toBe('Known.');
  await press();
  expect(done.at(-1)).toBe('sent {"id":"k"}');
});

test('a form of a passkey that the back button shows again can be sent again', async () => {
  const { window, done, press } = passkeyForm('get', [{ id: 'k' }, { id: 'l' }]);
  await press();
  window.happens('pageshow', { persisted: false });
  await press();
  expect(done.at(-1)).toBe('kept here');
  window.happens('pageshow', { persisted: true });
  await press();
  expect(done.at(-1)).toBe('sent {"id":"l"}');
});

test('in a browser without passkeys the form stays hidden, and what the page says instead stays', () => {
  const { form, hint } = passkeyForm('get', [], false);
  expect([form.hidden, hint.hidden, form.listeners.size]).toEqual([true, false, 0]);
});
