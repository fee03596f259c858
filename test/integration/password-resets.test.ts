import { randomUUID } from 'node:crypto';
import {
  AccountLinks,
  AccountStore,
  EmailMoves,
  type FactorChange,
  type FactorDecision,
  type Factors as AccountFactors,
  FactorStore,
  type LinkMaker,
  Passwords,
  type ResetLink,
  ResetLinks,
  SessionStore,
  SignInUndos,
  ToldOnce,
} from '@ravi/accounts';
import { PasswordPolicy } from '../../services/api/src/people/password-policy.ts';
import { PasswordReset } from '../../services/api/src/people/password-reset.ts';
import { connectedRedis } from '../support/connected-redis.ts';
import { movingAccounts } from '../support/moving-accounts.ts';

const { redis } = await connectedRedis();
const origin = { address: '192.0.2.1', userAgent: '', language: '' };

let ended: number[];
let told: string[];
/** The events of the audit log. */
let inLog: object[];
let fails: string | null;
let beforeChange: () => Promise<void>;
let beforeSpending: () => Promise<void>;
let afterRead: () => Promise<void>;
beforeEach(() => {
  [ended, told, inLog, fails] = [[], [], [], null];
  beforeChange = beforeSpending = afterRead = async () => undefined;
});
const failOnce = (step: string) => {
  if (fails !== step) return;
  fails = null;
  throw new Error(`${step} failed`);
};

/** Accounts of which no replica answers, when a test says so. */
class Accounts extends AccountStore {
  override async read(userId: number) {
    const owner = await super.read(userId);
    await afterRead();
    return owner;
  }

  override async replicated(
    userId: number,
    beside: Parameters<AccountStore['replicated']>[1],
  ): Promise<void> {
    failOnce('replicated');
    await super.replicated(userId, beside);
  }
}
const accountStore = new Accounts(redis);
const accountLinks = new AccountLinks(redis);
const emailMoves = new EmailMoves(redis, new AccountStore(redis), accountLinks);

/** Links before whose spending something else happens, or whose spending fails to be noted, or ends its process, when a test says so. */
class Links extends ResetLinks {
  override async spend(token: string, newPasswordHash: string): Promise<ResetLink | null> {
    await beforeSpending();
    const spent = await super.spend(token, newPasswordHash);
    failOnce('spend');
    return spent;
  }

  override async noteSpent(token: string, newPassword: string, by: LinkMaker): Promise<void> {
    failOnce('noteSpent');
    await super.noteSpent(token, newPassword, by);
  }
}
const resetLinks = new Links(redis, accountStore);

/** Factors that somebody uses at the last moment, when a test says so. */
class Factors extends FactorStore {
  override async change<Refusal>(
    userId: number,
    decide: (factors: AccountFactors) => FactorDecision<Refusal>,
  ): Promise<FactorChange<Refusal>> {
    await beforeChange();
    return super.change(userId, decide);
  }
}

const passwordReset = new PasswordReset({
  accountStore,
  factorStore: new Factors(redis),
  resetLinks,
  toldOnce: new ToldOnce(redis),
  passwords: new Passwords(),
  revocation: {
    endAll: async ({ userId }) => {
      failOnce('endAll');
      ended.push(userId);
    },
  },
  audit: {
    note: (event) => {
      told.push(event.event);
      inLog.push(event);
    },
  },
  mails: {
    enabled: true,
    sendLink: async (kind, userId, to) => void told.push(`${kind} link of ${userId} to ${to}`),
    notify: (kind) => void told.push(kind),
  },
  passwordPolicy: new PasswordPolicy({ alone: 15, withSecondFactor: 8 }, 'https://login.example.com', 'Ravi'),
  emailMoves: { drop: async () => failOnce('drop'), free: (email) => emailMoves.free(email) },
  signInUndos: new SignInUndos(redis),
  limits: { admitMailRequest: async () => failOnce('admit') },
});

async function linkBy(by: 'mail' | 'operator') {
  const email = `${randomUUID()}@example.com`;
  const input = { email, firstName: '', lastName: '', passwordHash: 'hash', identityEmailDomain: 'x.org' };
  const account = await accountStore.create(input, Date.now());
  if (account === null) throw new Error('The address is taken.');
  const made = await resetLinks.make(account, by);
  return { id: account.id, token: made.kind === 'made' ? made.token : '' };
}

test.each([
  ['mail', 'keep', 'drop'],
  ['mail', 'keep', 'endAll'],
  ['operator', 'end', 'endAll'],
  ['operator', 'end', 'spend'],
] as const)(
  'a reset by %s (programs: %s) that was interrupted at %s is finished by the same form again, and only then done',
  async (by, programs, step) => {
    const { id, token } = await linkBy(by);
    const form = { new_password: `pw-${randomUUID()}`, programs };
    fails = step;
    await expect(passwordReset.reset(token, form, origin)).rejects.toThrow(step);
    expect((await accountStore.read(id))?.account.emailVerified).toBe(false);
    const before = (await accountStore.read(id))?.account.sessionsEpoch;
    expect(await passwordReset.reset(token, form, origin)).toBe(true);
    expect(ended).toEqual([id]);
    const account = (await accountStore.read(id))?.account;
    expect(account?.sessionsEpoch).not.toBe(before);
    expect(account?.emailVerified).toBe(by === 'mail');
    // Once, whichever of the two came so far.
    expect(told).toEqual(['password_reset', 'passwordChanged']);
    expect(await passwordReset.reset(token, form, origin)).toBe(true);
    expect(told).toHaveLength(2);
  },
);

test('of two links that are used within a minute each is noted and told: the second one may be another’s', async () => {
  const { id, token } = await linkBy('operator');
  const reset = (link: string) =>
    passwordReset.reset(link, { new_password: `pw-${randomUUID()}`, programs: 'keep' }, origin);
  expect(await reset(token)).toBe(true);
  const owner = await accountStore.read(id);
  const made = owner && (await resetLinks.make(owner.account, 'operator'));
  expect(await reset(made?.kind === 'made' ? made.token : '')).toBe(true);
  expect(told).toEqual(['password_reset', 'passwordChanged', 'password_reset', 'passwordChanged']);
});

test('whoever takes an account over by mail ends its second factors, which is noted once', async () => {
  const { id, token } = await linkBy('mail');
  const factors = new FactorStore(redis);
  const totp = { sealedSecret: 'x', lastStep: 0, addedAtMs: 0, lastUsedAtMs: null };
  await factors.change(id, (none) => ({ kind: 'change', factors: { ...none, totp } }));
  const form = { new_password: `pw-${randomUUID()}`, programs: 'keep' as const };
  expect(await passwordReset.reset(token, form, origin)).toBe(true);
  expect(await passwordReset.reset(token, form, origin)).toBe(true);
  expect((await factors.read(id)).totp).toBeNull();
  expect(told).toEqual(['factors_reset', 'password_reset', 'passwordChanged']);
  // From where, too: whose factors an operator removed has none.
  const by = { user: id, address: origin.address };
  expect(inLog).toEqual([
    { event: 'factors_reset', ...by },
    { event: 'password_reset', ...by },
  ]);
});

const sessions = new SessionStore(redis, { idleSeconds: 3600, maxSeconds: 3600 });

/** Somebody signs in to the account. */
async function signIn(id: number, method?: Parameters<SessionStore['open']>[3]): Promise<string> {
  const owner = await accountStore.read(id);
  if (owner === null) throw new Error('The account is gone.');
  return sessions.open(owner.account, { address: '203.0.113.9', userAgent: '' }, Date.now(), method);
}

/** @shows account pre-hijacking */
test('a stranger’s passkey that signs in while the account is taken over by mail opens no session that stays', async () => {
  const { id, token } = await linkBy('mail');
  const opened: string[] = [];
  beforeChange = async () => void opened.push(await signIn(id, { by: 'passkey', factor: null }));
  const form = { new_password: `pw-${randomUUID()}`, programs: 'keep' as const };
  expect(await passwordReset.reset(token, form, origin)).toBe(true);
  expect(opened).toHaveLength(1);
  for (const session of opened) expect(await sessions.read(session, Date.now())).toBeNull();
});

test('whoever signs in with the old password while the new one is set is signed out, and a session of before does not outlive a reset that dies', async () => {
  const { id, token } = await linkBy('operator');
  const opened = [await signIn(id)];
  const form = { new_password: `pw-${randomUUID()}`, programs: 'keep' as const };
  beforeSpending = async () => {
    for (const session of opened) expect(await sessions.read(session, Date.now())).toBeNull();
    opened.push(await signIn(id));
  };
  expect(await passwordReset.reset(token, form, origin)).toBe(true);
  expect(opened).toHaveLength(2);
  for (const session of opened) expect(await sessions.read(session, Date.now())).toBeNull();
});

test('what a mail could put back is gone before the password is set by another mail', async () => {
  const { id, token } = await linkBy('mail');
  const undos = new SignInUndos(redis);
  const owner = await accountStore.read(id);
  const noted = owner && (await undos.note(owner.account, Date.now()));
  const link = (noted && (await undos.makeLink(id, noted, Date.now()))) ?? '';
  expect(await undos.find(link, Date.now())).not.toBeNull();
  let found: unknown;
  let after = '';
  beforeSpending = async () => {
    found = await undos.find(link, Date.now());
    // Nor does what is noted meanwhile.
    const now = await accountStore.read(id);
    const meanwhile = now && (await undos.note(now.account, Date.now()));
    after = (meanwhile && (await undos.makeLink(id, meanwhile, Date.now()))) ?? '';
    expect(await undos.find(after, Date.now())).not.toBeNull();
  };
  const form = { new_password: `pw-${randomUUID()}`, programs: 'keep' as const };
  expect(await passwordReset.reset(token, form, origin)).toBe(true);
  expect(found).toBeNull();
  expect(await undos.find(after, Date.now())).toBeNull();
});

test('a password that no replica has yet is told as set only once one has, by the same form sent again', async () => {
  const { token } = await linkBy('operator');
  const form = { new_password: `pw-${randomUUID()}`, programs: 'keep' as const };
  for (const _ of [1, 2]) {
    fails = 'replicated';
    await expect(passwordReset.reset(token, form, origin)).rejects.toThrow('replicated');
  }
  expect(await passwordReset.reset(token, form, origin)).toBe(true);
  expect(told).toEqual(['password_reset', 'passwordChanged']);
});

test('the form that set the password is told so again, though another one noted its password in between', async () => {
  const { token } = await linkBy('operator');
  const form = { new_password: `pw-${randomUUID()}`, programs: 'keep' as const };
  beforeSpending = () => resetLinks.noteSpent(token, `pw-${randomUUID()}`, 'operator');
  expect(await passwordReset.reset(token, form, origin)).toBe(true);
  beforeSpending = async () => undefined;
  expect(await passwordReset.reset(token, form, origin)).toBe(true);
});

test('a reset whose note cannot be written ends all that it has to end', async () => {
  const { id, token } = await linkBy('operator');
  fails = 'noteSpent';
  const form = { new_password: `pw-${randomUUID()}`, programs: 'end' as const };
  expect(await passwordReset.reset(token, form, origin)).toBe(true);
  expect(ended).toEqual([id]);
});

test('another password that was noted for the link is not told that it was set', async () => {
  const { id, token } = await linkBy('operator');
  const [set, other] = [`pw-${randomUUID()}`, `pw-${randomUUID()}`];
  const form = (password: string) => ({ new_password: password, programs: 'end' as const });
  expect(await passwordReset.reset(token, form(set), origin)).toBe(true);
  // As if its form had been noted, and its process had died before it could spend the link.
  await resetLinks.noteSpent(token, other, 'operator');
  expect(await passwordReset.reset(token, form(other), origin)).toBe(false);
  expect(ended).toEqual([id]);
});

test('a link is sent to whoever has the address, within the limit; for an address that nobody has the same is done, for nobody', async () => {
  const { id } = await linkBy('mail');
  const email = (await accountStore.read(id))?.account.email ?? '';
  await passwordReset.ask({ email }, origin, 'a form');
  await passwordReset.ask({ email: 'nobody@example.com' }, origin, 'a form');
  expect(told).toEqual([`reset link of ${id} to ${email}`, 'reset link of 0 to nobody@example.com']);
  fails = 'admit';
  await expect(passwordReset.ask({ email }, origin, 'a form')).rejects.toThrow('admit');
  expect([told.length, passwordReset.sendsLinks]).toEqual([2, true]);
});

test('the new password is as long as it has to be alone, but beside a second factor that stays: a stranger’s does not', async () => {
  const factors = new FactorStore(redis);
  const totp = { sealedSecret: 'x', lastStep: 0, addedAtMs: 0, lastUsedAtMs: null };
  const short = { new_password: 'x7 moon?', programs: 'keep' as const };
  const linkWithFactor = async (by: 'mail' | 'operator', proven = false) => {
    const made = await linkBy(by);
    const email = (await accountStore.read(made.id))?.account.email ?? '';
    await factors.change(made.id, (none) => ({ kind: 'change', factors: { ...none, totp } }));
    if (proven) await accountStore.noteVerified(made.id, email);
    return made.token;
  };
  const alone = await linkBy('mail');
  for (const token of [alone.token, await linkWithFactor('mail')]) {
    expect(await passwordReset.minLengthFor(token)).toBe(15);
    await expect(passwordReset.reset(token, short, origin)).rejects.toMatchObject({ field: 'new_password' });
    // The link is good still.
    expect(await passwordReset.minLengthFor(token)).toBe(15);
  }
  for (const token of [await linkWithFactor('operator'), await linkWithFactor('mail', true)]) {
    expect(await passwordReset.minLengthFor(token)).toBe(8);
    expect(await passwordReset.reset(token, short, origin)).toBe(true);
    expect(await passwordReset.minLengthFor(token)).toBeNull();
  }
  expect(told).not.toContain('factors_reset');
  expect(await passwordReset.reset('no link', short, origin)).toBe(false);
});

test('a proven address is taken over by nobody: its programs go on unless that is not wanted', async () => {
  const { id, token } = await linkBy('mail');
  await accountStore.noteVerified(id, (await accountStore.read(id))?.account.email ?? '');
  const form = { new_password: `pw-${randomUUID()}`, programs: 'keep' as const };
  expect(await passwordReset.reset(token, form, origin)).toBe(true);
  expect([ended, told]).toEqual([[], ['password_reset', 'passwordChanged']]);
});

test('a password that is reset in the moment in which the account moves signs in at the new address, also where the process dies that moves it', async () => {
  const { id, token } = await linkBy('operator');
  const fresh = `${randomUUID()}@example.com`;
  await emailMoves.want(id, fresh);
  const moving = (await accountLinks.make('address', id, fresh)) ?? '';
  beforeSpending = async () => {
    afterRead = async () => {
      afterRead = async () => undefined;
      await expect(movingAccounts(redis, '').dying('behind').move(moving)).rejects.toThrow('died');
    };
  };
  expect(
    await passwordReset.reset(token, { new_password: `pw-${randomUUID()}`, programs: 'keep' }, origin),
  ).toBe(true);
  const record = await accountStore.findSignIn(fresh);
  expect(record?.userId).toBe(id);
  expect(record?.passwordHash).not.toBe('hash');
});
