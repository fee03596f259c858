import type { Account } from '@ravi/accounts';
import { servedAlone } from '../../../../test/support/served-alone.ts';
import { AccountMails, type AccountMailsDeps, mailOriginOf } from './account-mails.ts';
import { EmailVerification, type EmailVerificationDeps } from './email-verification.ts';

const origin = { address: '192.0.2.1', userAgent: 'a browser', language: 'en' };
const ada = { id: 7, email: 'Ada@Example.com', emailVerified: true } as Account;

/** What was queued and warned of, and for what a limit was asked. */
let queued: object[];
let warnings: string[];
let counted: string[];
let admits: boolean;
let told: Set<string>;
/** What becomes of a mail that is queued. */
let adds: boolean | 'fails';
beforeEach(() => {
  [queued, warnings, counted, admits, adds, told] = [[], [], [], true, true, new Set()];
});

function accountMails({ sends = true } = {}): AccountMails {
  return new AccountMails({
    mailQueue: sends
      ? {
          add: async (_name: string, mail: object) => {
            if (adds === 'fails') throw new Error('Redis is away');
            queued.push(mail);
            return adds;
          },
        }
      : null,
    limits: {
      mayMail: async (kind: string, email: string) => {
        counted.push(`${kind} ${email}`);
        return admits;
      },
    },
    toldOnce: {
      claim: async (what: string) => told.size < told.add(what).size,
      isClaimed: async (what: string) => told.has(what),
    },
    clock: { nowMs: () => 5 },
    logger: { warn: (_about: object, words: string) => void warnings.push(words) },
  } as unknown as AccountMailsDeps);
}

/** Resolves once what nobody waits for has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a link is queued for its account while its address may get one; only that to a new address names it', async () => {
  const mails = accountMails();
  await mails.sendLink('reset', 7, ada.email, origin, 'a form');
  await mails.sendLink('address', 7, 'new@example.com', origin, 'a form');
  const mail = { about: 'account', ...origin, userId: 7, atMs: 5 };
  expect(queued).toEqual([
    { ...mail, kind: 'reset' },
    { ...mail, kind: 'address', to: 'new@example.com' },
  ]);
  expect(counted).toEqual(['reset ada@example.com', 'address new@example.com']);
  admits = false;
  await mails.sendLink('reset', 7, ada.email, origin, 'another form');
  expect(queued).toHaveLength(2);
  [admits, adds] = [true, 'fails'];
  await expect(mails.sendLink('verify', 7, ada.email, origin, 'a form')).rejects.toThrow('Redis is away');
});

test('a form that comes twice has one link sent, also where the first could not be queued; another address and another form have their own', async () => {
  const mails = accountMails();
  const ask = (email: string, form = 'a form') => mails.sendLink('reset', 7, email, origin, form);
  adds = 'fails';
  await expect(ask(ada.email)).rejects.toThrow('Redis is away');
  [adds, counted] = [true, []];
  for (const email of [ada.email, 'ada@example.com', ada.email]) await ask(email);
  expect([queued.length, counted.length]).toEqual([1, 1]);
  await ask('grace@example.com');
  await ask(ada.email, 'another form');
  expect(queued).toHaveLength(3);
});

test('a notice goes to a proven address alone, where mail is sent and its limit admits it, with the undo if there is one', async () => {
  const mails = accountMails();
  mails.notify('factorRemoved', ada, origin, 'an undo');
  mails.notify('signedIn', ada, origin);
  mails.notify('addressWanted', ada, origin);
  mails.notify('secondStepAsked', ada, origin);
  mails.notify('signedIn', { ...ada, emailVerified: false }, origin);
  accountMails({ sends: false }).notify('signedIn', ada, origin);
  await settled();
  expect(queued).toMatchObject([
    { kind: 'factorRemoved', undo: 'an undo' },
    { kind: 'signedIn' },
    { kind: 'addressWanted' },
    { kind: 'secondStepAsked' },
  ]);
  expect(queued.map((mail) => Object.hasOwn(mail, 'undo'))).toEqual([true, false, false, false]);
  // Many sign-ins, such as of a thief, hide no notice of what comes of them.
  const counts = ['undo', 'signedIn', 'notice', 'secondStepAsked'];
  expect(counted).toEqual(counts.map((kind) => `${kind} ada@example.com`));
  admits = false;
  mails.notify('signedIn', ada, origin);
  await settled();
  expect(queued).toHaveLength(4);
  expect([accountMails().enabled, accountMails({ sends: false }).enabled]).toEqual([true, false]);
});

test('a notice that cannot be queued, or for which there is no room, is told to the operator and fails nobody', async () => {
  const mails = accountMails();
  adds = 'fails';
  mails.notify('signedIn', ada, origin);
  mails.tellAt('former@example.com', 'addressChanged', 7, origin);
  await settled();
  expect(warnings).toEqual(['a notice was not queued', 'a notice was not queued']);
  [adds, warnings] = [false, []];
  mails.tellAt('former@example.com', 'addressChanged', 7, origin);
  await settled();
  expect(queued).toMatchObject([{ to: 'former@example.com', kind: 'addressChanged', userId: 7 }]);
  expect(warnings).toEqual(['too many mails wait: this one is dropped']);
});

/** The proof of an address: of which account a link was spent, first and again, and whether that still has the address. */
function verification({ first = true, again = false, isIts = true, sends = true } = {}) {
  const done: string[] = [];
  const link = { userId: 7, address: ada.email };
  const its = new EmailVerification({
    accountStore: {
      noteVerified: async (id: number, address: string) => {
        done.push(`${id} has ${address}`);
        return isIts;
      },
      read: async (id: number) => (id === 7 ? { account: ada } : null),
      replicated: async (id: number) => void done.push(`replicated ${id}`),
    },
    accountLinks: {
      spend: async () => (first ? link : null),
      find: async (kind: string, of: string) => (kind === 'verify' && of === 'a link' ? link : null),
      findSpent: async (_link: string, address: string) => (again && address === ada.email ? '' : null),
    },
    toldOnce: { claim: async (what: string) => told.size < told.add(what).size },
    mails: accountMails({ sends }),
    audit: { note: ({ event }: { event: string }) => void done.push(event) },
    logger: { warn: (_about: object, words: string) => void warnings.push(words) },
  } as unknown as EmailVerificationDeps);
  return { its, done };
}

test('a link proves the address once, also where its form comes twice; none that is spent or of another address does', async () => {
  const linkOf = (userId: number) => `${userId}.${'A'.repeat(27)}`;
  const verify = async (how: Parameters<typeof verification>[0], link = linkOf(7)) => {
    const { its, done } = verification(how);
    return [await its.verify(link, origin.address), ...done];
  };
  const has = `7 has ${ada.email}`;
  expect(await verify({})).toEqual([true, has, 'email_verified', 'replicated 7']);
  expect(await verify({ first: false, again: true })).toEqual([true, has, 'replicated 7']);
  expect(await verify({ first: false })).toEqual([false]);
  expect(await verify({ first: false, again: true }, 'no link')).toEqual([false]);
  expect(await verify({ isIts: false })).toEqual([false, has]);
  const { its } = verification();
  expect([await its.find('a link'), await its.find('another')]).toEqual([ada.email, null]);
});

test('a link to prove an address is sent where it is not proven and mail is sent; the first one fails nobody', async () => {
  const unproven = { ...ada, emailVerified: false };
  await verification().its.sendLink(unproven, origin, 'a form');
  expect(queued).toMatchObject([{ kind: 'verify', userId: 7 }]);
  await verification().its.sendLink(ada, origin, 'a form');
  await verification({ sends: false }).its.sendLink(unproven, origin, 'a form');
  expect([queued.length, counted.length]).toEqual([1, 1]);
  adds = 'fails';
  verification().its.sendFirstLink(unproven, origin);
  await settled();
  expect(warnings).toEqual(['the first link was not queued']);
  // The same sign-up, sent again.
  adds = true;
  for (const _ of [1, 2]) {
    verification().its.sendFirstLink(unproven, origin);
    await settled();
  }
  expect(queued).toHaveLength(2);
});

test('a mail gets the first 160 characters of what a browser calls itself', async () => {
  const origins: unknown[] = [];
  const headers = { 'user-agent': 'x'.repeat(161), 'accept-language': 'de' };
  await servedAlone((ctx) => void origins.push(mailOriginOf(ctx)), { headers });
  expect(origins).toEqual([expect.objectContaining({ userAgent: 'x'.repeat(160) })]);
});
