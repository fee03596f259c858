import type { Account } from '@ravi/accounts';
import { NotReplicated } from '@ravi/redis';
import { SignInUndo, type SignInUndoDeps } from './sign-in-undo.ts';

const ada = { id: 7, emailVerified: true, blocked: false } as Account;
const changes = { app: 'removed' };
const origin = { address: '192.0.2.1', userAgent: 'a browser', language: 'en' };

/** What is known of the account and its link, and what was done. */
let account: Account | null;
let good: { userId: number; changedAtMs: number; changes: object } | null;
let result: { kind: string; userId?: number; endedEpoch?: string };
let before: { userId: number; endedEpoch: string } | null;
let untold: boolean;
/** What was told so far. */
let told: Set<string>;
let mail: boolean;
let hasPassword: boolean;
let embeddedAccounts: boolean;
let lost: boolean;
let done: string[];
beforeEach(() => {
  [account, good] = [ada, { userId: 7, changedAtMs: 5, changes }];
  result = { kind: 'putBack', userId: 7, endedEpoch: '3' };
  told = new Set();
  [before, untold, mail, hasPassword, embeddedAccounts, lost, done] = [
    null,
    true,
    true,
    true,
    true,
    false,
    [],
  ];
});

function undo(): SignInUndo {
  return new SignInUndo({
    signInUndos: {
      note: async ({ id }: Account) => `how ${id} signs in`,
      find: async (link: string) => (link.endsWith('link') ? good : null),
      putBack: async (_link: string, _nowMs: number, ends: string) => {
        done.push(`put back, ${ends} ends`);
        return result;
      },
      putBackBefore: async () => before,
      replicated: async (id: number) => {
        done.push(`replicated ${id}`);
        if (lost) throw new NotReplicated();
      },
    },
    toldOnce: { claim: async (what: string) => untold && told.size < told.add(what).size },
    accountStore: { read: async () => account && { account } },
    passwordAccounts: {
      hasPassword: async () => hasPassword,
      requirePassword: async (_of: Account, password: string) => {
        done.push(`asked for ${password}`);
        if (password !== 'right') throw new Error('the password is wrong');
      },
    },
    embeddedAccounts,
    revocation: {
      allEnded: ({ userId }: { userId: number }, former: string) =>
        done.push(`all of ${userId} in ${former} ended`),
    },
    mails: { enabled: mail, notify: (kind: string) => done.push(`mail ${kind}`) },
    audit: {
      note: ({ event, user }: Readonly<Record<string, unknown>>) =>
        done.push(`${String(event)} ${String(user)}`),
    },
    clock: { nowMs: () => 9 },
  } as unknown as SignInUndoDeps);
}

test('how an account signs in is kept where a mail can bring the link to its person, and nowhere else', async () => {
  expect(await undo().note(ada)).toBe('how 7 signs in');
  expect(await undo().note({ ...ada, emailVerified: false })).toBeUndefined();
  mail = false;
  expect(await undo().note(ada)).toBeUndefined();
});

test('a link is good for its account unless that is gone or blocked, and takes the password where there is one here', async () => {
  expect(await undo().find('link')).toEqual({
    account: ada,
    changedAtMs: 5,
    changes,
    asksPassword: true,
  });
  hasPassword = false;
  expect((await undo().find('link'))?.asksPassword).toBe(false);
  [hasPassword, embeddedAccounts] = [true, false];
  expect((await undo().find('link'))?.asksPassword).toBe(false);
  expect(await undo().find('something else')).toBeNull();
  for (const other of [null, { ...ada, blocked: true }]) {
    account = other;
    expect(await undo().find('link')).toBeNull();
  }
});

const putBack = (programs: 'keep' | 'end' = 'end', password = 'right', link = 'link') =>
  undo().putBack(link, { password, programs }, origin, () => ({ address: '192.0.2.1', browser: null }));

test('what was changed is put back by whoever has the password, too; all ends where that is wanted; it is noted and mailed', async () => {
  await expect(putBack('end', 'wrong')).rejects.toThrow('the password is wrong');
  expect(done).toEqual(['asked for wrong']);
  done = [];
  expect(await putBack()).toBe('end');
  const noted = ['sign_in_put_back 7', 'mail signInPutBack'];
  expect(done).toEqual([
    'asked for right',
    'put back, everything ends',
    ...noted,
    'all of 7 in 3 ended',
    'replicated 7',
  ]);
  [done, hasPassword, told] = [[], false, new Set()];
  result = { kind: 'putBack', userId: 7, endedEpoch: '' };
  expect(await putBack('keep')).toBe('keep');
  expect(done).toEqual(['put back, sessions ends', ...noted, 'replicated 7']);
});

test('a form that is sent twice puts back once, and waits again where it may be lost; a link that is over puts nothing back', async () => {
  lost = true;
  await expect(putBack()).rejects.toBeInstanceOf(NotReplicated);
  [done, untold, result] = [[], false, { kind: 'sentAgain', userId: 7, endedEpoch: '3' }];
  await expect(putBack()).rejects.toBeInstanceOf(NotReplicated);
  expect(done).toEqual(['asked for right', 'put back, everything ends', 'replicated 7']);
  // Its twin has spent the link.
  [done, good, before] = [[], null, { userId: 7, endedEpoch: '3' }];
  await expect(putBack()).rejects.toBeInstanceOf(NotReplicated);
  lost = false;
  expect(await putBack('keep')).toBe('end');
  expect(done).toEqual(['replicated 7', 'replicated 7']);
  // And died before it told.
  [done, untold, told] = [[], true, new Set()];
  expect(await putBack()).toBe('end');
  expect(done).toEqual(['sign_in_put_back 7', 'mail signInPutBack', 'all of 7 in 3 ended', 'replicated 7']);
  [done, before] = [[], null];
  expect(await putBack()).toBeNull();
  [good, result] = [{ userId: 7, changedAtMs: 5, changes }, { kind: 'over' }];
  expect(await putBack()).toBeNull();
  expect(done).not.toContain('sign_in_put_back 7');
});

test('what another link puts back a moment later is noted, told and ended by itself', async () => {
  await putBack();
  [done, result] = [[], { kind: 'putBack', userId: 7, endedEpoch: '4' }];
  expect(await putBack('end', 'right', 'another link')).toBe('end');
  expect(done.slice(2)).toEqual([
    'sign_in_put_back 7',
    'mail signInPutBack',
    'all of 7 in 4 ended',
    'replicated 7',
  ]);
});
