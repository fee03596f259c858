import type { AccountWithIdentities } from '@ravi/accounts';
import { defaultLifetimes, readIssuedLogin } from '@ravi/credentials';
import { generateSigningKey, readSigningKeys } from '@ravi/credentials/signing';
import type { ApprovedLogin, LoginId, Settlement } from '@ravi/device-login';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { deriveResultKey, openResult, wrapResultKey } from '@ravi/sealing';
import { issue, type IssueDeps } from './issue-login.ts';

const loginId = 'login' as LoginId;
const nowMs = 1_800_000_000_000;
const serviceKeys = deriveServiceKeys(new Secret('a secret of a test that is long enough'));
const resultKey = deriveResultKey(Buffer.alloc(24, 7));
const deviceCodeHash = Buffer.alloc(32, 7).toString('base64url');
const [signingKey] = readSigningKeys([generateSigningKey()]);
const identity = (uuid: string) => ({
  uuid,
  name: uuid,
  email: `${uuid}@a.test`,
  phone: '',
  createdAt: '',
  updatedAt: '',
});
const owner = (id: number, ...uuids: readonly string[]) =>
  ({
    account: { id, email: `${id}@example.com`, firstName: 'A', lastName: 'B' },
    identities: uuids.map(identity),
  }) as unknown as AccountWithIdentities;
const approved: ApprovedLogin = {
  state: 'approved',
  userId: 7,
  identityUuid: '',
  wrappedKey: wrapResultKey(resultKey, loginId, deviceCodeHash, serviceKeys.current),
  deviceCodeHash,
  clientName: 'agent',
  address: '192.0.2.1',
  userAgent: 'jest',
  protocol: 'ravi',
  clientId: '',
  requestedScope: '',
  resource: '',
  keyThumbprint: '',
  keyScope: 'account',
  keyTtlSeconds: null,
  language: '',
  approvedAtMs: nowMs - 5,
  accountEpoch: '3',
  waiter: 'that',
};

/** What is found, and what was done. */
let login: ApprovedLogin | null;
let owners: ReadonlyMap<number, AccountWithIdentities>;
let settlement: Settlement;
let done: string[];
let sealed: string;
beforeEach(() => {
  [login, done, sealed] = [approved, [], ''];
  owners = new Map([
    [7, owner(7, 'one')],
    [8, owner(8, 'theirs')],
  ]);
  settlement = { kind: 'issued', waiter: 'that', again: false };
});

const run = (userId?: number) =>
  issue(
    {
      logins: {
        readForIssuance: async () => login,
        settle: async (_: LoginId, result: string, channel: string) => {
          sealed = result;
          done.push(`settle by ${channel}`);
          return settlement;
        },
        abort: async () => {
          done.push('abort');
          return settlement.kind === 'refused'
            ? settlement
            : { kind: 'aborted', waiters: ['that', 'a page'] };
        },
      },
      owners: {
        read: async (id: number) => {
          done.push(`read ${id}`);
          return owners.get(id) ?? null;
        },
      },
      signingKey: () => signingKey,
      serviceKeys,
      issuer: 'https://login.example.com',
      lifetimes: { ...defaultLifetimes, apiKeyDefaultSeconds: null, apiKeyMaxSeconds: null },
      clock: { nowMs: () => nowMs },
      audit: {
        note: ({ event, user, reason = '' }: { event: string; user: number; reason?: string }) =>
          void done.push(`${event} ${user} ${reason}`.trim()),
      },
      wakeupChannel: 'wake:%s',
    } as unknown as IssueDeps,
    loginId,
    userId,
  );

/** What the program gets, and what is written when it does. */
async function issued(changes: Partial<ApprovedLogin> = {}) {
  login = { ...approved, ...changes };
  await run();
  const { grant, keys, answer } = readIssuedLogin(openResult(sealed, loginId, resultKey));
  return { grant, keys, answer: JSON.parse(answer) as Record<string, unknown> };
}

test('an approved login is sealed to its program alone, settled and noted once; the account that its job names is read beside it', async () => {
  expect(await run(7)).toEqual({ kind: 'issued', waiters: ['that'], login: approved });
  expect(done).toEqual(['read 7', 'settle by wake:%s', 'issued 7']);
  [done, settlement] = [[], { kind: 'issued', waiter: null, again: true }];
  expect(await run(7)).toEqual({ kind: 'issuedBefore', waiters: [], login: approved });
  expect(done).toEqual(['read 7', 'settle by wake:%s']);
});

test('credentials are of whoever approved, also where the job names somebody else, or nobody', async () => {
  for (const userId of [undefined, 8]) {
    await run(userId);
    const { grant, answer } = readIssuedLogin(openResult(sealed, loginId, resultKey));
    const named = { id: 7, email: '7@example.com', first_name: 'A', last_name: 'B' };
    expect([grant.userId, JSON.parse(answer).user]).toEqual([7, named]);
  }
});

test('the record of a login names the program that asked, its software, and from where it asked, each in its place', async () => {
  const asked = { clientName: 'agent', userAgent: 'ravi/1.4', address: '192.0.2.7' };
  for (const protocol of ['ravi', 'oauth'] as const)
    expect((await issued({ protocol, ...asked })).grant).toMatchObject(asked);
});

test('what was approved before everything of its account ended has ended with it, though it is issued later', async () => {
  const { account, identities } = owner(7, 'one');
  owners = new Map([[7, { account: { ...account, epoch: '4' }, identities }]]);
  for (const protocol of ['ravi', 'oauth'] as const)
    expect((await issued({ protocol, accountEpoch: '3' })).grant.accountEpoch).toBe('3');
});

test('a login is kept for as long as the refresh token that its program gets is good', async () => {
  const endOf = (token: unknown) => {
    const claims = Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString();
    return Number(JSON.parse(claims).exp) * 1000;
  };
  const json = await issued();
  expect(json.grant.refreshExpiresAtMs).toBe(endOf(json.answer['refresh']));
  const oauth = await issued({ protocol: 'oauth' });
  expect(oauth.grant.refreshExpiresAtMs).toBe(endOf(oauth.answer['refresh_token']));
  expect(oauth.grant.refreshExpiresAtMs).toBe(nowMs + defaultLifetimes.refreshTokenIdleSeconds * 1000);
});

test('what is not approved any more, or was issued before, gets nothing new; whoever waits is woken', async () => {
  for (const gone of [null, { ...approved, state: 'other' } as const]) {
    login = gone;
    expect(await run()).toEqual({ kind: 'gone', waiters: [] });
  }
  login = { ...approved, state: 'issued' };
  expect(await run()).toEqual({ kind: 'issuedBefore', waiters: ['that'], login });
  expect(done).toEqual([]);
  [login, settlement] = [approved, { kind: 'refused' }];
  expect(await run()).toEqual({ kind: 'gone', waiters: [] });
  expect(done).toEqual(['read 7', 'settle by wake:%s']);
});

test('a login whose account is gone, or whose key no SECRET opens, ends, and its program is told at once', async () => {
  owners = new Map();
  expect(await run()).toEqual({ kind: 'aborted', waiters: ['that', 'a page'], reason: 'account_gone' });
  owners = new Map([[7, owner(7)]]);
  login = { ...approved, wrappedKey: 'x' };
  expect(await run()).toEqual({ kind: 'aborted', waiters: ['that', 'a page'], reason: 'secret_differs' });
  expect(done.filter((what) => !what.startsWith('read'))).toEqual([
    'abort',
    'aborted 7 account_gone',
    'abort',
    'aborted 7 secret_differs',
  ]);
  [settlement, done] = [{ kind: 'refused' }, []];
  expect(await run()).toEqual({ kind: 'gone', waiters: [] });
  expect(done).toEqual(['read 7', 'abort']);
});

test('the program gets a key for the account and one for the identity that was chosen, or the only one there is', async () => {
  const kindsOf = ({ keys }: Awaited<ReturnType<typeof issued>>) => keys.map(({ record }) => record.kind);
  const only = await issued();
  expect([kindsOf(only), only.grant.identityUuid]).toEqual([['management', 'identity'], 'one']);
  expect(only.answer).toMatchObject({
    identity: { uuid: 'one' },
    management_key: expect.stringMatching(/^ravi_mgmt_/),
  });
  expect(only.grant.keyIds).toEqual(only.keys.map(({ record }) => record.id));
  owners = new Map([[7, owner(7, 'one', 'two')]]);
  const chosen = await issued({ identityUuid: 'two' });
  expect([kindsOf(chosen), chosen.grant.identityUuid]).toEqual([['management', 'identity'], 'two']);
  const none = await issued();
  expect([kindsOf(none), none.grant.identityUuid]).toEqual([['management'], '']);
  expect(none.answer['identities']).toHaveLength(2);
  // Another one does not take the place of one that is gone: what is for that one does not stand.
  owners = new Map([[7, owner(7, 'one')]]);
  const gone = await issued({ identityUuid: 'two', keyScope: 'identity' });
  expect([kindsOf(gone), gone.grant.identityUuid, gone.answer['management_key']]).toEqual([[], 'two', '']);
});

test('an approval for one identity, by the person or by what the client asked for, gives no key to the account', async () => {
  for (const narrow of [{ keyScope: 'identity' }, { requestedScope: 'identity' }] as const) {
    const { grant, keys, answer } = await issued(narrow);
    expect([grant.scope, keys.map(({ record }) => record.kind), answer['management_key']]).toEqual([
      'identity',
      ['identity'],
      '',
    ]);
  }
});

test('keys end with their grant when the person said so, from now on by whichever clock is ahead', async () => {
  const endless = await issued();
  expect([endless.grant.expiresAtMs, ...endless.keys.map(({ record }) => record.expiresAtMs)]).toEqual([
    null,
    null,
    null,
  ]);
  const hour = await issued({ keyTtlSeconds: 3600 });
  expect([hour.grant.createdAtMs, hour.grant.expiresAtMs]).toEqual([nowMs, nowMs + 3_600_000]);
  expect(hour.keys.map(({ record }) => record.expiresAtMs)).toEqual([nowMs + 3_600_000, nowMs + 3_600_000]);
  expect((await issued({ approvedAtMs: nowMs + 9_000 })).grant.createdAtMs).toBe(nowMs + 9_000);
});

test('a client of the OAuth API gets tokens alone, of the kind that its key asks for', async () => {
  const oauth = { protocol: 'oauth', clientId: 'client', requestedScope: 'account notes:read' } as const;
  const bearer = await issued(oauth);
  expect([bearer.keys, bearer.grant.keyIds, bearer.grant.clientId]).toEqual([[], [], 'client']);
  expect(bearer.answer).toMatchObject({ token_type: 'Bearer', scope: 'account notes:read' });
  expect((await issued({ ...oauth, keyThumbprint: 'key' })).answer['token_type']).toBe('DPoP');
  expect((await issued()).grant.clientId).toBe('ravi-device');
});
