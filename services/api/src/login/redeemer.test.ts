import { type Grant, type IssuedLogin, type NewApiKey, writeIssuedLogin } from '@ravi/credentials';
import type { LoginId, PresentingClient, Redemption } from '@ravi/device-login';
import { deriveResultKey, sealResult } from '@ravi/sealing';
import type { Reply } from '../http/reply.ts';
import type { PresentedCode } from './presented-code.ts';
import { Redeemer, type RedeemerDeps } from './redeemer.ts';

const loginId = 'login' as LoginId;
const code: PresentedCode = {
  loginId,
  hash: 'hash',
  bytes: Buffer.alloc(24),
  expiresAtMs: 900_000,
  address: '192.0.2.1',
  askedAtMs: 0,
};
const grant = { id: 'grant', userId: 7, keyThumbprint: 'at issuance', clientName: 'agent' } as Grant;
const redisIsAway = new Error('Connection is closed.');
const approved = (approvedForMs: number) =>
  ({ kind: 'approved', approvedForMs, startedAtMs: 17, otherWaiter: null }) as const;

/** A login that is issued, as this request has it now. */
function issued(keys: readonly NewApiKey[] = [], of = grant): Redemption {
  const login: IssuedLogin = {
    grant: of,
    keys,
    accessExpiresAtMs: Date.now() + 60_000,
    answer: '{"access":"it"}',
  };
  const sealed = sealResult(writeIssuedLogin(login), loginId, deriveResultKey(code.bytes));
  return { kind: 'issued', sealed, approvedForMs: 60_000 };
}

/** A request, and what it is answered. */
class Request {
  isOver = false;
  isQueued = false;
  /** Whether its answer is written out. */
  isRead = true;
  answered: unknown = null;
  #over: (written: boolean) => void = () => undefined;
  readonly reply = this as unknown as Reply;

  onceOver(over: (written: boolean) => void): void {
    this.#over = over;
  }
  send(status: number, json: string, ...headers: readonly string[]): void {
    const again = headers.indexOf('Retry-After');
    const { error = 'none' } = JSON.parse(json) as { error?: string };
    this.answered = status === 200 ? json : again < 0 ? error : `${error}, again in ${headers[again + 1]} s`;
    this.#over(this.isRead);
  }
}

/** What Redis says of the login, what its grant finds, and what was done besides. */
let found: Redemption | Error;
let approval: 'stands' | 'withdrawn' | 'settled';
let creation: { stands: boolean; surplus: string | null };
let bound: string | null;
/** The place of the account that says whether what is written there still counts. */
let checkedIn: unknown;
/** How many notes to Redis fail. */
let failing: number;
let done: string[];
let redeemer: Redeemer;
beforeEach(() => {
  jest.useFakeTimers();
  [done, approval, failing, bound] = [[], 'stands', 0, '{"access":"bound"}'];
  [creation, checkedIn] = [{ stands: true, surplus: null }, null];
  const startMs = Date.now();
  const does = (what: string) => async () => void done.push(what);
  const noteOrFail = (what: string) => {
    done.push(`${what} after ${Date.now() - startMs} ms`);
    if (failing-- > 0) throw redisIsAway;
  };
  redeemer = new Redeemer({
    logins: {
      redeem: async () => {
        if (found instanceof Error) throw found;
        return found;
      },
      complete: async () => {
        noteOrFail('complete');
        return ['that', 'another'];
      },
      release: async () => {
        noteOrFail('release');
        return 'that';
      },
    },
    withdrawnApprovals: {
      forget: (id: string) => void done.push(`forget ${id}`),
      endIfWithdrawn: async (id: string) => {
        done.push(`look at ${id}`);
        return approval;
      },
    },
    queue: {
      addAgain: async (id: string, startedAtMs: number) => void done.push(`add ${id} of ${startedAtMs}`),
    },
    accountStore: { epochPlace: (...of: unknown[]) => of },
    grants: {
      add: async (...written: unknown[]) => {
        checkedIn = written[2];
        return creation;
      },
      replicated: does('wait for replicas'),
    },
    revocation: {
      endGrant: async ({ userId }: { userId: number }, id: string, why: string) =>
        void done.push(`end ${id} of ${userId}: ${why}`),
    },
    bind: async (_: IssuedLogin, key: string) => {
      done.push(`bind to ${key}`);
      return bound;
    },
    wake: async (instance: string) => void done.push(`wake ${instance}`),
    audit: { note: (event: object) => void done.push(Object.values(event).join(' ')) },
    onRedeemed: (ms: number) => void done.push(`redeemed after ${ms} ms`),
    onExpired: () => void done.push('expired'),
    clock: { nowMs: () => Date.now() },
    logger: { warn: (_: unknown, text: string) => void done.push(`log: ${text}`), info: () => undefined },
    pollIntervalSeconds: 5,
    tracing: null,
    instance: 'this',
  } as unknown as RedeemerDeps);
});
afterEach(() => {
  const left = jest.getTimerCount();
  jest.useRealTimers();
  if (left > 0) throw new Error(`Timers are left: ${left}.`);
});

const check = (redemption: Redemption) => {
  found = redemption;
  return redeemer.check(code, { kind: 'poll' }, 'lease');
};

/** A program polls; resolves once Redis knows what became of its answer. */
async function poll(redemption: Redemption | Error, how: Partial<Request> = {}, client?: PresentingClient) {
  const request = Object.assign(new Request(), how);
  found = redemption;
  await redeemer.poll({ ...code, ...(client && { client }) }, request.reply);
  const noted = redeemer.allNoted();
  await jest.advanceTimersByTimeAsync(60_000);
  await noted;
  return request.answered;
}

test('an approval is looked at after half a second without a result, and its job is added again after five', async () => {
  for (const ms of [500, 500.1, 5_000, 5_000.1]) {
    done.push(`${ms} ms`);
    expect(await check(approved(ms))).toEqual(approved(ms));
  }
  const [look, log] = ['look at login', 'log: approved but not issued; adding the job again'];
  const added = [look, log, 'add login of 17'];
  expect(done).toEqual(['500 ms', '500.1 ms', look, '5000 ms', look, '5000.1 ms', ...added]);
});

test('an approval that its account has ended is told as a denial, and gets no job', async () => {
  approval = 'withdrawn';
  expect(await check(approved(6_000))).toEqual({ kind: 'denied' });
  expect(done).toEqual(['look at login']);
});

test('a login that is issued is looked at no more, and one in another state is not', async () => {
  await check(issued());
  expect(done).toEqual(['forget login']);
  for (const kind of ['denied', 'redeemed', 'unknown'] as const) await check({ kind });
  expect(done).toHaveLength(1);
});

test.each([
  [{ kind: 'denied' }, 'access_denied'],
  [{ kind: 'aborted' }, 'invalid_grant'],
  [{ kind: 'expired' }, 'expired_token'],
  [{ kind: 'slowDown', intervalSeconds: 10 }, 'slow_down'],
  [{ kind: 'otherResource' }, 'invalid_target'],
  [{ kind: 'unknown' }, 'invalid_grant'],
  [{ kind: 'redeemed' }, 'invalid_grant'],
  [{ kind: 'pending', otherWaiter: null }, 'authorization_pending'],
  [approved(1), 'authorization_pending'],
] as const)('a poll of a login that is %j is told %s', async (redemption, error) => {
  expect(await poll(redemption)).toBe(error);
  expect(done).toEqual(error === 'expired_token' ? ['expired'] : []);
});

test('a poll that fails gives back the result, which Redis may give to it too late, and whoever waits is woken', async () => {
  await expect(poll(redisIsAway)).rejects.toBe(redisIsAway);
  await redeemer.allNoted();
  expect(done).toEqual(['release after 0 ms', 'wake that']);
});

test('a request that wanted to be held is told when to ask again', async () => {
  const request = new Request();
  found = approved(1);
  await redeemer.poll(code, request.reply, { earlySeconds: 3 });
  expect(request.answered).toBe('authorization_pending, again in 3 s');
});

test('credentials count as handed over once they are written out: each is noted in the audit log, and whoever waits is woken', async () => {
  const key = { hash: 'h', record: { kind: 'management', prefix: 'ravi_', expiresAtMs: null } } as NewApiKey;
  expect(await poll(issued([key]))).toBe('{"access":"it"}');
  expect(done.slice(2)).toEqual([
    'redeemed after 60000 ms',
    'redeemed login grant 7 agent 192.0.2.1',
    expect.stringMatching(/^key_created \S+ management 7 grant 192\.0\.2\.1$/),
    'complete after 0 ms',
    'wake that',
    'wake another',
  ]);
});

test('the audit log tells for which identity a key of a login is', async () => {
  const keyOf = (kind: string) =>
    ({ hash: kind, record: { kind, prefix: 'ravi_', expiresAtMs: null } }) as NewApiKey;
  await poll(issued([keyOf('management'), keyOf('identity')], { ...grant, identityUuid: 'its-identity' }));
  expect(done.filter((what) => what.startsWith('key_created'))).toEqual([
    expect.stringMatching(/ management 7 grant 192\.0\.2\.1$/),
    expect.stringMatching(/ identity 7 grant its-identity 192\.0\.2\.1$/),
  ]);
});

test.each([
  ['before its approval', 60_001, 60_000],
  ['after it, as by polling', 250, 250],
  ['just now, by a clock that was set back', -5_000, 0],
])('a program that asked %s counts as waiting since the later of both', async (_, agoMs, waitedMs) => {
  found = issued();
  await redeemer.poll({ ...code, askedAtMs: Date.now() - agoMs }, new Request().reply);
  await redeemer.allNoted();
  expect(done).toContain(`redeemed after ${waitedMs} ms`);
});

test('while Redis is away it is told later that they were written out: after 0.1, 0.6 and 2.6 s, and then no more', async () => {
  failing = 2;
  await poll(issued());
  const completions = () => done.filter((what) => /^(?:complete|log)/.test(what));
  expect(completions()).toEqual(['complete after 0 ms', 'complete after 100 ms', 'complete after 600 ms']);
  [failing, done] = [4, []];
  await poll(issued());
  expect(completions()).toEqual([
    ...[0, 100, 600, 2_600].map((ms) => `complete after ${60_000 + ms} ms`),
    'log: redeemed, but Redis could not be told; the code stays usable',
  ]);
});

test('a process that stops waits until Redis knows of every answer that was written', async () => {
  [found, failing] = [issued(), 1];
  await redeemer.poll(code, new Request().reply);
  let isNoted = false;
  const noted = redeemer.allNoted().then(() => (isNoted = true));
  await jest.advanceTimersByTimeAsync(99);
  expect(isNoted).toBe(false);
  await jest.advanceTimersByTimeAsync(1);
  expect(await noted).toBe(true);
});

test.each<[string, Partial<Request>, unknown]>([
  ['has left before', { isOver: true }, null],
  ['leaves while it is written', { isRead: false }, '{"access":"it"}'],
  ['is pipelined behind another request', { isQueued: true }, 'authorization_pending, again in 1 s'],
])(
  'the credentials of a program that %s are there for the next request, and whoever waits is woken',
  async (_, how, answer) => {
    expect(await poll(issued(), how)).toBe(answer);
    expect(done.slice(2)).toEqual(['release after 0 ms', 'wake that']);
  },
);

test('a login whose account has ended it since is over: nothing is handed over, and what an earlier try wrote ends', async () => {
  creation = { stands: false, surplus: 'oldest' };
  expect(await poll(issued())).toBe('access_denied');
  expect(done.slice(1)).toEqual([
    'end grant of 7: revoked',
    'complete after 0 ms',
    'wake that',
    'wake another',
  ]);
});

test('where an account has one login too many, its oldest one ends, and this one is handed over', async () => {
  creation = { stands: true, surplus: 'oldest' };
  expect(await poll(issued())).toBe('{"access":"it"}');
  expect(done.slice(1, 3)).toEqual(['end oldest of 7: too_many_logins', 'wait for replicas']);
});

test('tokens are bound anew to a key that was proven after they were issued; where that is too late, the code is worth nothing', async () => {
  const client = (keyThumbprint: string) => ({ id: 'client', keyThumbprint });
  expect(await poll(issued(), {}, client('another'))).toBe('{"access":"bound"}');
  expect(done).toContain('bind to another');
  done = [];
  for (const same of ['at issuance', ''])
    expect(await poll(issued(), {}, client(same))).toBe('{"access":"it","expires_in":60}');
  expect(done.join()).not.toContain('bind');
  [bound, done] = [null, []];
  expect(await poll(issued(), {}, client('another'))).toBe('invalid_grant');
  expect(done.slice(-2)).toEqual([expect.stringMatching(/^release/), 'wake that']);
});

test('a result that does not open is given back, and the request fails', async () => {
  const altered: Redemption = { kind: 'issued', sealed: '1.AAAA', approvedForMs: 1 };
  await expect(poll(altered)).rejects.toThrow(/authenticat|Invalid/);
  expect(done.slice(1)).toEqual(['release after 0 ms', 'wake that']);
  // A newer release seals otherwise: its apis hand this one over.
  expect(await poll({ ...altered, sealed: '2.AAAA' })).toBe('authorization_pending, again in 5 s');
  expect(done).toContain('log: left for a newer release');
});

test('credentials are written where the account is in the epoch of the approval and has the identity that was chosen', async () => {
  const approvedFor = { ...grant, accountEpoch: '5', identityUuid: 'its-identity' };
  expect(await poll(issued([], approvedFor))).toBe('{"access":"it"}');
  expect(checkedIn).toEqual([7, '5', 'its-identity']);
});
