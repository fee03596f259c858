import type { PageRequest, StoredApiKey, StoredGrant } from '@ravi/credentials';
import type { Context } from 'koa';
import { servedAlone } from '../../../../../test/support/served-alone.ts';
import { Problem } from '../../http/problem.ts';
import type { SignedIn } from '../../people/browser-sessions.ts';
import { registeredClients, OAuthClients } from '../../tokens/clients.ts';
import { endProgram, type ProgramsPagesDeps, showPrograms } from './programs.ts';

const nowMs = Date.parse('2026-06-01T12:00:00Z');
const minuteMs = 60_000;

function grant(changes: Partial<StoredGrant> = {}): StoredGrant {
  return {
    id: 'one',
    userId: 7,
    clientId: 'ravi-device',
    clientName: 'Moon agent',
    address: '192.0.2.1',
    createdAtMs: nowMs - 10 * minuteMs,
    lastUsedAtMs: null,
    refreshedAtMs: null,
    refreshExpiresAtMs: nowMs,
    identityUuid: '',
    scope: 'account',
    state: 'active',
    keyIds: [],
    expiresAtMs: null,
    ...changes,
  } as StoredGrant;
}

const key = (id: string, changes: Partial<StoredApiKey> = {}) =>
  ({
    id,
    prefix: `ravi_${id}`,
    label: 'Moon agent',
    kind: 'management',
    lastUsedAtMs: null,
    expiresAtMs: null,
    ...changes,
  }) as StoredApiKey;

/** The account's programs, its keys, who is signed in, what was done, and what was read, in order. */
let grants: StoredGrant[];
let keys: StoredApiKey[];
let signedIn: SignedIn | null;
let done: unknown[];
let read: string[];
/** What the log has beside its words. */
let logged: unknown[];
/** As whose, in which epoch, and with which identities it was looked for. */
let views: unknown[];
beforeEach(() => {
  [grants, keys, done, read, views] = [[grant()], [], [], [], []];
  logged = [];
  signedIn = { account: { id: 7, email: 'ada@example.com', epoch: '1' } } as SignedIn;
});

const oauthClients = new OAuthClients(
  registeredClients.parse([{ client_id: 'notes', client_name: 'Notes of Nord' }]),
);

function deps(changes: object = {}): ProgramsPagesDeps {
  return {
    sessions: {
      read: async () => signedIn,
      csrfTokenFor: () => 'a token',
      requireSameOrigin: () => void done.push('same origin'),
      requireCsrfToken: (_ctx: Context, _signedIn: SignedIn, token: string) => void done.push(token),
      idOf: () => 'a session',
    },
    accountStore: {
      read: async () => ({ account: signedIn?.account, identities: [{ uuid: 'i1', name: 'Vega' }] }),
    },
    grants: {
      page: async (view: object, { offset, count }: PageRequest) => {
        views.push(view);
        read.push(`${count} from ${offset}`);
        return { entries: grants.slice(offset, offset + count), total: grants.length };
      },
      find: async (id: string) => {
        read.push(id);
        return grants.find((each) => each.id === id) ?? null;
      },
    },
    apiKeys: {
      made: async (view: object) => {
        views.push(view);
        return keys.filter(({ grantId }) => grantId !== undefined);
      },
      findAlive: async (view: object, id: string) => {
        views.push(view);
        return keys.find((each) => each.id === id) ?? null;
      },
    },
    revocation: {
      endGrant: async (by: object, id: string, reason: string) => {
        done.push([by, id, reason]);
        return id === 'one';
      },
      endAll: async (by: object) => void done.push([by, 'all']),
    },
    limits: {
      admitActivityLook: async (id: number) => void done.push(`look ${id}`),
      admitWrite: async (writer: object) => void done.push(writer),
    },
    lifetimes: { programsEndUnused: false, programIdleMs: 3 * 86_400_000 },
    clock: { nowMs: () => nowMs },
    logger: {
      warn: (about: object, words: string) => {
        done.push(words);
        logged.push(about);
      },
    },
    passwordAccounts: { hasPassword: async () => true },
    embeddedAccounts: true,
    oauthClients,
    ...changes,
  } as unknown as ProgramsPagesDeps;
}

const show = (query = '', changes = {}) =>
  servedAlone(showPrograms(deps(changes)), { url: `/account/programs${query}` });
const namesIn = (page: string) => Array.from(page.matchAll(/<h2><bdi>([^<]*)/gu), ([, name]) => name);

test.each([
  ['a part of a name, whatever its case', 'OON+ag', ['Moon agent']],
  ['blanks around it', '++moon++', ['Moon agent']],
  ['letters of another width', 'ｍｏｏｎ', ['Moon agent']],
  ['a name with characters that nobody sees, as it is shown', 'sun+agent', ['Sun agent']],
  ['a name with an invisible character, as it was copied', 'su\u200Bn', ['Sun agent']],
  ['the name that the operator gave', 'nord', ['Notes of Nord']],
  ['what a registered program calls itself', 'liar', []],
  ['what no name has', 'mars', []],
])('programs are found by %s', async (_, typed, found) => {
  grants = [
    grant(),
    grant({ id: 'two', clientName: 'S\u00ADun\u200B \u00A0 agent' }),
    grant({ id: 'three', clientId: 'notes', clientName: 'Liar' }),
  ];
  expect(namesIn((await show(`?name=${typed}`)).page)).toEqual(found);
  expect(done).toEqual(['look 7']);
});

test('the programs and keys of the account itself are shown, and of each identity that it has', async () => {
  [grants, keys] = [[grant({ keyIds: ['k'] })], [key('k')]];
  await show();
  await show('?name=moon');
  const view = { id: 7, epoch: '1', identityUuids: new Set(['i1']) };
  expect(views).toEqual(Array.from({ length: 6 }, () => view));
});

test('a search looks through all programs, in parts, and only a search is counted', async () => {
  grants = Array.from({ length: 1_000 }, (_, at) => grant({ id: `g${at}`, clientName: `agent ${at}` }));
  expect(namesIn((await show('?name=agent+999')).page)).toEqual(['agent 999']);
  expect([done, read]).toEqual([['look 7'], ['500 from 0', '500 from 500']]);
  for (const all of ['', '?name=', '?name=+%00', '?name=a&name=b']) {
    read = [];
    expect(namesIn((await show(all)).page)).toHaveLength(50);
    expect([done, read]).toEqual([['look 7'], ['50 from 0']]);
  }
  // What is found has pages as well.
  expect(namesIn((await show('?name=agent')).page)).toHaveLength(50);
});

test('a search among very many programs counts as several, and ends at the maximum of those', async () => {
  grants = Array.from({ length: 10_001 }, (_, at) => grant({ id: `g${at}`, clientName: `agent ${at}` }));
  expect(namesIn((await show('?name=agent+10000')).page)).toEqual(['agent 10000']);
  expect(done).toEqual(['look 7', 'look 7']);
  expect((await show('?name=agent&page=201')).words).toContain('Page 201 of 201');

  [done, read] = [[], []];
  const admitActivityLook = async () => {
    if (done.push('look') > 1) throw new Error('too many');
  };
  await expect(show('?name=agent', { limits: { admitActivityLook } })).rejects.toThrow('too many');
  expect(read).toHaveLength(20);
});

test('whoever ended a program within a search that cannot be repeated just now is told so, on the first page', async () => {
  const admitActivityLook = async () => {
    throw new Problem('rate_limited', 'Too many looks.', { retryAfterSeconds: 1 });
  };
  const limited = { limits: { admitActivityLook } };
  const ended = 'done=ended&program=g7';
  expect(await show(`?page=2&name=agent&${ended}`, limited)).toMatchObject({
    status: 303,
    location: `/account/programs?page=1&${ended}`,
  });
  await expect(show('?name=agent', limited)).rejects.toThrow('Too many looks.');
  const away = new Problem('unavailable', 'Redis is away.', { retryAfterSeconds: 1 });
  const refused = { limits: { admitActivityLook: () => Promise.reject(away) } };
  await expect(show(`?name=agent&${ended}`, refused)).rejects.toBe(away);
});

test('a page that is none is the first one, and one behind the last leads there, with the search', async () => {
  grants = Array.from({ length: 101 }, (_, at) => grant({ id: `g${at}`, clientName: `agent ${at}` }));
  for (const page of ['0', '-1', 'x', '', 'NaN', '2&page=3'])
    expect((await show(`?page=${page}`)).words).toContain('Page 1 of 3');
  expect(namesIn((await show('?page=3')).page)).toEqual(['agent 100']);
  expect((await show('?page=2.9')).words).toContain('Page 2 of 3');
  for (const page of ['4', '1e9', 'Infinity'])
    expect(await show(`?page=${page}`)).toMatchObject({ status: 303, location: '/account/programs?page=3' });
  expect((await show('?page=9&name=agent+99')).location).toBe('/account/programs?page=1&name=agent+99');
  expect((await show('?page=9&done=ended&program=g7&x=1')).location).toBe(
    '/account/programs?page=3&done=ended&program=g7',
  );
  expect((await show('?page=9&done=x&program=g7')).location).toBe('/account/programs?page=3');
  grants = [];
  expect((await show('?page=2')).location).toBe('/account/programs?page=1');
  expect((await show()).words).toContain('No program can act for you at the moment.');
});

test('without a session, or once the account is gone, the page leads to the sign-in', async () => {
  const gone = { accountStore: { read: async () => null } };
  expect((await show('', gone)).location).toBe('/signin?next=programs');
  signedIn = null;
  expect((await show()).location).toBe('/signin?next=programs');
  const sent = await servedAlone(endProgram(deps()), { body: { end: 'all' } });
  expect([sent.location, done]).toEqual(['/signin?next=programs', ['same origin']]);
});

test.each<[string, Partial<StoredGrant>, StoredApiKey[], boolean, string]>([
  ['never used', {}, [], false, 'Last used not used yet'],
  ['used by a call', { lastUsedAtMs: nowMs - 2 * minuteMs }, [], false, 'Last used 2 minutes ago'],
  ['used by a renewal', { refreshedAtMs: nowMs - 3 * minuteMs }, [], false, 'Last used 3 minutes ago'],
  [
    'used by one of its keys',
    { keyIds: ['k1'], lastUsedAtMs: nowMs - 9 * minuteMs },
    [key('k1', { lastUsedAtMs: nowMs - 4 * minuteMs })],
    false,
    'Last used 4 minutes ago',
  ],
  ['without an end', {}, [], false, 'Ends when you end it'],
  ['that ends unused', {}, [], true, 'Ends in 3 days unless it is used before then'],
  ['that was used lately', { lastUsedAtMs: nowMs - minuteMs }, [], true, 'Ends in 3 days unless'],
  ['with an end', { expiresAtMs: nowMs + 60 * minuteMs }, [], true, 'Ends in 60 minutes'],
  ['whose end is over', { expiresAtMs: nowMs - 1 }, [], false, 'Ends now'],
  ['with tokens', { refreshExpiresAtMs: nowMs + 1 }, [], false, 'Holds tokens that renew themselves'],
  [
    'with a key and one that it made',
    { keyIds: ['k1', 'gone'] },
    [
      key('k1', { expiresAtMs: nowMs + 60 * minuteMs }),
      key('k2', { grantId: 'one', kind: 'identity', label: 'deploy\u202E', lastUsedAtMs: nowMs - minuteMs }),
      key('k3', { grantId: 'another' }),
    ],
    false,
    'Holds ravi_k1… key of the account, not used yet, ends in 60 minutes ravi_k2… deploy, key of an identity, 60 seconds ago End',
  ],
  ['for the account', {}, [], false, 'May act as your whole account'],
  ['for one identity', { scope: 'identity', identityUuid: 'i1' }, [], false, 'May act as Vega'],
  ['logged in', {}, [], false, 'Logged in 10 minutes ago From 192.0.2.1'],
  ['from a clock ahead of ours', { createdAtMs: nowMs + minuteMs }, [], false, 'Logged in now'],
  ['without a name', { clientName: '\u200B' }, [], false, 'A program without a name not verified'],
])('a program %s says so', async (_, changes, its, programsEndUnused, words) => {
  [grants, keys] = [[grant(changes)], its];
  const lifetimes = { programsEndUnused, programIdleMs: 3 * 86_400_000 };
  expect((await show('', { lifetimes })).words.replaceAll(' ,', ',')).toContain(words);
});

test('a program without tokens and keys holds nothing; an identity that is gone is not named', async () => {
  grants = [grant({ scope: 'identity', identityUuid: 'gone' })];
  expect((await show()).words).not.toMatch(/Holds|May act as/u);
});

test('what was ended is named where it was this person’s and has ended; a password is spoken of where there is one', async () => {
  grants = [
    grant({ id: 'ended', state: 'ended' }),
    grant({ id: 'registered', state: 'ended', clientId: 'notes', clientName: 'Liar' }),
    grant({ id: 'alive', clientName: 'Star agent' }),
    grant({ id: 'theirs', state: 'ended', userId: 8 }),
  ];
  const named = async (query: string) =>
    /role="status">\s*(?:<p>\s*<strong><bdi>([^<]*))?/u.exec((await show(query)).page)?.[1];
  expect(await named('?done=ended&program=ended')).toBe('Moon agent');
  expect(await named('?done=notMe&program=registered')).toBe('Notes of Nord');
  for (const program of ['alive', 'theirs', 'none', '', 'a b', 'ended&program=ended', 'x'.repeat(65)])
    expect([program, await named(`?done=ended&program=${program}`)]).toEqual([program, undefined]);
  // An id of another form is not even looked for.
  expect(read).not.toContain('a b');
  expect(read).not.toContain('x'.repeat(65));
  for (const query of ['', '?program=ended', '?done=x&program=ended'])
    expect((await show(query)).page).not.toContain('role="status"');

  const leadsToPassword = async (query: string, changes = {}) =>
    (await show(query, changes)).page.includes('href="/account/password"');
  expect(await leadsToPassword('?done=notMe')).toBe(true);
  expect(await leadsToPassword('?done=ended')).toBe(false);
  expect(await leadsToPassword('?done=notMe', { embeddedAccounts: false })).toBe(false);
  const passwordAccounts = { hasPassword: async () => false };
  expect(await leadsToPassword('?done=notMe', { passwordAccounts })).toBe(false);
});

const by = { userId: 7, address: '192.0.2.9' };
test.each([
  [{ page: '3', name: '' }, '?page=3&done=ended&program=one'],
  [{ page: '1', name: ' a & b ' }, '?page=1&name=a+%26+b&done=ended&program=one'],
  [{ page: '2', name: 'x'.repeat(255) }, '?page=2&done=ended&program=one'],
  [{ page: 'x', name: 'moon' }, '?done=ended&program=one'],
])('whoever ended a program at %j comes back there', async (place, query) => {
  const answer = await servedAlone(endProgram(deps()), { body: { end: 'program.one', ...place } });
  expect(answer.location).toBe(`/account/programs${query}`);
});

test.each<[string, string, unknown[]]>([
  ['program.one', '?done=ended&program=one', [[by, 'one', 'revoked'], 'program ended by its person']],
  ['notMe.one', '?done=notMe&program=one', [[by, 'one', 'not_me'], 'program ended by its person']],
  ['all', '?done=endedAll', [[by, 'all'], 'all programs ended by their person']],
  ['program.none', '', [[by, 'none', 'revoked']]],
  ['notMe', '', [[by, '', 'not_me']]],
  ['one', '', []],
  ['', '', []],
  ['constructor.one', '', []],
  ['program.'.padEnd(65, 'x'), '', []],
])('a form that ends %j leads to the programs and ends that alone', async (end, query, ended) => {
  const answer = await servedAlone(endProgram(deps()), { body: { end, csrf_token: 'its token' } });
  expect([answer.status, answer.location]).toEqual([303, `/account/programs${query}`]);
  expect(done).toEqual([
    'same origin',
    'its token',
    { kind: 'person', userId: 7, credential: 'a session' },
    ...ended,
  ]);
});

test('the log has which program was ended, by whom and why', async () => {
  for (const end of ['program.one', 'notMe.one', 'all'])
    await servedAlone(endProgram(deps()), { body: { end } });
  const about = { userId: 7, requestId: 'a request' };
  expect(logged).toEqual([
    { ...about, grantId: 'one', reason: 'revoked' },
    { ...about, grantId: 'one', reason: 'not_me' },
    about,
  ]);
});
