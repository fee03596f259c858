import type { Account } from '@ravi/accounts';
import type { LoginId } from '@ravi/device-login';
import { WithdrawnApprovals } from './withdrawn-approvals.ts';

const id = (name: string) => name as LoginId;

/** What is looked up, and what it finds. */
let lookedAt: string[];
let askedOf: unknown[];
let approval: { userId: number; accountEpoch: string; identityUuid: string } | null;
let standing: { hasIdentity: boolean; epoch: string } | null;
let withdrawal: { kind: 'withdrawn'; waiters: readonly string[] } | { kind: 'refused' };
let withdrawn: string[];
let woken: string[];
let isAway: boolean;
let lookup: Promise<void> | undefined;
let approvals: WithdrawnApprovals;
beforeEach(() => {
  jest.useFakeTimers();
  [lookedAt, askedOf, withdrawn, woken, isAway] = [[], [], [], [], false];
  lookup = undefined;
  approval = { userId: 7, accountEpoch: '1', identityUuid: 'its' };
  standing = { hasIdentity: true, epoch: '1' };
  withdrawal = { kind: 'withdrawn', waiters: ['that', 'a page'] };
  approvals = new WithdrawnApprovals({
    logins: {
      readApproval: async (loginId) => {
        lookedAt.push(loginId);
        await lookup;
        if (isAway) throw new Error('Redis is away');
        return approval;
      },
      withdraw: async (loginId, epoch) => {
        withdrawn.push(`${loginId} of ${epoch}`);
        return withdrawal;
      },
    },
    accountStore: {
      standing: async (...of) => {
        askedOf.push(of);
        return (
          standing && {
            hasIdentity: standing.hasIdentity,
            account: { epoch: standing.epoch } as unknown as Account,
          }
        );
      },
    },
    wake: async (instance, loginId) => void woken.push(`${instance} ${loginId}`),
    logger: { info: () => undefined },
  });
});
afterEach(() => {
  approvals.stop();
  const left = jest.getTimerCount();
  jest.useRealTimers();
  if (left > 0) throw new Error(`Timers are left: ${left}.`);
});

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

test('a login that was answered here is not looked at again', async () => {
  approval = null;
  for (const name of ['answered', 'unissued']) approvals.note(id(name));
  approvals.forget(id('answered'));
  await pass(5_000);
  expect(lookedAt).toEqual(['unissued']);
});

test('an approval that stands is looked at several times a second until it is issued, also while Redis is away', async () => {
  approvals.note(id('a'));
  await pass(400);
  isAway = true;
  await pass(400);
  isAway = false;
  await pass(400);
  expect(lookedAt).toEqual(['a', 'a', 'a']);
  approval = null;
  await pass(2_000);
  expect(lookedAt).toHaveLength(4);
  // With nothing left to check, nothing wakes this process.
  expect(jest.getTimerCount()).toBe(0);
  approvals.note(id('b'));
  approvals.stop();
  approvals.note(id('c'));
  await pass(2_000);
  expect(lookedAt).toHaveLength(4);
});

test('a process that stops while it checks checks no more', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  lookup = promise;
  approvals.note(id('a'));
  await pass(400);
  approvals.stop();
  resolve();
  await pass(2_000);
  expect([lookedAt, jest.getTimerCount()]).toEqual([['a'], 0]);
});

test('many approvals have their turn one after the other', async () => {
  for (let at = 0; at < 251; at++) approvals.note(id(`${at}`));
  await pass(400);
  expect(lookedAt).toHaveLength(250);
  await pass(400);
  expect(lookedAt.slice(250, 252)).toEqual(['250', '0']);
});

test('no more than 20,000 are remembered: the program of a further one learns of an end when it asks again', async () => {
  const remembered = Array.from({ length: 20_000 }, (_, at) => id(`${at}`));
  for (const loginId of [...remembered, id('one more')]) approvals.note(loginId);
  for (const loginId of remembered.slice(1)) approvals.forget(loginId);
  await pass(400);
  expect(lookedAt).toEqual(['0']);
});

test.each([
  ['its account has ended all of that epoch', { hasIdentity: true, epoch: '2' }],
  ['its identity is deleted', { hasIdentity: false, epoch: '1' }],
  ['its account is gone', null],
])(
  'an approval ends where %s, and the instances that hold its program and its pages are woken',
  async (_, found) => {
    standing = found;
    expect(await approvals.endIfWithdrawn(id('a'))).toBe('withdrawn');
    // Of the account and the identity for which it was approved.
    expect(askedOf).toEqual([[7, 'its']]);
    expect([withdrawn, woken]).toEqual([['a of 1'], ['that a', 'a page a']]);
    withdrawal = { kind: 'withdrawn', waiters: [] };
    expect(await approvals.endIfWithdrawn(id('a'))).toBe('withdrawn');
    expect(woken).toHaveLength(2);
  },
);

test('an approval that was issued meanwhile stays issued, and one that stands is left alone', async () => {
  expect(await approvals.endIfWithdrawn(id('a'))).toBe('stands');
  expect(withdrawn).toEqual([]);
  [standing, withdrawal] = [null, { kind: 'refused' }];
  expect(await approvals.endIfWithdrawn(id('a'))).toBe('settled');
  approval = null;
  expect(await approvals.endIfWithdrawn(id('a'))).toBe('settled');
  expect([withdrawn, woken]).toEqual([['a of 1'], []]);
});
