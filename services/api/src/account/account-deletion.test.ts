import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import type { Account } from '@ravi/accounts';
import { AccountDeletion, type AccountDeletionDeps } from './account-deletion.ts';

const ada = { id: 7, email: 'ada@example.com', emailVerified: true } as Account;
const grace = { id: 8, email: 'grace@example.com', emailVerified: false } as Account;
const kept = { id: 10, email: 'kept@example.com', emailVerified: true } as Account;
const origin = { address: '192.0.2.9', userAgent: 'browser', language: 'en' };

/** What Redis has, which step fails, and what was done, in order. */
let accounts: Map<number, Account>;
let begun: Map<number, 'begun' | 'told' | null>;
let failing: string;
let done: unknown[];
let claimed: Set<string>;
beforeEach(() => {
  accounts = new Map([ada, grace, kept].map((account) => [account.id, account]));
  [begun, failing, done, claimed] = [new Map(), '', [], new Set<string>()];
});

const failure = new Error('Redis is away.');
const step = async (name: string, ...about: unknown[]) => {
  done.push([name, ...about].join(' '));
  if (failing === name) throw failure;
};

function deletion() {
  const left = [...begun.keys()];
  return new AccountDeletion({
    accountStore: {
      end: async (id: number, what: string, why: string) => {
        await step('end', id, what, why);
        return accounts.has(id) ? { former: '1' } : null;
      },
      read: async (id: number) => (accounts.has(id) ? { account: accounts.get(id) } : null),
      replicated: (id: number) => step('replicated', id),
    },
    resetLinks: { drop: ({ id }: Account) => step('drop', id) },
    deletions: {
      note: (id: number) => step('note', id),
      forget: (id: number) => step('forget', id),
      markTold: (id: number) => step('told', id),
      take: async () => {
        if (failing === 'take') throw failure;
        return left.shift() ?? null;
      },
      stateOf: async (id: number) => begun.get(id) ?? null,
      during: async (id: number) => {
        await step('erase', id);
        return 12;
      },
    },
    toldOnce: {
      claim: async (what: string) => claimed.size < claimed.add(what).size,
      isClaimed: async (what: string) => claimed.has(what),
    },
    audit: { note: (event: object) => void done.push(event) },
    mails: { tellAt: (...mail: unknown[]) => void done.push(['mail', ...mail]) },
    logger: {
      info: (about: object, words: string) => void done.push([words, about]),
      warn: (about: object, words: string) => void done.push([words, about]),
    },
  } as unknown as AccountDeletionDeps);
}

/** What a deletion did once nothing of it is under way any more. */
async function deleted(account: Account): Promise<unknown[]> {
  const deleting = deletion();
  await deleting.delete(account, origin, 'a form');
  await new Promise(setImmediate);
  await deleting.close();
  return done;
}

const removed = (userId: number) => ['a deleted account is removed', { userId, removed: 12 }];

test('a deletion is noted before its first step, told once nothing can bring the account back, and then removes the data', async () => {
  expect(await deleted(ada)).toEqual([
    'note 7',
    'end 7 everything delete',
    'drop 7',
    'replicated 7',
    { event: 'account_deleted', user: 7, address: '192.0.2.9' },
    'told 7',
    ['mail', 'ada@example.com', 'accountDeleted', 7, origin],
    'erase 7',
    'forget 7',
    removed(7),
  ]);
});

test('an address that was not confirmed gets no mail', async () => {
  expect(await deleted(grace)).not.toContainEqual(expect.arrayContaining(['mail']));
  expect(done).toContainEqual(removed(8));
});

test('an account that somebody else has just deleted is told of no more', async () => {
  accounts.clear();
  expect(await deleted(ada)).toEqual(['note 7', 'end 7 everything delete', 'forget 7']);
});

test('a deletion by a form that comes twice is told and removed once, and known by that form once nothing can bring the account back', async () => {
  const deleting = deletion();
  failing = 'replicated';
  await expect(deleting.delete(ada, origin, 'a form')).rejects.toBe(failure);
  expect(await deleting.isDoneBy('a form')).toBe(false);
  failing = '';
  await Promise.all(['a form', 'a form'].map((form) => deleting.delete(ada, origin, form)));
  await deleting.close();
  const told = { event: 'account_deleted', user: 7, address: '192.0.2.9' };
  for (const each of [told, ['mail', 'ada@example.com', 'accountDeleted', 7, origin], 'erase 7'])
    expect(done.filter((step) => JSON.stringify(step) === JSON.stringify(each))).toHaveLength(1);
  expect(await Promise.all(['a form', 'another', ''].map((form) => deleting.isDoneBy(form)))).toEqual([
    true,
    false,
    false,
  ]);
});

test.each(['note', 'end', 'drop', 'replicated'])(
  'where the step %s fails, nobody is told that the account is deleted, and another process goes on',
  async (name) => {
    failing = name;
    await expect(deletion().delete(ada, origin, 'a form')).rejects.toBe(failure);
    expect(done.at(-1)).toMatch(new RegExp(`^${name} 7`));
    expect(done).not.toContain('forget 7');
  },
);

test('that it was told may be forgotten: the deletion goes on', async () => {
  failing = 'told';
  expect(await deleted(ada)).toContainEqual(removed(7));
});

test('data that cannot be removed now is tried again, and left to another process when this one stops', async () => {
  failing = 'erase';
  expect((await deleted(ada)).slice(-2)).toEqual([
    ['what a deleted account left could not be removed; trying again', { userId: 7, error: failure }],
    ['a deletion is interrupted: another process finishes it', { userId: 7 }],
  ]);
  expect(done).not.toContain('forget 7');
});

test('deletions that others left are finished, each told once; what never began or was taken back is forgotten', async () => {
  begun = new Map([
    [7, 'begun'],
    [8, 'told'],
    // Gone already, and taken back.
    [9, 'begun'],
    [10, null],
  ]);
  await deletion().finishInterrupted();
  const finishing = (userId: number) => ['a deletion that was interrupted is being finished', { userId }];
  expect(done).toEqual([
    finishing(7),
    { event: 'account_deleted', user: 7 },
    'told 7',
    'drop 7',
    'erase 7',
    'forget 7',
    removed(7),
    finishing(8),
    'told 8',
    'drop 8',
    'erase 8',
    'forget 8',
    removed(8),
    'forget 9',
    'forget 10',
  ]);
});

test('a process that starts looks at once for deletions that others left, says if it cannot, and stops at once', async () => {
  begun = new Map([[7, 'told']]);
  const looking = deletion();
  looking.start();
  await new Promise(setImmediate);
  await looking.close();
  expect(done).toContainEqual(removed(7));
  [failing, done] = ['take', []];
  const failed = deletion();
  failed.start();
  await new Promise(setImmediate);
  await failed.close();
  expect(done).toEqual([['deletions that were interrupted could not be looked for', { error: failure }]]);
});

test('a process that stops finishes no more deletions than the one that it is at', async () => {
  begun = new Map([
    [7, 'told'],
    [8, 'told'],
  ]);
  const stopping = deletion();
  const finishing = stopping.finishInterrupted();
  await Promise.all([stopping.close(), finishing]);
  expect(done).toContainEqual(removed(7));
  expect(done).not.toContainEqual(removed(8));
});

test('what could not be removed is tried again after five seconds, and each minute, a fifth more or less, is looked for what others left', async () => {
  const [pause, random] = [timers.setTimeout, Math.random];
  const use = (its: typeof pause) => {
    Object.assign(timers, { setTimeout: its });
    syncBuiltinESMExports();
  };
  const pauses: (number | undefined)[] = [];
  const over = Promise.withResolvers<void>();
  use(async (ms) => {
    pauses.push(ms);
    await over.promise;
    throw new Error('This process stops.');
  });
  try {
    const all = [deletion()];
    failing = 'erase';
    await all[0]?.delete(ada, origin, 'a form');
    await new Promise(setImmediate);
    failing = '';
    for (const chance of [0, 0.5, 1]) {
      Math.random = () => chance;
      const looking = deletion();
      looking.start();
      await new Promise(setImmediate);
      all.push(looking);
    }
    expect(pauses.map((ms) => Math.round(ms ?? 0))).toEqual([5_000, 48_000, 60_000, 72_000]);
    over.resolve();
    for (const each of all) await each.close();
  } finally {
    Math.random = random;
    use(pause);
  }
});
