import { getEventListeners } from 'node:events';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import { runDeviceLogin } from './device-login.ts';
import { LoginError } from './login-error.ts';
import { createSession } from './session.ts';
import type { CredentialStore } from './stores/credential-store.ts';
import { fileStore } from './stores/file-store.ts';
import { keychainStore } from './stores/keychain-store.ts';
import { memoryStore } from './stores/memory-store.ts';
import { keptLogin } from '../../../test/support/kept-login.ts';

const server = 'https://login.example.com';
const clock: Clock = { ...systemClock, pause: async () => undefined };

/** A service that approves at once; it remembers which calls came, with the credential or the refresh token of each. */
class ApprovingService {
  readonly calls: string[] = [];
  /** The answers to log-outs; the last for ever. */
  readonly #ends: readonly number[];
  readonly #headers: Readonly<Record<string, string>>;
  #tokens = 0;
  readonly pauses: number[] = [];
  readonly clock: Clock = {
    ...clock,
    pause: async (ms) => {
      if (this.pauses.push(ms) > 100) throw new Error('It waits without end.');
    },
  };

  constructor(ends: readonly number[] = [204], headers: Readonly<Record<string, string>> = {}) {
    this.#ends = ends;
    this.#headers = headers;
  }

  fetch: typeof fetch = async (input, init) => {
    const path = new URL(input instanceof Request ? input.url : input).pathname.replace('/api/auth/', '');
    const sent: { refresh?: unknown } = JSON.parse(typeof init?.body === 'string' ? init.body : '{}');
    const shown = new Headers(init?.headers).get('authorization')?.replace('Bearer ', '') ?? sent.refresh;
    this.calls.push([path, shown].filter(Boolean).join(' '));
    switch (path) {
      case 'device/':
        return Response.json({
          device_code: 'a-device-code',
          user_code: 'BCDF-GHJK',
          verification_uri: `${server}/device`,
          expires_in: 900,
        });
      case 'logout/': {
        const ends = this.calls.filter((call) => call.startsWith('logout/')).length;
        const status = this.#ends[ends - 1] ?? this.#ends.at(-1) ?? 204;
        return new Response(null, { status, headers: this.#headers });
      }
      default: {
        const number = ++this.#tokens;
        return Response.json({ access: `access-${number}`, refresh: `refresh-${number}` });
      }
    }
  };

  logIn(store: CredentialStore, signal?: AbortSignal, { allowHttp = false } = {}) {
    const options = { server, store, allowHttp, fetch: this.fetch, onCode: () => undefined };
    return runDeviceLogin(signal ? { ...options, signal } : options, this.clock);
  }
}

const credentials = keptLogin;

/** Gives one turn, and then none. */
function onceOnly(): CredentialStore['exclusively'] {
  let turns = 0;
  return (work) => (++turns === 1 ? work() : Promise.reject(new Error('the lock is held')));
}

/** A memory that fails at what is named. */
function failingStore(failing: Partial<CredentialStore>): CredentialStore {
  return { ...memoryStore(), ...failing };
}

/** What a login comes to, or that it still waits when all has been done that needs no time. */
async function soon<T>(result: Promise<T>): Promise<T | 'still waiting'> {
  const turns = async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    return 'still waiting' as const;
  };
  return Promise.race([result, turns()]);
}

describe('where another process holds the lock', () => {
  let folder: string;
  let heart: NodeJS.Timeout;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keeping-'));
    for (const name of ['login.json', 'me']) {
      await mkdir(join(folder, `${name}.lock`));
      await writeFile(join(folder, `${name}.lock/owner-another`), '');
    }
    heart = setInterval(() => {
      const now = new Date();
      for (const name of ['login.json', 'me'])
        void utimes(join(folder, `${name}.lock/owner-another`), now, now).catch(() => undefined);
    }, 5);
  });
  afterEach(async () => {
    clearInterval(heart);
    // Whoever still waits for the lock may make a folder meanwhile, and then finds no place for one.
    await rm(folder, { recursive: true, maxRetries: 20 });
  });

  const load = async () => ({
    Entry: class {
      getPassword = () => null;
      setPassword = () => undefined;
      deletePassword = () => true;
    },
  });
  const stores: readonly (readonly [string, (lockWaitMs: number) => CredentialStore])[] = [
    ['a file', (lockWaitMs) => fileStore(join(folder, 'login.json'), { lockWaitMs })],
    [
      'the keychain',
      (lockWaitMs) => keychainStore({ service: 's', account: 'me', lockFolder: folder, lockWaitMs, load }),
    ],
  ];

  test.each(stores)('of %s, no code is asked for, and the reason is told', async (_, make) => {
    const service = new ApprovingService();
    expect(await service.logIn(make(30))).toEqual({
      kind: 'failed',
      code: 'store_unusable',
      message: expect.stringContaining('Another process has held'),
    });
    expect(service.calls).toEqual([]);
  });

  test('an abort does not wait for it', async () => {
    const service = new ApprovingService();
    const aborting = new AbortController();
    const result = service.logIn(stores[0]?.[1](60_000) ?? memoryStore(), aborting.signal);
    aborting.abort();
    expect(await soon(result)).toEqual({ kind: 'aborted', codeExpiresAtMs: null });
  });
});

test('an abort does not wait for a lock that is held for ever', async () => {
  const service = new ApprovingService();
  const store = failingStore({ exclusively: () => new Promise(() => undefined) });
  const aborting = new AbortController();
  const waiting = service.logIn(store, aborting.signal);
  expect(await soon(waiting)).toBe('still waiting');
  aborting.abort();
  for (const result of [waiting, service.logIn(store, aborting.signal)]) {
    expect(await soon(result)).toEqual({ kind: 'aborted', codeExpiresAtMs: null });
  }
  expect(service.calls).toEqual([]);
  expect(getEventListeners(aborting.signal, 'abort')).toEqual([]);
});

test.each([
  ['store_corrupted', 'It is broken.', new LoginError('store_corrupted', 'It is broken.')],
  ['store_unusable', 'The store cannot be used: no room.', new Error('no\nroom')],
  ['store_unusable', 'The store cannot be used: unknown reason.', 'no error'],
])('where nothing can be kept, no code is asked for: %s, %s', async (code, message, error) => {
  const service = new ApprovingService();
  const store = failingStore({ probe: () => Promise.reject(error) });
  expect(await service.logIn(store)).toEqual({ kind: 'failed', code, message });
  expect(service.calls).toEqual([]);
});

test.each([
  ['cannot be written', { write: () => Promise.reject(new TypeError('the disk has gone')) }],
  [
    'is never given free by another process',
    // The first turn is the trial before the login.
    { exclusively: onceOnly() },
  ],
])('a login whose store %s once it is granted is ended, and the reason told', async (_, failing) => {
  const service = new ApprovingService();
  expect(await service.logIn(failingStore(failing))).toEqual({
    kind: 'failed',
    code: 'store_unusable',
    message: expect.stringMatching(/the (disk has gone|lock is held).*could not be kept: it was ended again/),
  });
  expect(service.calls).toEqual(['device/', 'device/token/', 'logout/ access-1']);
});

const notEnded = `The login was granted and could not be kept, and ${server} could not be told to end it: end it there.`;

test.each([
  ['that says no', [403], {}, []],
  ['that is away', [503], {}, [500, 1_000]],
  ['that is away for a while', [503], { 'retry-after': '2' }, [2_500, 3_000]],
  ['that is away for long', [503], { 'retry-after': '60' }, [5_500, 6_000]],
])(
  'a login that can be neither kept nor ended, at a service %s, says so, after several tries to end it',
  async (_, ends, headers, pauses) => {
    const service = new ApprovingService(ends, headers);
    const store = failingStore({ write: () => Promise.reject(new Error('full')) });
    expect(await service.logIn(store)).toEqual({
      kind: 'failed',
      code: 'store_unusable',
      message: `The store cannot be used: full. ${notEnded}`,
    });
    expect(service.calls.slice(2)).toEqual(Array(pauses.length + 1).fill('logout/ access-1'));
    expect(service.pauses).toEqual(pauses);
  },
);

test('a login that cannot be kept is ended by a later try, too', async () => {
  const service = new ApprovingService([503, 204]);
  const store = failingStore({ write: () => Promise.reject(new Error('full')) });
  expect(await service.logIn(store)).toMatchObject({
    message: expect.stringContaining('it was ended again'),
  });
  expect(service.calls.slice(2)).toEqual(['logout/ access-1', 'logout/ access-1']);
});

describe('the login that was kept before', () => {
  test.each([[204], [503]])('has ended, with its keys, where another one is kept: %d', async (status) => {
    const service = new ApprovingService([status]);
    const store = memoryStore();
    await store.write({ ...credentials, managementKey: 'key-0' });
    expect(await service.logIn(store)).toMatchObject({ kind: 'loggedIn' });
    expect(await store.read()).toMatchObject({ accessToken: 'access-1', refreshToken: 'refresh-1' });
    const ends = ['logout/ access-0', 'logout/ key-0'];
    expect(service.calls.slice(2)).toEqual(status === 204 ? ends : ends.slice(0, 1));
  });

  test('is nothing where the store cannot read it', async () => {
    const service = new ApprovingService();
    const store = failingStore({ read: () => Promise.reject(new Error('broken')) });
    expect(await service.logIn(store)).toMatchObject({ kind: 'loggedIn' });
    expect(service.calls).toEqual(['device/', 'device/token/']);
  });

  test.each([
    [server, `${server}/revoke`],
    ['https://another.example', 'https://another.example/.well-known/oauth-authorization-server'],
  ])('is ended at its own server, %s, whatever endpoints the new one has', async (kept, url) => {
    const sent: [unknown, string | null][] = [];
    const granting: typeof fetch = async (input, init) => {
      sent.push([input, init?.body instanceof URLSearchParams ? init.body.get('token') : null]);
      const login = { device_code: 'd', user_code: 'u', verification_uri: server };
      return Response.json({ ...login, access_token: 'access-1' });
    };
    const store = memoryStore();
    await store.write({ ...credentials, server: kept, protocol: 'oauth', clientId: 'the-old-client' });
    const endpoints = {
      deviceAuthorization: `${server}/device`,
      token: `${server}/token`,
      revocation: `${server}/revoke`,
    };
    const options = {
      server,
      store,
      clientId: 'a-client',
      endpoints,
      fetch: granting,
      onCode: () => undefined,
    };
    expect(await runDeviceLogin(options, clock)).toMatchObject({ kind: 'loggedIn' });
    expect(sent[2]).toEqual([url, kept === server ? 'refresh-0' : null]);
    expect(sent.slice(3).filter(([, token]) => token !== null)).toEqual([]);
  });
});

test.each([
  ['http://another.example', false, 0],
  ['http://another.example', true, 1],
  ['nonsense', false, 0],
])(
  'the login that was kept before at %s has ended where tokens may travel there: %s',
  async (kept, allowHttp, ends) => {
    const service = new ApprovingService();
    const store = memoryStore();
    await store.write({ ...credentials, server: kept });
    expect(await service.logIn(store, undefined, { allowHttp })).toMatchObject({ kind: 'loggedIn' });
    expect(service.calls.slice(2)).toEqual(Array(ends).fill('logout/ access-0'));
  },
);

describe('a refresh', () => {
  test('whose result the store does not take loses nothing: the next one goes on from it', async () => {
    const service = new ApprovingService();
    const inner = memoryStore();
    await inner.write(credentials);
    let isFull = true;
    const store = {
      ...inner,
      write: (given: Credentials) => (isFull ? Promise.reject(new Error('full')) : inner.write(given)),
    };
    const session = createSession({ credentials, store, clock, fetch: service.fetch });
    await expect(session.refresh()).rejects.toThrow('full');
    expect(await session.accessToken()).toBe('access-1');
    isFull = false;
    await session.refresh();
    expect(service.calls).toEqual(['token/refresh/ refresh-0', 'token/refresh/ refresh-1']);
    expect(await inner.read()).toMatchObject({ accessToken: 'access-2', refreshToken: 'refresh-2' });
  });

  test('after which the store cannot be read loses nothing, either', async () => {
    const service = new ApprovingService();
    const inner = memoryStore();
    await inner.write(credentials);
    let reads = 0;
    const read = () => (++reads === 2 ? Promise.reject(new Error('unreadable')) : inner.read());
    const session = createSession({ credentials, store: { ...inner, read }, clock, fetch: service.fetch });
    await expect(session.refresh()).rejects.toThrow('unreadable');
    expect(await session.accessToken()).toBe('access-1');
    await session.refresh();
    expect(service.calls).toEqual(['token/refresh/ refresh-0', 'token/refresh/ refresh-1']);
    expect(await inner.read()).toMatchObject({ accessToken: 'access-2', refreshToken: 'refresh-2' });
  });

  test('is not asked for where nothing could be kept', async () => {
    const service = new ApprovingService();
    const store = failingStore({
      read: async () => credentials,
      probe: () => Promise.reject(new Error('full')),
    });
    const session = createSession({ credentials, store, clock, fetch: service.fetch });
    await expect(session.refresh()).rejects.toThrow('full');
    expect(service.calls).toEqual([]);
  });
});

test('a store that is given as undefined, as programs in JavaScript do, is none: the login is kept in memory', async () => {
  const service = new ApprovingService();
  // Types refuse it.
  const options: object = { store: undefined };
  const result = await runDeviceLogin(
    { server, fetch: service.fetch, onCode: () => undefined, ...options },
    clock,
  );
  if (result.kind !== 'loggedIn') throw new Error(result.kind);
  await result.session.refresh();
  expect(await result.session.accessToken()).toBe('access-2');
});
