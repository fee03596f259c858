import type { Account } from '@ravi/accounts';
import { PasswordAccounts, type PasswordAccountsDeps, signUpInput } from './password-accounts.ts';
import { PasswordPolicy } from './password-policy.ts';

const email = 'ada@example.com';
const password = 'four unrelated quiet words';
const newPassword = 'five other rather quiet words';
const ada: Account = {
  id: 7,
  email,
  firstName: '',
  lastName: '',
  epoch: '1',
  sessionsEpoch: '1',
  emailVerified: true,
  blocked: false,
  hasSecondFactor: false,
  language: '',
};
const origin = { address: '192.0.2.1', browser: null };

/** What Redis holds, and what was done, in order. */
let account: Account | null;
let record: { userId: number; passwordHash: string; createdAtMs: number | null } | null;
/** Of whom this is the record. */
let recordOf: string;
let nowMs: number;
let done: string[];
/** Happens while a password is checked. */
let meanwhile: () => void;
/** Happens once a change knows that the password is still the one that was checked. */
let beforeEnd: () => void;
let givenUp: boolean;
let refused: boolean;
let gone: boolean;
/** What was noted a moment ago. */
let told: Set<string>;
/** Whose turn it was to have a password hashed or compared. */
let parties: Set<string>;
beforeEach(() => {
  [told, parties] = [new Set<string>(), new Set<string>()];
  account = { ...ada };
  record = { userId: 7, passwordHash: `hash of ${password}`, createdAtMs: null };
  recordOf = email;
  [nowMs, done, givenUp, refused, gone] = [1_000, [], false, false, false];
  meanwhile = beforeEnd = () => undefined;
});

function accounts(): PasswordAccounts {
  return new PasswordAccounts({
    accountStore: {
      findSignIn: async (of: string) => (of === recordOf && !gone ? record : null),
      read: async (id: number) => {
        nowMs += 600;
        return account?.id === id ? { account } : null;
      },
      create: async ({ passwordHash }: { passwordHash: string }) => {
        if (record !== null) return null;
        done.push('created');
        record = { userId: 7, passwordHash, createdAtMs: nowMs };
        return account;
      },
      createdAtMs: async () => record?.createdAtMs ?? null,
      keep: async () => undefined,
      end: async (id: number, what: string, _: null, sessionsEpoch: string) => {
        beforeEnd();
        if (account?.sessionsEpoch !== sessionsEpoch) return null;
        done.push(`end ${what} of ${id}`);
        return { epoch: '9', former: sessionsEpoch };
      },
      changePassword: async (of: string, checked: string, next: string) => {
        if (of !== recordOf || record?.passwordHash !== checked) return false;
        done.push('changed');
        record = { ...record, passwordHash: next };
        return true;
      },
      replicated: async () => void done.push('replicated'),
    },
    passwords: {
      inTurn: async (party: string, work: (hasher: object) => unknown) => {
        parties.add(party);
        return work({
          hash: async (text: string) => `hash of ${text}`,
          verify: async (known: string | null, text: string) => {
            meanwhile();
            return known === `hash of ${text}`;
          },
        });
      },
    },
    limits: {
      admitSignUp: async () => void done.push('admitted'),
      refuseHopelessSignIn: () => {
        if (refused) throw new Error('hopeless');
      },
      admitSignIn: async ({ email: of, browser }: { email: string; browser: string | null }) => {
        done.push(`guess ${of} ${browser ?? 'anywhere'}`);
        return {
          wrong: async () => void done.push('wrong'),
          takeBack: async () => void done.push('no guess'),
        };
      },
    },
    toldOnce: {
      claim: async (what: string) => told.size < told.add(what).size,
      isClaimed: async (what: string) => told.has(what),
    },
    clock: { nowMs: () => nowMs },
    audit: {
      note: ({ event, reason, user }: { event: string; reason?: string; user?: number }) =>
        void done.push([event, reason, user].filter((word) => word !== undefined).join(' ')),
    },
    identityEmailDomain: 'agents.test',
    passwordPolicy: new PasswordPolicy(
      { alone: 15, withSecondFactor: 8 },
      'https://login.example.com',
      'Ravi',
    ),
    emailMoves: {
      drop: async () => void done.push('dropped'),
      free: async () => {
        if (givenUp) record = null;
        return givenUp;
      },
    },
  } as unknown as PasswordAccountsDeps);
}

const guess = `guess ${email} anywhere`;
const signIn = (of = email, text = password) =>
  accounts().signIn({ email: of, password: text, code: '' }, '192.0.2.1', () => 'a browser');
const wrong = { code: 'wrong_credentials' };

test('a person who knows the password is let in, and noted once nothing else is to be proven', async () => {
  expect(await signIn()).toEqual(ada);
  expect(done).toEqual([`guess ${email} a browser`, 'no guess', 'signed_in 7']);
  [done, account] = [[], { ...ada, hasSecondFactor: true }];
  expect(await signIn()).toEqual(account);
  expect(done).not.toContain('signed_in 7');
});

test('an address is the same however it is written: its person gets in, and guesses at it count together', async () => {
  recordOf = 'Ada@Example.COM';
  expect(await signIn(recordOf)).toEqual(ada);
  await expect(signIn(recordOf, 'wrong')).rejects.toMatchObject(wrong);
  const counted = `guess ${email} a browser`;
  expect(done.filter((step) => step.startsWith('guess'))).toEqual([counted, counted]);
});

test('nobody is let in by another password, for an address without an account, or by one to which it only was to move', async () => {
  await expect(signIn(email, 'wrong')).rejects.toMatchObject(wrong);
  expect(done).toEqual([`guess ${email} a browser`, 'wrong', 'sign_in_failed wrong_credentials 7']);
  done = [];
  await expect(signIn('nobody@example.com')).rejects.toMatchObject(wrong);
  expect(done).toEqual(['guess nobody@example.com anywhere', 'wrong', 'sign_in_failed wrong_credentials']);
  account = { ...ada, email: 'former@example.com' };
  await expect(signIn()).rejects.toMatchObject(wrong);
  [account, record] = [ada, { userId: 8, passwordHash: `hash of ${password}`, createdAtMs: null }];
  await expect(signIn()).rejects.toMatchObject(wrong);
  expect(done).not.toContain('signed_in 7');
});

test('a person who is blocked is told so once the password was right, and a hopeless guess is none', async () => {
  account = { ...ada, blocked: true };
  await expect(signIn()).rejects.toMatchObject({ code: 'forbidden' });
  expect(done.at(-1)).toBe('sign_in_failed blocked 7');
  await expect(signIn(email, 'wrong')).rejects.toMatchObject(wrong);
  [refused, done] = [true, []];
  await expect(signIn()).rejects.toThrow('hopeless');
  expect(done).toEqual([]);
  // What nobody could check counts for nothing.
  refused = false;
  meanwhile = () => {
    throw new Error('no memory is left');
  };
  await expect(signIn()).rejects.toThrow('no memory is left');
  expect(done).toEqual([`guess ${email} a browser`, 'no guess']);
});

test('a password is required of its own account, and as it is once it was checked', async () => {
  const require = (of: Account, text = password) => accounts().requirePassword(of, text, origin);
  await require(ada);
  expect(done).toEqual([guess, 'no guess']);
  await expect(require({ ...ada, id: 8 })).rejects.toMatchObject({ code: 'not_found' });
  await expect(require(ada, 'wrong')).rejects.toMatchObject(wrong);
  expect(done.slice(2)).toEqual([guess, 'wrong', 'sign_in_failed wrong_current_password 7']);
  meanwhile = () => (record = { userId: 7, passwordHash: 'another', createdAtMs: null });
  await expect(require(ada)).rejects.toMatchObject(wrong);
  expect([await accounts().hasPassword(ada), await accounts().hasPassword({ ...ada, id: 8 })]).toEqual([
    true,
    false,
  ]);
});

const change = (current = password, next = newPassword) =>
  accounts().changePassword(ada, { current_password: current, new_password: next }, origin);

test('what the former password opened and wanted ends before the new one counts, and what was wanted meanwhile after it', async () => {
  expect(await change()).toBeNull();
  expect(done).toEqual([
    guess,
    'end sessions of 7',
    'dropped',
    'changed',
    'no guess',
    'dropped',
    'password_changed 7',
  ]);
  expect(record?.passwordHash).toBe(`hash of ${newPassword}`);
});

test('a change that began before the account moved to another address counts there', async () => {
  const moved = 'ada@example.org';
  meanwhile = () => ([account, recordOf] = [{ ...ada, email: moved }, moved]);
  expect(await change()).toBeNull();
  expect(done).toContain('changed');
  expect(record?.passwordHash).toBe(`hash of ${newPassword}`);
});

test('a change that was made a moment ago by its twin is told as made, and ends nothing again', async () => {
  meanwhile = () => (record = { userId: 7, passwordHash: `hash of ${newPassword}`, createdAtMs: null });
  expect(await change()).toEqual(ada);
  expect(done).toEqual([guess, 'no guess']);
  account = null;
  await expect(change()).rejects.toMatchObject({ code: 'not_found' });
});

test('only where the former password was known a moment ago the new one is tried, too: an attempt guesses one password', async () => {
  let tries = 0;
  meanwhile = () => (tries += 1);
  await expect(change('wrong', password)).rejects.toMatchObject(wrong);
  expect([tries, done]).toEqual([1, [guess, 'wrong', 'sign_in_failed wrong_current_password 7']]);
  expect(await change()).toBeNull();
  // Sent again once it is changed.
  expect(await change()).toEqual(ada);
  told.clear();
  await expect(change()).rejects.toMatchObject(wrong);
});

test('a change that is just a moment too late ends nothing of what the first one opened', async () => {
  const sessionsBegin = () => (account = { ...ada, sessionsEpoch: 'the next' });
  beforeEnd = () => {
    record = { userId: 7, passwordHash: 'hash of another password', createdAtMs: null };
    sessionsBegin();
  };
  await expect(change()).rejects.toMatchObject(wrong);
  expect(done).toEqual([guess, 'wrong', 'sign_in_failed wrong_current_password 7']);
  // Where the sessions alone were ended meanwhile, those that began then end.
  [done, record] = [[], { userId: 7, passwordHash: `hash of ${password}`, createdAtMs: null }];
  beforeEnd = () => {
    if (account?.sessionsEpoch === ada.sessionsEpoch) sessionsBegin();
  };
  account = { ...ada };
  expect(await change()).toBeNull();
  expect(done.slice(0, 4)).toEqual([guess, 'end sessions of 7', 'dropped', 'changed']);
});

test('a change by another password, to a weak one, or of an account without one changes nothing', async () => {
  await expect(change('wrong')).rejects.toMatchObject(wrong);
  expect(done).toEqual([guess, 'wrong', 'sign_in_failed wrong_current_password 7']);
  done = [];
  await expect(change(password, 'short')).rejects.toMatchObject({ field: 'new_password' });
  record = { userId: 8, passwordHash: `hash of ${password}`, createdAtMs: null };
  await expect(change()).rejects.toMatchObject({ code: 'not_found' });
  expect(done).toEqual([]);
});

const signUp = (text = password, address = '192.0.2.1') =>
  accounts().signUp({ email, password: text, first_name: '', last_name: '' }, address);

test('a sign-up is within its limit, is noted and told once replicas have it; of an address that was given up it takes its place', async () => {
  record = null;
  expect(await signUp()).toEqual(ada);
  expect(done).toEqual(['admitted', 'created', 'signed_up 7', 'replicated']);
  [done, givenUp] = [[], true];
  expect(await signUp()).toEqual(ada);
  expect(done).toContain('created');
  [done, givenUp] = [[], false];
  // Nor does one do that would be enough beside a second factor.
  for (const weak of ['short', 'x7 moon?'])
    await expect(signUp(weak)).rejects.toMatchObject({ field: 'password' });
  expect(done).toEqual([]);
});

test('all addresses of a provider’s network have one turn together to have a password hashed or compared', async () => {
  record = null;
  await signUp(password, '2001:db8:7:100::1');
  // The same person again, whose password is compared.
  await signUp(password, '2001:db8:7:f000::2');
  expect([...parties]).toEqual(['2001:db8:7::/48']);
});

test('a sign-up that was sent twice gives one account, for a minute, to whoever knows its password', async () => {
  record = { userId: 7, passwordHash: `hash of ${password}`, createdAtMs: 1_000 };
  nowMs = 60_999;
  expect(await signUp()).toEqual(ada);
  expect(done).toEqual(['admitted', guess, 'no guess', 'signed_in 7', 'replicated']);
  [done, nowMs] = [[], 60_999];
  await expect(signUp(newPassword)).rejects.toMatchObject({ code: 'conflict' });
  expect(done).toEqual(['admitted', guess, 'wrong', 'sign_in_failed wrong_credentials 7']);
  [done, nowMs] = [[], 61_000];
  await expect(signUp()).rejects.toMatchObject({ code: 'conflict' });
  expect(done).toEqual(['admitted']);
});

test('nobody gets into an account by signing up that is blocked, has a second factor or another address, or whose password was changed just then', async () => {
  const conflict = { code: 'conflict' };
  const young = { userId: 7, passwordHash: `hash of ${password}`, createdAtMs: 1_000 };
  for (const more of [{ blocked: true }, { hasSecondFactor: true }, { email: 'former@example.com' }]) {
    [record, account] = [young, { ...ada, ...more }];
    await expect(signUp()).rejects.toMatchObject(conflict);
  }
  account = ada;
  meanwhile = () => (record = { ...young, passwordHash: 'another' });
  await expect(signUp()).rejects.toMatchObject(conflict);
  // The one that had the address is gone since.
  [record, account, gone] = [young, ada, true];
  await expect(signUp()).rejects.toMatchObject(conflict);
  gone = false;
  // Its twin has not written it, and may have died: there is no account into which one could sign in.
  [record, account, meanwhile, nowMs] = [{ ...young, createdAtMs: null }, null, () => undefined, 1_000];
  await expect(signUp()).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 1 });
  // It has waited for five seconds.
  expect([nowMs >= 6_000, nowMs < 7_000]).toEqual([true, true]);
  expect(done).not.toContain('signed_in 7');
});

test('a name that is too long is told so alone, and one of eighty characters is taken', () => {
  const faults = (first_name: string) =>
    signUpInput.safeParse({ email, password, first_name }).error?.issues.map(({ message }) => message);
  expect(faults('\u0001'.repeat(81))).toEqual(['must have at most 80 characters']);
  expect(faults('\u0001')).toEqual(['must not contain control characters']);
  expect(faults('a'.repeat(80))).toBeUndefined();
});
