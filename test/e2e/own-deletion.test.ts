import { scanKeys } from '@ravi/redis';
import { Redis } from 'ioredis';
import { BrowserVisit } from '../support/browser-visit.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { call, logIn } from '../support/logged-in.ts';
import { confirmAddress, mailTo } from '../support/mailbox.ts';
import { Person } from '../support/person.ts';
import { type SmtpServer, startSmtpServer } from '../support/smtp-server.ts';
import { type Deployment, deploy } from '../support/stack.ts';
import { toldAbout, toldOnce } from '../support/told.ts';

let smtp: SmtpServer;
let deployment: Deployment;
let redis: Redis;
beforeAll(async () => {
  smtp = await startSmtpServer();
  deployment = await deploy({ SMTP_URL: smtp.url, MAIL_FROM: 'Ravi <login@example.com>' });
  redis = new Redis(deployment.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
  smtp.close();
});

/** The keys that have a text in their name or value, the audit log apart. */
async function tracesOf(text: string): Promise<string[]> {
  const found: string[] = [];
  for await (const keys of scanKeys(redis, 'ravi:*')) {
    for (const key of keys) {
      const type = await redis.type(key);
      const value =
        type === 'string' ? await redis.get(key) : type === 'hash' ? await redis.hgetall(key) : key;
      if (key !== 'ravi:audit' && (key + JSON.stringify(value)).includes(text)) found.push(key);
    }
  }
  return found;
}

test('a person deletes their account with the password, in two steps; nothing works any more, nothing stays but the audit, and they are told', async () => {
  const [url, other] = deployment.urls;
  const person = await Person.signUp(url);
  await confirmAddress(smtp, url, person.email);
  const login = await logIn(url, person, 'Moon agent');
  const visit = new BrowserVisit(other);
  await visit.open('/signin');
  await visit.submit('/signin', { email: person.email, password: person.password });
  await visit.open('/account/delete');
  expect(visit.page.text).not.toContain('<button class="button danger"');
  await visit.open('/account/delete?step=last');
  await visit.submit('/account/delete', { current_password: 'another long password' });
  expect([visit.page.status, visit.words]).toEqual([
    401,
    expect.stringContaining('not your current password'),
  ]);
  expect((await call('GET', `${url}/api/identities/`, login.management_key)).status).toBe(200);
  await visit.submit('/account/delete', { current_password: person.password });
  expect(visit.words).toContain('Your account is deleted');
  expect((await call('GET', `${url}/api/identities/`, login.management_key)).status).toBe(401);
  await visit.open('/account/programs');
  expect(visit.words).toContain('Sign in');
  const { body } = await mailTo(smtp, person.email, 'Your account was deleted');
  expect(body).toContain('tell whoever runs this service at once');
  await eventually(
    'all of it is removed',
    async () => (await redis.exists(`ravi:account:${person.user.id}`)) === 0,
  );
  expect(await tracesOf(person.email)).toEqual([]);
  const again = await send(`${url}/api/auth/signup/`, {
    json: { email: person.email, password: person.password },
  });
  expect(again.status).toBe(201);
  const told = await toldOnce(redis, 'the deletion', ({ event }) => event === 'account_deleted');
  const { id } = person.user;
  expect(told.find(({ event }) => event === 'account_deleted')).toMatchObject({
    user: id,
    address: '127.0.0.1',
  });
});

test('a deletion that is sent twice, one after the other, is told as one success; at the same moment, it is noted once', async () => {
  const [url, other] = deployment.urls;
  const [ada, grace] = [await Person.signUp(url), await Person.signUp(url)];
  const remove = ({ csrfToken, password, cookie }: Person, at: string) =>
    send(`${at}/account/delete`, {
      form: { csrf_token: csrfToken, current_password: password },
      headers: { cookie, origin: at },
    });
  for (const at of [url, other, url])
    expect((await remove(ada, at)).headers.get('location')).toBe('/account/deleted');
  await Promise.all([url, url, other].map((at) => remove(grace, at)));
  for (const { user } of [ada, grace]) {
    await eventually(
      'all of it is removed',
      async () => (await redis.exists(`ravi:account:${user.id}`)) === 0,
    );
    const told = await toldAbout(redis, user.id, 'account_deleted');
    expect(told.filter(({ event }) => event === 'account_deleted')).toHaveLength(1);
  }
});

test('a deletion that a process left half-done is finished by the next api that starts', async () => {
  const [url] = deployment.urls;
  const { user, email, password } = await Person.signUp(url);
  await redis.hset(`ravi:account:${user.id}`, 'deleting', '1');
  await redis.zadd('ravi:deletions', Date.now() - 301_000, String(user.id));
  await deployment.stack.startApi();
  await eventually('all of it is removed', async () => (await tracesOf(email)).length === 0);
  await toldAbout(redis, user.id, 'account_deleted');
  const again = await send(`${url}/api/auth/signup/`, { json: { email, password } });
  expect(again.status).toBe(201);
});
