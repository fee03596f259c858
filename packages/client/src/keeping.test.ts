import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import { runDeviceLogin } from './device-login.ts';
import { createSession } from './session.ts';
import type { CredentialStore } from './stores/credential-store.ts';
import { fileStore } from './stores/file-store.ts';
import { keychainStore } from './stores/keychain-store.ts';
import { memoryStore } from './stores/memory-store.ts';

const server = 'https://login.example.com';
const clock: Clock = { ...systemClock, pause: async () => undefined };

/** A service that approves at once; it remembers which calls came, with the credential or the refresh token of each. */
class ApprovingService {
  readonly calls: string[] = [];
  /** The answers to log-outs; the last for ever. */
  readonly #ends: readonly number[];
  #tokens = 0;

  constructor(ends: readonly number[] = [204]) {
    this.#ends = ends;
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
        return new Response(null, { status: this.#ends[ends - 1] ?? this.#ends.at(-1) ?? 204 });
      }
      default: {
        const number = ++this.#tokens;
        return Response.json({ access: `access-${number}`, refresh: `refresh-${number}` });
      }
    }
  };

  logIn(store: CredentialStore, signal?: AbortSignal) {
    const options = { server, store, fetch: this.fetch, onCode: () => undefined };
    return runDeviceLogin(signal ? { ...options, signal } : options, clock);
  }
}

/** Gives one turn, and then none. */
function onceOnly(): CredentialStore['exclusively'] {
  let turns = 0;
  return (work) => (++turns === 1 ? work() : Promise.reject(new Error('the lock is held')));
}

/** A memory that fails at what is named. */
function failingStore(failing: Partial<CredentialStore>): CredentialStore {
  return { ...memoryStore(), ...failing };
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
    const late = new Promise((resolve) => setTimeout(resolve, 10_000).unref());
    expect(await Promise.race([result, late])).toEqual({ kind: 'aborted', codeExpiresAtMs: null });
  });
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

test('a login that can be neither kept nor ended says so, after several tries to end it', async () => {
  const service = new ApprovingService([503]);
  const store = failingStore({ write: () => Promise.reject(new Error('full')) });
  expect(await service.logIn(store)).toMatchObject({
    code: 'store_unusable',
    message: expect.stringContaining('could not be told to end it: end it there'),
  });
  expect(service.calls.filter((call) => call === 'logout/ access-1')).toHaveLength(3);
});

describe('a refresh', () => {
  const credentials: Credentials = {
    server,
    protocol: 'ravi',
    clientId: null,
    accessToken: 'access-0',
    tokenType: 'Bearer',
    refreshToken: 'refresh-0',
    issuedAtMs: 0,
    expiresAtMs: null,
    scope: null,
    dpopKey: null,
    account: null,
    managementKey: null,
    identityKey: null,
    identities: [],
  };

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
