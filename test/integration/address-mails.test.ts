import { randomUUID } from 'node:crypto';
import { AccountLinks, AccountStore, EmailMoves, ResetLinks } from '@ravi/accounts';
import { Secret } from '@ravi/runtime';
import { shippedMailLanguages } from '../../services/issuer/src/deliveries/mail/texts/mail-texts-for.ts';
import { mailer } from '../../services/issuer/src/deliveries/mail/mailer.ts';
import { connectedRedis } from '../support/connected-redis.ts';
import { mailsTo } from '../support/mailbox.ts';
import { startSmtpServer } from '../support/smtp-server.ts';

const { redis } = await connectedRedis();
const smtp = await startSmtpServer();
afterAll(() => smtp.close());

test('a link to a new address goes to the address for which it was counted, and to none that was wanted since', async () => {
  const accounts = new AccountStore(redis);
  const accountLinks = new AccountLinks(redis);
  const emailMoves = new EmailMoves(redis, accounts, accountLinks);
  const send = mailer({
    server: {
      url: new Secret(smtp.url),
      from: 'login@example.com',
      footer: '',
      languages: shippedMailLanguages,
    },
    accounts,
    grants: { find: async () => null },
    resetLinks: new ResetLinks(redis, accounts),
    accountLinks,
    emailMoves,
    clock: { nowMs: () => Date.now() },
    publicUrl: 'https://login.example.com',
  });
  const [email, first, since] = Array.from({ length: 3 }, () => `${randomUUID()}@example.com`) as [
    string,
    string,
    string,
  ];
  const input = { email, firstName: '', lastName: '', passwordHash: 'hash', identityEmailDomain: 'x.org' };
  const account = await accounts.create(input, Date.now());
  const userId = account?.id ?? 0;
  const origin = { address: '192.0.2.1', userAgent: '', language: '' };
  const data = { about: 'account', kind: 'address', userId, atMs: Date.now(), to: first, ...origin } as const;
  await emailMoves.want(userId, first);
  await send({ id: randomUUID(), data });
  await emailMoves.want(userId, since);
  await send({ id: randomUUID(), data });
  expect([first, since].map((to) => mailsTo(smtp, to).length)).toEqual([1, 0]);
});
