import { randomUUID } from 'node:crypto';
import { AccountLinks, AccountStore, EmailMoves, ResetLinks, SignInUndos } from '@ravi/accounts';
import { Secret } from '@ravi/runtime';
import { shippedMailLanguages } from '../../services/issuer/src/deliveries/mail/texts/mail-texts-for.ts';
import { mailer } from '../../services/issuer/src/deliveries/mail/mailer.ts';
import { connectedRedis } from '../support/connected-redis.ts';
import { mailsTo } from '../support/mailbox.ts';
import { startSmtpServer } from '../support/smtp-server.ts';

const { redis } = await connectedRedis();
const smtp = await startSmtpServer();
afterAll(() => smtp.close());

const accounts = new AccountStore(redis);
const accountLinks = new AccountLinks(redis);
const emailMoves = new EmailMoves(redis, accounts, accountLinks);
const send = mailer({
  server: {
    url: new Secret(smtp.url),
    from: { name: 'Nordhang; log-in (us)', address: 'login@example.com' },
    footer: '',
    languages: shippedMailLanguages,
  },
  accounts,
  grants: { find: async () => null },
  resetLinks: new ResetLinks(redis, accounts),
  accountLinks,
  signInUndos: new SignInUndos(redis),
  emailMoves,
  clock: { nowMs: () => Date.now() },
  publicUrl: 'https://login.example.com',
});
const origin = { address: '192.0.2.1', userAgent: '', language: '' };

test('a link to a new address goes to the address for which it was counted, and to none that was wanted since', async () => {
  const [email, first, since] = Array.from({ length: 3 }, () => `${randomUUID()}@example.com`) as [
    string,
    string,
    string,
  ];
  const input = { email, firstName: '', lastName: '', passwordHash: 'hash', identityEmailDomain: 'x.org' };
  const account = await accounts.create(input, Date.now());
  const userId = account?.id ?? 0;
  const data = { about: 'account', kind: 'address', userId, atMs: Date.now(), to: first, ...origin } as const;
  await emailMoves.want(userId, first);
  await send({ id: randomUUID(), data });
  await emailMoves.want(userId, since);
  await send({ id: randomUUID(), data });
  expect([first, since].map((to) => mailsTo(smtp, to).length)).toEqual([1, 0]);
});

test('that an account is blocked is told to its proven address; nothing else is, until it is told that it is not any more', async () => {
  const email = `${randomUUID()}@example.com`;
  const input = { email, firstName: '', lastName: '', passwordHash: 'hash', identityEmailDomain: 'x.org' };
  const account = await accounts.create({ ...input, emailVerified: true }, Date.now());
  const userId = account?.id ?? 0;
  const tell = (kind: 'accountBlocked' | 'accountUnblocked' | 'signedIn') =>
    send({ id: randomUUID(), data: { about: 'account', kind, userId, atMs: Date.now(), ...origin } });
  const subjects = () => mailsTo(smtp, email).map(({ headers }) => /^Subject: (.*)$/m.exec(headers)?.[1]);
  await accounts.end(userId, 'everything', 'block');
  for (const kind of ['accountBlocked', 'signedIn', 'accountUnblocked'] as const) await tell(kind);
  expect(subjects()).toEqual(['Your account was blocked']);
  await accounts.end(userId, 'sessions', 'unblock');
  await tell('accountUnblocked');
  expect(subjects()).toEqual(['Your account was blocked', 'Your account is no longer blocked']);
});
