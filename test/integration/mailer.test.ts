import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import {
  type Account,
  AccountLinks,
  AccountStore,
  EmailMoves,
  linkMs,
  ResetLinks,
  SignInUndos,
} from '@ravi/accounts';
import type { AccountMailJob } from '@ravi/contract';
import { boundPort, Secret } from '@ravi/runtime';
import type { ApprovalNotice } from '../../services/issuer/src/deliveries/mail/approval-notice.ts';
import { shippedMailLanguages } from '../../services/issuer/src/deliveries/mail/texts/mail-texts-for.ts';
import { mailer, type Notice } from '../../services/issuer/src/deliveries/mail/mailer.ts';
import type { UnusedNotice } from '../../services/issuer/src/deliveries/mail/unused-notice.ts';
import { Undeliverable } from '../../services/issuer/src/deliveries/undeliverable.ts';
import { connectedRedis } from '../support/connected-redis.ts';
import { linkIn, mailsTo } from '../support/mailbox.ts';
import { startSmtpServer } from '../support/smtp-server.ts';

const { redis } = await connectedRedis();
const smtp = await startSmtpServer();
afterAll(() => smtp.close());

const accounts = new AccountStore(redis);
const accountLinks = new AccountLinks(redis);
const resetLinks = new ResetLinks(redis, accounts);
const emailMoves = new EmailMoves(redis, accounts, accountLinks);
const signInUndos = new SignInUndos(redis);
const nowMs = Date.now();
/** The logins whose records are still there. */
const grants = new Set<string>();
const mailerAt = (url: string, more: { readonly sendMs?: number } = {}) =>
  mailer({
    server: {
      url: new Secret(url),
      from: { name: 'Nordhang; log-in (us)', address: 'login@example.com' },
      footer: '\n-- \nNordhang\n',
      languages: shippedMailLanguages,
    },
    accounts,
    grants: { find: async (id) => (grants.has(id) ? ({} as never) : null) },
    resetLinks,
    accountLinks,
    signInUndos,
    emailMoves,
    clock: { nowMs: () => nowMs },
    publicUrl: 'https://login.example.com',
    ...more,
  });
const deliver = mailerAt(smtp.url);
const send = (data: Notice) => deliver({ id: randomUUID(), data });
const origin = { address: '192.0.2.1', userAgent: '', language: '' };
const newAddress = () => `${randomUUID()}@example.com`;

async function person(more: { emailVerified?: boolean; passwordHash?: string } = {}): Promise<Account> {
  const names = { email: newAddress(), firstName: '', lastName: '', identityEmailDomain: 'x.org' };
  const account = await accounts.create({ ...names, passwordHash: 'hash', ...more }, nowMs);
  if (account === null) throw new Error('The address is taken.');
  return account;
}
const proven = () => person({ emailVerified: true });

/** Sends a mail about an account, asked for now unless another time is told. */
const tell = ({ id: userId }: Pick<Account, 'id'>, kind: AccountMailJob['kind'], more = {}) =>
  send({ about: 'account', kind, userId, atMs: nowMs, ...origin, ...more });

const idOf = ({ headers }: { readonly headers: string }) => /^Message-ID: (<.*>)\r?$/im.exec(headers)?.[1];
const subjectsTo = (email: string) =>
  mailsTo(smtp, email).map(({ headers }) => /^Subject: (.*)$/m.exec(headers)?.[1]);

test('a link to a new address goes to the address for which it was counted, and to none that was wanted since', async () => {
  const [first, since] = [newAddress(), newAddress()];
  const account = await person();
  await emailMoves.want(account.id, first);
  await tell(account, 'address', { to: first });
  await emailMoves.want(account.id, since);
  await tell(account, 'address', { to: first });
  expect([first, since].map((to) => mailsTo(smtp, to).length)).toEqual([1, 0]);
});

test('that an account is blocked is told to its proven address; nothing else is, until it is told that it is not any more', async () => {
  const account = await proven();
  await accounts.end(account.id, 'everything', 'block');
  for (const kind of ['accountBlocked', 'signedIn', 'accountUnblocked', 'reset'] as const)
    await tell(account, kind);
  expect(subjectsTo(account.email)).toEqual(['Your account was blocked']);
  await accounts.end(account.id, 'sessions', 'unblock');
  await tell(account, 'accountUnblocked');
  expect(subjectsTo(account.email)).toEqual([
    'Your account was blocked',
    'Your account is no longer blocked',
  ]);
});

test('a mail is from the operator’s sender alone, says who runs the service, and has the same id at every attempt', async () => {
  const { id: userId, email } = await proven();
  const data = { about: 'account', kind: 'signedIn', userId, atMs: nowMs, ...origin } as const;
  for (const _ of [1, 2]) await deliver({ id: 'signedIn.7', data });
  const [first, again] = mailsTo(smtp, email);
  expect(smtp.mails.at(-1)?.from).toBe('<login@example.com>');
  for (const { headers, body } of [first, again].flatMap((mail) => mail ?? [])) {
    expect(headers).toMatch(/^From: "Nordhang; log-in \(us\)" <login@example\.com>\r?$/m);
    expect(headers).toContain(`\r\nTo: ${email}`);
    expect(idOf({ headers })).toMatch(/^<[\w-]{32}@login\.example\.com>$/);
    expect(headers).toMatch(/^Auto-Submitted: auto-generated\r?$/m);
    expect(body).toMatch(/\n-- ?\r?\nNordhang\s*$/);
  }
  expect(again && idOf(again)).toBe(first && idOf(first));
});

test('a mail that is sent again with another link has another id: mail programs do not drop the one whose link works', async () => {
  const { id: userId, email } = await person();
  const data = { about: 'account', kind: 'reset', userId, atMs: nowMs, ...origin } as const;
  for (const _ of [1, 2]) await deliver({ id: 'reset.7', data });
  const mails = mailsTo(smtp, email);
  const good = await Promise.all(mails.map((mail) => resetLinks.find(linkIn(mail).split('?link=')[1] ?? '')));
  expect(good.map((link) => link !== null)).toEqual([false, true]);
  expect(new Set(mails.map(idOf)).size).toBe(2);
});

test.each([
  ['550 5.1.1 no such user', true],
  ['550-5.1.1 no such user\r\n550 5.1.1 here', true],
  ['556 5.1.10 no mail for this domain', true],
  ['550 5.2.1 switched off', true],
  ['450 4.1.1 not now', false],
  ['550 5.1.8 no such sender', false],
  ['554 5.7.1 relaying denied', false],
  ['550 no', false],
])('a recipient that is refused by "%s" is one that does not exist: %s', async (reply, leadsNowhere) => {
  const account = await proven();
  smtp.refuse(account.email, reply);
  const refusal = await tell(account, 'signedIn').catch((error: unknown) => error);
  expect(String(refusal)).toContain(reply.slice(-8));
  expect(refusal instanceof Undeliverable).toBe(leadsNowhere);
});

test('a mail that only a newer release knows is not sent and not forgotten: an issuer of that release sends it', async () => {
  const { id: userId, email } = await proven();
  for (const unknown of [{ about: 'account', kind: 'later' }, { about: 'later' }])
    await expect(send({ ...unknown, userId, atMs: nowMs, ...origin } as never)).rejects.toThrow(
      'Left for a newer release',
    );
  expect(mailsTo(smtp, email)).toEqual([]);
});

/** Where each notice leads its reader. */
const noticeLinks = {
  passwordChanged: '/forgot',
  signedIn: '/account/sessions',
  addressWanted: '/account/password',
  addressChanged: '/account/sessions',
  factorAdded: '/account/security',
  factorReplaced: '/account/security',
  factorRemoved: '/account/security',
  factorsReset: '/account/security',
  recoveryCodesMade: '/account/security',
  recoveryCodeUsed: '/account/security',
  providerLinked: '/account/security',
  providerUnlinked: '/account/security',
  secondStepAsked: '/account/password',
  signInPutBack: '/account/security',
  accountBlocked: '/',
  accountUnblocked: '/signin',
} as const;

test.each(Object.entries(noticeLinks) as [keyof typeof noticeLinks, string][])(
  'the notice %s leads to %s, and goes to proven addresses alone: that of the account, or another that is named',
  async (kind, path) => {
    const [account, unproven, former] = [await proven(), await person(), newAddress()];
    await tell(account, kind);
    await tell(account, kind, { to: former });
    await tell(unproven, kind);
    for (const to of [account.email, former]) expect(mailsTo(smtp, to).map(linkIn)).toEqual([path]);
    expect(mailsTo(smtp, unproven.email)).toEqual([]);
  },
);

test('a notice of what can be undone brings the link that does so; where that is over, the page as it is', async () => {
  const account = await proven();
  const undo = (await signInUndos.note(account, nowMs)) ?? '';
  await tell(account, 'factorRemoved', { undo });
  await tell(account, 'factorRemoved', { undo: 'gone' });
  const mails = mailsTo(smtp, account.email);
  const [link = '', page] = mails.map(linkIn);
  expect(link).toMatch(/^\/account\/undo\?link=/);
  expect((await signInUndos.find(link.split('=')[1] ?? '', nowMs))?.userId).toBe(account.id);
  expect(page).toBe('/account/security');
  expect(mails.map(({ body }) => body.includes('has a button that puts it back'))).toEqual([true, false]);
});

test('a link is made as it is sent, works, and is not sent to who asked for it more than an hour ago', async () => {
  const account = await person();
  const wanted = newAddress();
  await emailMoves.want(account.id, wanted);
  for (const atMs of [nowMs - linkMs - 1, nowMs - linkMs]) {
    await tell(account, 'verify', { atMs });
    await tell(account, 'reset', { atMs });
    await tell(account, 'address', { atMs, to: wanted });
  }
  const [verify = '', reset = '', ...more] = mailsTo(smtp, account.email).map(linkIn);
  const [address = '', ...others] = mailsTo(smtp, wanted).map(linkIn);
  expect([more, others]).toEqual([[], []]);
  const secretOf = (link: string) => link.split('?link=')[1] ?? '';
  expect(verify).toMatch(/^\/verify\?link=/);
  expect(await accountLinks.spend('verify', secretOf(verify))).toMatchObject({ userId: account.id });
  expect(reset).toMatch(/^\/reset\?link=/);
  expect(await resetLinks.find(secretOf(reset))).toMatchObject({ by: 'mail' });
  expect(address).toMatch(/^\/account\/address\/confirm\?link=/);
  expect((await emailMoves.move(secretOf(address))).kind).toBe('moved');
});

test('who needs no link gets none: with a proven address, at a provider, or without an account', async () => {
  const [known, atProvider] = [await proven(), await person({ passwordHash: '' })];
  await tell(known, 'verify');
  await tell(atProvider, 'reset');
  await tell({ id: 0 }, 'reset');
  expect(mailsTo(smtp, known.email)).toEqual([]);
  expect(subjectsTo(atProvider.email)).toEqual(['You sign in through a provider']);
  expect(mailsTo(smtp, atProvider.email).map(linkIn)).toEqual(['/signin']);
});

test('that an account was deleted is told at the address that it had, though it is gone', async () => {
  const to = newAddress();
  const before = smtp.mails.length;
  await tell({ id: 7 }, 'accountDeleted', { to });
  await tell({ id: 7 }, 'accountDeleted');
  await tell({ id: 7 }, 'passwordChanged', { to });
  expect(subjectsTo(to)).toEqual(['Your account was deleted']);
  expect(smtp.mails).toHaveLength(before + 1);
});

test('what programs do is told to proven addresses alone, and the end of a login only where it ended by itself', async () => {
  const [account, unproven] = [await proven(), await person()];
  const identity = (await accounts.read(account.id))?.identities[0]?.uuid ?? '';
  const claims = { clientName: 'agent', address: '192.0.2.1', userAgent: '', language: '' };
  const approval = { about: 'approval', approvedAtMs: nowMs, ...claims } satisfies Omit<
    ApprovalNotice,
    'userId'
  >;
  const unused: UnusedNotice = {
    about: 'unused',
    userId: account.id,
    grantId: 'ended',
    accountEpoch: account.epoch,
    neededIdentity: identity,
    clientName: 'agent',
    createdAtMs: nowMs,
    lastUsedAtMs: null,
  };
  grants.add('there');
  const { id: userId, epoch: accountEpoch } = unproven;
  for (const data of [
    { ...approval, userId },
    { ...unused, userId, accountEpoch, neededIdentity: '' },
    { ...unused, accountEpoch: 'of before' },
    { ...unused, neededIdentity: 'deleted' },
    { ...unused, grantId: 'there' },
  ])
    await send(data);
  expect([account, unproven].map(({ email }) => mailsTo(smtp, email))).toEqual([[], []]);
  await accounts.noteLanguage(account.id, 'de');
  await send({ ...approval, userId: account.id });
  await send(unused);
  await send({ ...unused, neededIdentity: '' });
  expect(subjectsTo(account.email)).toEqual([
    'A program was given access to your account',
    ...Array<string>(2).fill(shippedMailLanguages.get('de')?.unused.subject ?? ''),
  ]);
  expect(mailsTo(smtp, account.email).map(linkIn)).toEqual(Array(3).fill('/account/programs'));
});

test('a mail that the server does not take fails, to be tried again', async () => {
  const account = await proven();
  smtp.refuseNext(1);
  await expect(tell(account, 'signedIn')).rejects.toThrow('451');
  expect(mailsTo(smtp, account.email)).toEqual([]);
});

test('a mail to a server that always tells something and never ends fails, to be tried again, and its connection is ended', async () => {
  const ended = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    socket.write('220 here\r\n');
    const goingOn = setInterval(() => socket.write('250-wait\r\n'), 10);
    socket.on('error', () => undefined).on('end', () => socket.destroy());
    socket.on('close', () => {
      clearInterval(goingOn);
      ended.resolve();
    });
    socket.resume();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { id: userId } = await proven();
  const data = { about: 'account', kind: 'signedIn', userId, atMs: nowMs, ...origin } as const;
  // Time enough to connect on a busy machine.
  const sending = mailerAt(`smtp://127.0.0.1:${boundPort(server)}`, { sendMs: 2_000 })({ id: 'one', data });
  await expect(sending).rejects.toThrow('Message sending aborted');
  await ended.promise;
  server.close();
});
