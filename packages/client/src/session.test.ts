import { Readable } from 'node:stream';
import type { Credentials } from './credentials.ts';
import { DpopKey } from './dpop-key.ts';
import { UnencryptedAddress } from './server-address.ts';
import { createSession } from './session.ts';
import { memoryStore } from './stores/memory-store.ts';
import type { CredentialStore } from './stores/credential-store.ts';
import { keptLogin } from '../../../test/support/kept-login.ts';

const server = 'https://login.example.com';
const api = 'https://api.example.com/things?page=2';
const credentials = keptLogin;

/** What an API was asked: the method, the credential, and what the proof says, with the key that it names. */
interface Call {
  readonly method: string;
  readonly credential: string | null;
  readonly proof?: Readonly<Record<string, unknown>>;
}

/** An API whose answers are given, the last for ever, and the service that refreshes, each time with another token unless told otherwise. */
class World {
  readonly calls: Call[] = [];
  readonly given: string[] = [];
  refreshes = 0;
  readonly #answers: readonly (() => Response | Promise<Response>)[];
  readonly #refresh: (count: number) => Response | Promise<Response>;

  constructor(
    answers: readonly (() => Response | Promise<Response>)[],
    refresh: (count: number) => Response | Promise<Response> = (count) =>
      Response.json({ access: `access-${count}`, refresh: `refresh-${count}` }),
  ) {
    this.#answers = answers;
    this.#refresh = refresh;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : input.toString();
    if (url.startsWith(`${server}/`)) return this.#refresh(++this.refreshes);
    const headers = new Headers(init?.headers);
    const proof = headers.get('dpop');
    this.given.push(
      `${headers.get('x-own') ?? ''} ${typeof init?.body === 'string' ? init.body : ''}`.trim(),
    );
    this.calls.push({
      method: init?.method ?? 'GET',
      credential: headers.get('authorization'),
      ...(proof === null ? {} : { proof: readProof(proof) }),
    });
    const answer = this.#answers[this.calls.length - 1] ?? this.#answers.at(-1);
    return answer ? answer() : new Response();
  };

  async session(changed: Partial<Credentials> = {}, store: CredentialStore = memoryStore()) {
    const own = { ...credentials, ...changed };
    await store.write(own);
    const clock = { monotonicMs: () => 0, nowMs: () => 0, random: () => 0, pause: async () => undefined };
    return createSession({ credentials: own, store, clock, fetch: this.fetch });
  }
}

function readProof(proof: string): Readonly<Record<string, unknown>> {
  const [header, claims] = proof
    .split('.', 2)
    .map((part): object => JSON.parse(Buffer.from(part, 'base64url').toString()));
  return { ...header, ...claims };
}

const fine = () => Response.json({ hello: 'world' });
const refused = () => new Response('no', { status: 401 });
const bearer = (access: string) => ({ method: 'GET', credential: `Bearer ${access}` });

/** An answer that tells whether it was given up unread. */
function givenUp(status: number, headers: Record<string, string> = {}) {
  let isGivenUp = false;
  const body = new ReadableStream({ cancel: () => void (isGivenUp = true) });
  return { answer: () => new Response(body, { status, headers }), isGivenUp: () => isGivenUp };
}

type Body = Exclude<RequestInit['body'], undefined>;

/** Bodies that can be sent once. */
const onceReadable: [string, () => Body][] = [
  ['a stream', () => new ReadableStream()],
  ['a stream of Node', () => Readable.from(['text'])],
  [
    'made part by part',
    async function* () {
      yield new Uint8Array(4);
    },
  ],
  [
    'made part by part, at once',
    function* () {
      yield new Uint8Array(4);
    },
  ],
];

test('a call goes out as it is, with the token', async () => {
  const world = new World([fine]);
  const session = await world.session();
  const init = { method: 'PUT', body: 'text', headers: { 'x-own': 'mine', authorization: 'none' } };
  expect(await (await session.fetch(api, init)).json()).toEqual({ hello: 'world' });
  expect(world.calls).toEqual([{ method: 'PUT', credential: 'Bearer access-0' }]);
  expect(world.given).toEqual(['mine text']);
  expect(world.refreshes).toBe(0);
});

test.each<[string, number | null, object[]]>([
  ['before it goes out', 0, []],
  ['after a 401', null, [bearer('access-0')]],
])(
  'a call waits for a refresh %s no longer than its signal says; the refresh goes on',
  async (_, expiresAtMs, calls) => {
    const stopping = new AbortController();
    let answer = (_response: Response): void => undefined;
    const late = new Promise<Response>((resolve) => (answer = resolve));
    const world = new World([refused], () => {
      stopping.abort(new Error('enough'));
      return late;
    });
    const session = await world.session({ expiresAtMs });
    await expect(session.fetch(api, { signal: stopping.signal })).rejects.toThrow('enough');
    await expect(session.fetch(api, { signal: AbortSignal.abort('before') })).rejects.toBe('before');
    answer(Response.json({ access: 'access-1', refresh: 'refresh-1' }));
    await session.refresh();
    expect(await session.accessToken()).toBe('access-1');
    expect(world.calls.slice(0, 1)).toEqual(calls);
  },
);

test('no token goes to another machine in the clear', async () => {
  const world = new World([fine]);
  const session = await world.session();
  await expect(session.fetch('http://api.example.com/')).rejects.toThrow(UnencryptedAddress);
  expect(world.calls).toEqual([]);
  expect((await session.fetch('http://localhost:3000/')).status).toBe(200);
});

describe('a call that is answered 401', () => {
  test('is sent once more with a new token, and its answer given up', async () => {
    const first = givenUp(401);
    const world = new World([first.answer, fine]);
    const answer = await (await world.session()).fetch(new URL(api), { body: 'text', method: 'POST' });
    expect(answer.status).toBe(200);
    expect(world.calls.map(({ credential }) => credential)).toEqual(['Bearer access-0', 'Bearer access-1']);
    expect(world.given).toEqual(['text', 'text']);
    expect(first.isGivenUp()).toBe(true);
  });

  test('is not sent a third time', async () => {
    const world = new World([refused]);
    expect((await (await world.session()).fetch(api)).status).toBe(401);
    expect([world.calls.length, world.refreshes]).toEqual([2, 1]);
  });

  test.each(onceReadable)('is not sent again where its body is %s', async (_, body) => {
    const world = new World([refused]);
    const session = await world.session();
    const answer = await session.fetch(api, { method: 'POST', body: body() });
    expect(await answer.text()).toBe('no');
    expect([world.calls.length, world.refreshes]).toEqual([1, 0]);
  });

  test.each<[string, Body]>([
    ['a form', new URLSearchParams({ a: '1' })],
    ['a form with parts', new FormData()],
    ['a file', new Blob(['text'])],
    ['bytes', new Uint8Array(4)],
  ])('is sent once more where its body is %s', async (_, body) => {
    const world = new World([refused, fine]);
    const session = await world.session();
    expect((await session.fetch(api, { method: 'POST', body })).status).toBe(200);
  });

  test.each<[string, (count: number) => Response]>([
    ['cannot be refreshed', () => new Response('', { status: 503 })],
    ['is the same as before', () => Response.json({ access: 'access-0', refresh: 'refresh-1' })],
  ])('is not sent again where the token %s', async (_, refresh) => {
    const world = new World([refused], refresh);
    expect(await (await (await world.session()).fetch(api)).text()).toBe('no');
    expect(world.calls).toHaveLength(1);
  });

  test('late is sent again with the token that came meanwhile, also where the store does not take that', async () => {
    let answerLate = (_answer: Response): void => undefined;
    const late = new Promise<Response>((resolve) => (answerLate = resolve));
    const world = new World([() => late, refused, fine]);
    const store = memoryStore();
    const session = await world.session({}, store);
    store.write = () => Promise.reject(new Error('full'));
    const first = session.fetch(api);
    expect((await session.fetch(api)).status).toBe(401);
    answerLate(refused());
    expect((await first).status).toBe(200);
    expect(world.calls).toEqual([bearer('access-0'), bearer('access-0'), bearer('access-1')]);
    expect(world.refreshes).toBe(1);
  });
});

describe('a call with a key', () => {
  const challenge = (nonce: string) => ({
    'www-authenticate': 'DPoP error="use_dpop_nonce"',
    'dpop-nonce': nonce,
  });
  let key: DpopKey;
  let bound: Partial<Credentials>;
  beforeEach(async () => {
    key = await DpopKey.generate();
    bound = { tokenType: 'DPoP', dpopKey: key.jwk };
  });

  test.each([
    [undefined, 'GET'],
    ['delete', 'DELETE'],
  ])('proves it for its method: %s', async (method, proved) => {
    const world = new World([fine]);
    await (await world.session(bound)).fetch(api, method === undefined ? {} : { method });
    expect(world.calls).toMatchObject([
      {
        credential: 'DPoP access-0',
        proof: { htm: proved, htu: 'https://api.example.com/things', ath: expect.any(String) },
      },
    ]);
  });

  test('is sent once more with the nonce that the API asks for, and its answer given up', async () => {
    const first = givenUp(401, challenge('a-nonce'));
    const world = new World([first.answer, fine]);
    const session = await world.session(bound);
    expect((await session.fetch(api, { method: 'POST', body: 'text' })).status).toBe(200);
    expect(world.calls.map(({ proof }) => proof?.['nonce'])).toEqual([undefined, 'a-nonce']);
    expect(world.given).toEqual(['text', 'text']);
    expect(first.isGivenUp()).toBe(true);
    expect(world.refreshes).toBe(0);
    await session.fetch(api);
    expect(world.calls[2]?.proof).toMatchObject({ nonce: 'a-nonce' });
  });

  test('is sent once more with that nonce also where another call at the same time noted it first', async () => {
    const asking = () => new Response('', { status: 401, headers: challenge('a-nonce') });
    const world = new World([asking, asking, fine]);
    const session = await world.session(bound);
    const answers = await Promise.all([session.fetch(api), session.fetch(api)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const nonces = [undefined, undefined, 'a-nonce', 'a-nonce'];
    expect(world.calls.map(({ proof }) => proof?.['nonce'])).toEqual(nonces);
    expect(world.refreshes).toBe(0);
  });

  test.each(onceReadable)('is not sent again for a nonce where its body is %s', async (_, body) => {
    const asking = () => new Response('no', { status: 401, headers: challenge('a-nonce') });
    const world = new World([asking]);
    const session = await world.session(bound);
    const answer = await session.fetch(api, { method: 'POST', body: body() });
    expect(await answer.text()).toBe('no');
    expect(world.calls).toHaveLength(1);
  });

  test.each([
    ['with one that is fine', 200, challenge('a-nonce')],
    ['with a refusal for another reason', 401, { 'dpop-nonce': 'a-nonce' }],
    ['with a refusal that names none', 401, { 'www-authenticate': 'DPoP error="use_dpop_nonce"' }],
  ])('is not sent again for a nonce that comes %s', async (_, status, headers) => {
    // Not for another token, either.
    const world = new World(
      [() => new Response('', { status, headers })],
      () => new Response('', { status: 503 }),
    );
    expect((await (await world.session(bound)).fetch(api)).status).toBe(status);
    expect(world.calls).toHaveLength(1);
  });

  test('without one has no proof', async () => {
    const asking = () => new Response('', { status: 401, headers: challenge('a-nonce') });
    const world = new World([asking], () => new Response('', { status: 503 }));
    await (await world.session()).fetch(api);
    expect(world.calls).toEqual([bearer('access-0')]);
  });

  test('keeps the nonce where another process got another token for the key, and takes the key of another login', async () => {
    const nonced = () => new Response('', { headers: { 'dpop-nonce': 'a-nonce' } });
    const world = new World([nonced]);
    const store = memoryStore();
    const session = await world.session(bound, store);
    await session.fetch(api);
    await store.write({ ...credentials, ...bound, accessToken: 'access-9' });
    await session.refresh();
    await session.fetch(api);
    const other = await DpopKey.generate();
    await store.write({ ...credentials, ...bound, dpopKey: other.jwk, accessToken: 'access-10' });
    await session.refresh();
    await session.fetch(api);
    expect(world.calls).toMatchObject([
      { credential: 'DPoP access-0' },
      { credential: 'DPoP access-9', proof: { nonce: 'a-nonce' } },
      { credential: 'DPoP access-10', proof: { jwk: { x: other.jwk.x } } },
    ]);
    expect(world.calls[2]?.proof?.['nonce']).toBeUndefined();
  });
});
