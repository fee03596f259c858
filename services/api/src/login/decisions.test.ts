import type { Account } from '@ravi/accounts';
import {
  type ApprovalDecision,
  type Decision,
  formatUserCode,
  generateUserCode,
  loginIdOf,
  type LoginSummary,
  type PastDecision,
  type PastDecisions,
  verificationOf,
} from '@ravi/device-login';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import type { ApprovalRequest } from './approval-request.ts';
import { Decisions, type DecisionsDeps } from './decisions.ts';
import type { NumberMatchingPolicy } from './number-matching-policy.ts';

const keys = deriveServiceKeys(new Secret('a secret of a test that is long enough'));
const code = generateUserCode();
const loginId = loginIdOf(code, keys.current);
const typed = formatUserCode(code);
const account = { id: 7, epoch: '5' } as Account;
const approver = { account, address: '192.0.2.1', requestId: 'r', language: 'de' };
const whole: ApprovalRequest = {
  identity: { kind: 'none' },
  keys: { scope: 'account', ttlSeconds: null },
  number: '',
};

/** What was done, in order; and what the next steps find. */
let done: string[];
let summary: LoginSummary | null;
let approvals: ApprovalDecision[];
let denial: Decision;
let identities: { readonly uuid: string }[];
let created: string;
let failing: string;
/** For how many seconds the approvals are, or null. */
let lifetimes: (number | null)[];
beforeEach(() => {
  [done, identities, created, failing, lifetimes] = [[], [], 'written', '', []];
  summary = {
    state: 'pending',
    clientName: 'Moon agent',
    address: '192.0.2.1',
    startedAtMs: 3,
  } as LoginSummary;
  approvals = [{ kind: 'approved', startedAtMs: 3, again: false }];
  denial = { kind: 'denied', waiter: 'that', again: false };
});

/** Notes a step, or fails at it. */
const does = (step: string) => {
  if (failing !== '' && step.startsWith(failing)) throw new Error(`${failing} failed`);
  done.push(step);
};

function decisions(
  numberMatching: NumberMatchingPolicy = 'off',
  its: Partial<DecisionsDeps> = {},
): Decisions {
  return new Decisions({
    logins: {
      describe: async (id: string) => {
        if (failing === 'describe') throw new Error('describe failed');
        return id === loginId ? summary : null;
      },
      approve: async (
        id: string,
        user: number,
        identity: string,
        { scope, ttlSeconds }: ApprovalRequest['keys'],
        language: string,
        epoch: string,
      ) => {
        if (id !== loginId) return { kind: 'unknown' };
        lifetimes.push(ttlSeconds);
        does(`approve ${user} ${identity} ${scope} ${language} ${epoch}`);
        return approvals.shift();
      },
      deny: async (id: string, user: number, reason?: string) => {
        if (id !== loginId) return { kind: 'unknown' };
        does(`deny ${user} ${reason}`);
        return denial;
      },
    },
    accountStore: {
      read: async () => ({ account, identities }),
      ownsIdentity: async (_user: number, uuid: string) => uuid === 'mine',
    },
    identities: {
      add: async (user: number, { name }: { name: string }) => {
        does(`identity ${user} ${name}`);
        return { kind: created };
      },
    },
    queue: {
      add: async () => does('job'),
      addAgain: async () => does('job again'),
    },
    withdrawnApprovals: { note: () => does('watched') },
    limits: {
      admitApproval: async () => does('admitted'),
      admitCodeEntry: async () => ({
        wrong: async () => does('wrong guess'),
        takeBack: async () => does('no guess'),
      }),
    },
    alarm: { wrongCode: async () => does('alarm') },
    keys,
    clock: { nowMs: () => 1 },
    logger: { info: () => undefined, warn: () => undefined },
    audit: {
      note: ({ event, client, reason }: { event: string; client?: string; reason?: string }) =>
        does(['audit', event, client, reason].filter((word) => word !== undefined).join(' ')),
    },
    wake: async (instance: string) => does(`wake ${instance}`),
    identityEmailDomain: 'x.test',
    numberMatching,
    metrics: {
      approved: () => does('count approved'),
      denied: () => does('count denied'),
      wrongNumber: () => does('count wrong number'),
    },
    tracing: null,
    ...its,
  } as unknown as DecisionsDeps);
}

const noted = ['count approved', 'audit approved', 'watched'];

test('an approval is within its limit, for the person, in their language and epoch; it is noted once and its job added', async () => {
  expect(await decisions().approve(typed, whole, approver)).toMatchObject({ kind: 'approved' });
  expect(done).toEqual(['admitted', 'approve 7  account de 5', ...noted, 'job', 'no guess']);
  [done, approvals] = [[], [{ kind: 'approved', startedAtMs: 3, again: true }]];
  await decisions().approve(typed, whole, approver);
  expect(done).toEqual(['admitted', 'approve 7  account de 5', 'watched', 'job again', 'no guess']);
  failing = 'admitted';
  done = [];
  await expect(decisions().approve(typed, whole, approver)).rejects.toThrow('admitted failed');
  expect(done).toEqual([]);
});

test('an approval stands though its job cannot be added: the next request for the login adds it', async () => {
  failing = 'job';
  expect(await decisions().approve(typed, whole, approver)).toMatchObject({ kind: 'approved' });
});

test('what somebody decided before is told, and neither noted nor counted', async () => {
  approvals = [{ kind: 'decided', state: 'denied' }];
  expect(await decisions().approve(typed, whole, approver)).toEqual({ kind: 'decided', state: 'denied' });
  expect(done).toEqual(['admitted', 'approve 7  account de 5', 'no guess']);
  [done, denial] = [[], { kind: 'decided', state: 'approved' }];
  expect(await decisions().deny(typed, approver)).toEqual(denial);
  expect(done).toEqual(['deny 7 undefined', 'no guess']);
});

test('a wrong code counts as a guess, is noted and may raise the alarm; one that could not be looked up does not count', async () => {
  const other = formatUserCode(generateUserCode());
  const wrong = ['wrong guess', 'audit wrong_code', 'alarm'];
  expect(await decisions().find(other, approver)).toBeNull();
  expect(done).toEqual(wrong);
  done = [];
  expect(await decisions().deny(other, approver)).toEqual({ kind: 'unknown' });
  expect(done).toEqual(wrong);
  [done, failing] = [[], 'describe'];
  await expect(decisions().find(typed, approver)).rejects.toThrow('describe failed');
  expect(done).toEqual(['no guess']);
  [done, failing] = [[], ''];
  await expect(decisions().find('not a code', approver)).rejects.toMatchObject({ field: 'user_code' });
  expect(done).toEqual([]);
});

test('a denial tells who denied which program, wakes who waits, and is noted once', async () => {
  await decisions().deny(typed, approver);
  expect(done).toEqual([
    'deny 7 undefined',
    'count denied',
    'audit denied Moon agent',
    'wake that',
    'no guess',
  ]);
  [done, denial] = [[], { kind: 'denied', waiter: null, again: true }];
  await decisions().deny(typed, approver);
  expect(done).toEqual(['deny 7 undefined', 'no guess']);
  // A lost wake-up costs seconds, not the denial; a program without a name costs nothing.
  [done, denial, failing] = [[], { kind: 'denied', waiter: 'that', again: false }, 'wake'];
  summary = null;
  expect(await decisions().deny(typed, approver)).toEqual(denial);
  expect(done).toContain('audit denied');
});

test('an identity of somebody else, or more than there may be, decides nothing and asks nobody', async () => {
  const choose = (identity: ApprovalRequest['identity']) =>
    decisions().approve(typed, { ...whole, identity }, approver);
  expect(await choose({ kind: 'existing', uuid: 'theirs' })).toEqual({ kind: 'unknownIdentity' });
  identities = Array.from({ length: 100 }, (_, at) => ({ uuid: `${at}` }));
  expect(await choose({ kind: 'new', name: 'One more' })).toEqual({ kind: 'tooManyIdentities' });
  expect(done).toEqual([]);
  expect((await choose({ kind: 'existing', uuid: 'mine' })).kind).toBe('approved');
  expect(done).toContain('approve 7 mine account de 5');
});

test('a client that may have one identity gets the only one, and where there are several none is chosen for the person', async () => {
  identities = [{ uuid: 'only' }];
  approvals.unshift({ kind: 'identityOnly' });
  expect((await decisions().approve(typed, whole, approver)).kind).toBe('approved');
  expect(done.filter((step) => step.startsWith('approve'))).toEqual([
    'approve 7  account de 5',
    'approve 7 only identity de 5',
  ]);
  // For no longer than the person said.
  lifetimes = [];
  approvals = [{ kind: 'identityOnly' }, { kind: 'approved', startedAtMs: 3, again: false }];
  const forAnHour = { ...whole, keys: { ...whole.keys, ttlSeconds: 3_600 } };
  expect((await decisions().approve(typed, forAnHour, approver)).kind).toBe('approved');
  expect(lifetimes).toEqual([3_600, 3_600]);
  identities.push({ uuid: 'another' });
  [done, approvals] = [[], [{ kind: 'identityOnly' }]];
  expect(await decisions().approve(typed, whole, approver)).toEqual({ kind: 'identityNeeded' });
  expect(done).not.toContain('watched');
});

test('a new identity is made for a pending login alone, before it is approved, and noted once', async () => {
  const request: ApprovalRequest = { ...whole, identity: { kind: 'new', name: 'Buyer' } };
  await decisions().approve(typed, request, approver);
  expect(done.slice(0, 3)).toEqual(['admitted', 'identity 7 Buyer', 'audit identity_created']);
  expect(done[3]).toMatch(/^approve 7 [\da-f-]{36} account/);
  [done, created, approvals] = [[], 'exists', [{ kind: 'approved', startedAtMs: 3, again: true }]];
  await decisions().approve(typed, request, approver);
  expect(done).not.toContain('audit identity_created');
  // Meanwhile another browser of theirs made the last identity that there is room for: nothing is approved for one that is not there.
  [done, created] = [[], 'tooMany'];
  expect(await decisions().approve(typed, request, approver)).toEqual({ kind: 'tooManyIdentities' });
  expect(done).toEqual(['admitted', 'identity 7 Buyer', 'no guess']);
  summary = { state: 'denied' } as LoginSummary;
  [done, approvals] = [[], [{ kind: 'decided', state: 'denied' }]];
  await decisions().approve(typed, request, approver);
  expect(done).toEqual(['admitted', 'approve 7  account de 5', 'no guess']);
});

test('where the number is needed, no approval goes without it, and another number denies', async () => {
  const { right, choice } = verificationOf(loginId, keys.current);
  const pick = (number: string) => decisions('always').approve(typed, { ...whole, number }, approver);
  expect(await pick('')).toEqual({ kind: 'numberNeeded' });
  expect(done).toEqual(['admitted', 'no guess']);
  done = [];
  expect(await pick(choice.find((number) => number !== right) ?? '')).toEqual({ kind: 'wrongNumber' });
  expect(done).toEqual([
    'admitted',
    'count wrong number',
    'deny 7 wrong_number',
    'count denied',
    'audit denied Moon agent wrong_number',
    'wake that',
    'no guess',
  ]);
  done = [];
  expect((await pick(right)).kind).toBe('approved');
  expect(done.filter((step) => step.startsWith('identity'))).toEqual([]);
  expect((await decisions('always').find(typed, approver))?.numbers).toEqual(choice);
  expect((await decisions('other-network').find(typed, approver))?.numbers).toEqual([]);
});

/** As it is known after a rotation of SECRET. */
const rotated = deriveServiceKeys(
  new Secret('a secret of a test that is used now, so'),
  new Secret('a secret of a test that is long enough'),
);

test('while SECRET is rotated, the numbers that are offered for a code of before are those of the program that shows it', async () => {
  const { right, choice } = verificationOf(loginId, keys.current);
  expect((await decisions('always', { keys: rotated }).find(typed, approver))?.numbers).toEqual(choice);
  const request = { ...whole, number: right };
  expect((await decisions('always', { keys: rotated }).approve(typed, request, approver)).kind).toBe(
    'approved',
  );
});

test('while SECRET is rotated, whoever decided about a code of before is told what they decided', async () => {
  const decided = { loginId } as PastDecision;
  const find = async (user: number, ids: readonly string[]) =>
    user === 7 && ids.includes(loginId) ? decided : null;
  const after = decisions('off', { keys: rotated, pastDecisions: { find } as unknown as PastDecisions });
  expect(await after.recall(code, 7)).toBe(decided);
  expect(await after.recall(generateUserCode(), 7)).toBeNull();
  // The login itself tells the same while it is there.
  summary = { state: 'approved', decision: { userId: 7 } } as LoginSummary;
  expect((await after.decidedBy(code, 7))?.loginId).toBe(loginId);
  expect(await after.decidedBy(code, 8)).toBeNull();
});
