import { createHash, randomUUID } from 'node:crypto';
import { AccountLinks } from '@ravi/accounts';
import { Redis } from 'ioredis';
import { AuthenticatorApp } from '../support/authenticator-app.ts';
import { BrowserVisit } from '../support/browser-visit.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { wrongIn } from '../support/fields-of-page.ts';
import { confirmAddress, linkIn, mailsTo, mailTo } from '../support/mailbox.ts';
import { call, logIn } from '../support/logged-in.ts';
import { Person } from '../support/person.ts';

import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';
import { type SmtpServer, startSmtpServer } from '../support/smtp-server.ts';
import { type Deployment, deploy } from '../support/stack.ts';
import { toldAbout } from '../support/told.ts';

let smtp: SmtpServer;
let deployment: Deployment;
let mailless: SharedDeployment;
let url: string;
let redis: Redis;
beforeAll(async () => {
  smtp = await startSmtpServer();
  const settings = { SMTP_URL: smtp.url, MAIL_FROM: 'Ravi <login@example.com>', RATE_LIMITS: 'on' };
  [deployment, mailless] = await Promise.all([
    deploy({ ...settings, TRUSTED_PROXY_HOPS: '1' }),
    shareDeployment(),
  ]);
  [url] = deployment.urls;
  redis = new Redis(deployment.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await Promise.all([deployment.stop(), mailless.stop()]);
  smtp.close();
});

const fresh = 'another long password';
const signsIn = async (email: string, password: string, address = randomAddress()) =>
  (await send(`${url}/api/auth/login/`, { json: { email, password }, headers: from(address) })).status;
const from = (address: string) => ({ 'x-forwarded-for': address });
const signInKey = (email: string) => `ravi:sign-in:${createHash('sha256').update(email).digest('base64url')}`;
const dayNow = () => new Date().toISOString().slice(0, 10);
const randomAddress = () => `2001:db8:${randomUUID().slice(0, 4)}:${randomUUID().slice(0, 4)}::1`;
const forgotten = async (email: string) => {
  const visit = new BrowserVisit(url);
  await visit.open('/forgot');
  await visit.submit('/forgot', { email });
  return visit;
};

/** @shows ASVS V6.4.3 */
test('whoever forgot their password sets another by a link in the mail, once, and is told where they confirmed the address', async () => {
  const since = dayNow();
  const person = await Person.signUp(url, from(randomAddress()));
  await confirmAddress(smtp, url, person.email);
  const asked = await forgotten(person.email);
  expect(asked.words).toContain('Look into your mailbox');
  const path = linkIn(await mailTo(smtp, person.email, 'Set a new password'));
  const visit = new BrowserVisit(url);
  // A program that scans mail opens links: opening one spends nothing.
  await visit.open(path);
  await visit.open(path);
  await visit.submit('/reset', { new_password: fresh, programs: 'keep' });
  expect(visit.words).toContain('Your password is set');
  expect([await signsIn(person.email, person.password), await signsIn(person.email, fresh)]).toEqual([
    401, 200,
  ]);
  await visit.open(path);
  expect(visit.page.status).toBe(410);
  const { body } = await mailTo(smtp, person.email, 'Your password was changed');
  expect([since, dayNow()].some((day) => body.includes(day))).toBe(true);
  // The session of before is over.
  const sessions = await send(`${url}/account/sessions`, {
    method: 'GET',
    headers: { cookie: person.cookie },
  });
  expect(sessions.status).toBe(303);
});

/** @shows password guessing */
test('the answer is the same for a known and an unknown address, which gets no mail', async () => {
  const person = await Person.signUp(url, from(randomAddress()));
  const stranger = `${randomUUID()}@example.com`;
  const [known, unknown] = [await forgotten(person.email), await forgotten(stranger)];
  expect(unknown.page.status).toBe(known.page.status);
  expect(unknown.words).toBe(known.words);
  await mailTo(smtp, person.email, 'Set a new password');
  expect(mailsTo(smtp, stranger)).toHaveLength(0);
});

test('an address gets four links of a kind an hour at most, and whoever asks more often is told nothing else', async () => {
  const person = await Person.signUp(url, from(randomAddress()));
  for (let i = 0; i < 5; i++) expect((await forgotten(person.email)).page.status).toBe(200);
  // The one that confirms the address is of another kind.
  await eventually('five mails are there', () => mailsTo(smtp, person.email).length >= 5);
  // A mail that somebody else asks for later has come: so a sixth would have come, too.
  const other = await Person.signUp(url, from(randomAddress()));
  await mailTo(smtp, other.email, 'Confirm');
  expect(mailsTo(smtp, person.email)).toHaveLength(5);
});

test('no link waits in Redis: the queue and its history hold none', async () => {
  const person = await Person.signUp(url, from(randomAddress()));
  await forgotten(person.email);
  const link = new URLSearchParams(
    linkIn(await mailTo(smtp, person.email, 'Set a new password')).split('?')[1],
  );
  const [, secret = ''] = String(link.get('link')).split('.');
  expect(secret).toMatch(/^[\w-]{27}$/);
  for (const key of await redis.keys('{ravi}:mail:*')) {
    const text = JSON.stringify(
      (await redis.type(key)) === 'hash' ? await redis.hgetall(key) : await redis.type(key),
    );
    expect(text).not.toContain(secret);
  }
});

/** @shows account pre-hijacking */
test('whoever resets an account whose address nobody proved owns it alone: what a stranger did with it ends', async () => {
  const stranger = await Person.signUp(url, from(randomAddress()));
  const program = await logIn(url, stranger);
  // With a factor of theirs, which goes: a password that is short beside one is too short then.
  await redis.hset(`ravi:account:${stranger.user.id}`, 'second_factor', '1');
  await forgotten(stranger.email);
  const visit = new BrowserVisit(url);
  await visit.open(linkIn(await mailTo(smtp, stranger.email, 'Set a new password')));
  await visit.submit('/reset', { new_password: 'x7 moon?', programs: 'keep' });
  expect([visit.page.status, visit.words]).toEqual([400, expect.stringContaining('15')]);
  await visit.submit('/reset', { new_password: fresh, programs: 'keep' });
  expect((await call('GET', `${url}/api/identities/`, program.access)).status).toBe(401);
  const record = await redis.hgetall(`ravi:account:${stranger.user.id}`);
  expect(record).toMatchObject({ verified_email: stranger.email });
  expect(record).not.toHaveProperty('second_factor');
});

test('a reset keeps the programs unless the person chooses otherwise, and what they chose where the form is shown again', async () => {
  const person = await Person.signUp(url, from(randomAddress()));
  const program = await logIn(url, person);
  await forgotten(person.email);
  const visit = new BrowserVisit(url);
  await visit.open(linkIn(await mailTo(smtp, person.email, 'Set a new password')));
  const chosen = () => /<option value="(\w+)" selected>/.exec(visit.page.text)?.[1];
  expect(chosen()).toBe('keep');
  await visit.submit('/reset', { new_password: 'x7 moon?', programs: 'end' });
  expect([visit.page.status, chosen()]).toEqual([400, 'end']);
  await visit.submit('/reset', { new_password: fresh, programs: 'end' });
  expect((await call('GET', `${url}/api/identities/`, program.access)).status).toBe(401);
});

test('a link that confirms an address works once, a second click is told the same, and it can be sent again from the account', async () => {
  const email = `${randomUUID()}@example.com`;
  const visit = new BrowserVisit(url);
  await visit.open('/signup');
  await visit.submit('/signup', { email, password: fresh });
  const first = linkIn(await mailTo(smtp, email, 'Confirm'));
  await visit.open('/account/sessions');
  expect(visit.words).toContain('Your email address is not confirmed');
  await visit.submit('/account/verify');
  expect(visit.words).toContain('A link is on its way');
  await eventually('the second mail is there', () => mailsTo(smtp, email).length === 2);
  const second = linkIn(await mailTo(smtp, email, 'Confirm'));
  await visit.open(first);
  expect(visit.page.status).toBe(410);
  const clicks = [new BrowserVisit(url), new BrowserVisit(url)];
  for (const click of clicks) await click.open(second);
  await Promise.all(clicks.map((click) => click.submit('/verify')));
  for (const { words } of clicks) expect(words).toContain('Your address is confirmed');
  await visit.open(second);
  expect(visit.words).toContain('Your address is confirmed');
  const elsewhere = new BrowserVisit(url);
  await elsewhere.open(second);
  expect(elsewhere.page.status).toBe(410);
  await visit.open('/account/sessions');
  expect(visit.words).not.toContain('not confirmed');
  const userId = Number(await redis.hget(signInKey(email), 'user_id'));
  const told = await toldAbout(redis, userId, 'email_verified');
  expect(told.filter(({ event }) => event === 'email_verified')).toHaveLength(1);
});

/** @shows ASVS V7.5.1 */
test('an address changes once its person confirms the new one; both are told, and the password alone signs in with the new', async () => {
  const person = await Person.signUp(url, from(randomAddress()));
  await confirmAddress(smtp, url, person.email);
  const fresher = `${randomUUID()}@example.com`;
  const visit = new BrowserVisit(url);
  await visit.open('/signin');
  await visit.submit('/signin', { email: person.email, password: person.password });
  const want = async (email: string, password: string) => {
    await visit.open('/account/address');
    await visit.submit('/account/address', { email, current_password: password });
  };
  for (const [email, password, status, field, words] of [
    [fresher, 'not the password', 401, 'current_password', 'not your current password'],
    [fresher, '', 400, 'current_password', 'not your current password'],
    ['no address', person.password, 400, 'email', 'does not look like an email address'],
  ] as const) {
    await want(email, password);
    expect([visit.page.status, wrongIn(visit.page.text)]).toEqual([status, [field]]);
    expect(visit.words).toContain(words);
    expect(visit.page.text).toContain(`value="${email}"`);
  }
  await want(fresher, person.password);
  expect(visit.words).toContain('A link is on its way to the new address');
  await mailTo(smtp, person.email, 'Your account is to have another');
  const link = linkIn(await mailTo(smtp, fresher, 'Confirm your new email address'));
  expect(await signsIn(fresher, person.password)).toBe(401);
  const elsewhere = new BrowserVisit(url);
  await elsewhere.open(link);
  const click = elsewhere.copy();
  await click.open(link);
  await elsewhere.submit('/account/address/confirm');
  await click.submit('/account/address/confirm');
  for (const { page, words } of [elsewhere, click])
    expect([page.status, words]).toEqual([200, expect.stringContaining('Your address is changed')]);
  expect([
    await signsIn(person.email, person.password),
    await signsIn(fresher, person.password),
    await signsIn(fresher, fresh),
  ]).toEqual([401, 200, 401]);
  for (const address of [person.email, fresher])
    await mailTo(smtp, address, 'The email address of your account was changed');
  await toldAbout(redis, person.user.id, 'email_changed');
  await elsewhere.open(link);
  expect(elsewhere.page.status).toBe(410);
  // The former address is free for somebody else, and leads nowhere near this account.
  expect(await redis.hget(`ravi:account:${person.user.id}`, 'email')).toBe(fresher);
  const json = { email: person.email, password: fresh };
  const signedUp = await send(`${url}/api/auth/signup/`, { json, headers: from(randomAddress()) });
  expect(signedUp.status).toBe(201);
});

test('an address of another account is not taken, and a changed password ends the link to a new address', async () => {
  const [person, other] = [
    await Person.signUp(url, from(randomAddress())),
    await Person.signUp(url, from(randomAddress())),
  ];
  const link = async (email: string) => {
    await redis.hset(`ravi:account:${person.user.id}`, 'pending_email', email);
    const token = await new AccountLinks(redis).make('address', person.user.id, email);
    return `/account/address/confirm?link=${token}`;
  };
  const visit = new BrowserVisit(url);
  await visit.open(await link(other.email));
  await visit.submit('/account/address/confirm');
  expect(visit.page.status).toBe(409);
  expect([await signsIn(other.email, other.password), await signsIn(person.email, person.password)]).toEqual([
    200, 200,
  ]);
  // A move that was interrupted: the new address is taken and not the account's yet.
  await redis.hset(`ravi:account:${person.user.id}`, 'verified_email', person.email);
  const halfWay = `${randomUUID()}@example.com`;
  await redis.hset(signInKey(halfWay), await redis.hgetall(signInKey(person.email)));
  expect(await signsIn(halfWay, person.password)).toBe(401);
  const open = await link(`${randomUUID()}@example.com`);
  await visit.open('/signin');
  await visit.submit('/signin', { email: person.email, password: person.password });
  await visit.open('/account/password');
  await visit.submit('/account/password', { current_password: person.password, new_password: fresh });
  await visit.open(open);
  expect(visit.page.status).toBe(410);
  await mailTo(smtp, person.email, 'Your password was changed');
});

test('a sign-in in a browser that was not used before is told, and one in the same browser is not', async () => {
  const person = await Person.signUp(url, from(randomAddress()));
  await confirmAddress(smtp, url, person.email);
  const visit = new BrowserVisit(url);
  for (let i = 0; i < 2; i++) {
    await visit.open('/signin');
    await visit.submit('/signin', { email: person.email, password: person.password });
    await visit.submit('/signout');
  }
  const { body } = await mailTo(smtp, person.email, 'A new sign-in');
  expect(body).toContain('/account/sessions');
  await forgotten(person.email);
  await mailTo(smtp, person.email, 'Set a new password');
  expect(mailsTo(smtp, person.email).filter(({ headers }) => headers.includes('A new sign-in'))).toHaveLength(
    1,
  );
});

test('a sign-in by a recovery code in a browser that was not used before is told by one mail', async () => {
  const { email, password } = await Person.signUp(url, from(randomAddress()));
  await confirmAddress(smtp, url, email);
  const visit = new BrowserVisit(url);
  const signIn = async (code: string) => {
    const other = new BrowserVisit(url);
    await other.open('/signin');
    await other.submit('/signin', { email, password });
    await other.submit('/signin/second-step', { code });
  };
  await visit.open('/signin?next=security');
  await visit.submit('/signin', { email, password });
  await mailTo(smtp, email, 'A new sign-in');
  await visit.open('/account/security/app');
  const app = new AuthenticatorApp(/name="secret" value="([A-Z2-7]{32})"/.exec(visit.page.text)?.[1] ?? '');
  await visit.submit('/account/security/app', { code: app.read(), current_password: password });
  await signIn(/\b[0-9a-z]{4}(-[0-9a-z]{4}){3}\b/.exec(visit.page.text)?.[0] ?? '');
  await mailTo(smtp, email, 'A recovery code of your account was used');
  await signIn(app.read());
  const signIns = () =>
    mailsTo(smtp, email).filter(({ headers }) => headers.includes('A new sign-in')).length;
  await eventually('the next sign-in is told', () => signIns() >= 2);
  await forgotten(email);
  await mailTo(smtp, email, 'Set a new password');
  expect(signIns()).toBe(2);
});

test('the code and the address that was typed go along to the forgotten password and back', async () => {
  const email = `${randomUUID()}@example.com`;
  const query = `user_code=BCDF-GHJK&email=${encodeURIComponent(email)}`;
  const visit = new BrowserVisit(url);
  const links = () => visit.page.text.replaceAll('&#38;', '&').replaceAll('&#61;', '=');
  await visit.open('/signin?user_code=bcdfghjk');
  await visit.submit('/signin', { email, password: fresh });
  expect(links()).toContain(`href="/forgot?${query}"`);
  await visit.open(`/forgot?${query}`);
  expect(visit.page.text).toContain(`value="${email}"`);
  expect(links()).toContain(`href="/signin?${query}"`);
  await visit.submit('/forgot', { email: 'no address' });
  expect(links()).toContain('href="/signin?user_code=BCDF-GHJK');
  await visit.submit('/forgot', { email });
  expect(visit.words).toContain('Look into your mailbox');
  expect(links()).toContain('href="/signin?user_code=BCDF-GHJK"');
});

test('without a mail server the page says whom to ask, and sends nothing', async () => {
  const visit = new BrowserVisit(mailless.urls[0]);
  await visit.open('/signin');
  expect(visit.page.text).toContain('href="/forgot"');
  await visit.open('/forgot');
  expect(visit.words).toContain('Ask whoever runs it for a link');
  await visit.post('/forgot', { email: 'ada@example.com' });
  expect(visit.page.status).toBe(403);
  // Nor from a page that was already open, whatever is typed there.
  const tokenOf = (page: string) => /name="csrf_token"\s+value="([^"]+)"/.exec(page)?.[1] ?? '';
  await visit.open('/signin');
  await visit.post('/forgot', { csrf_token: tokenOf(visit.page.text), email: 'no address' });
  expect(visit.words).toContain('Ask whoever runs it for a link');
  await visit.open('/signup');
  await visit.submit('/signup', { email: `${randomUUID()}@example.com`, password: fresh });
  await visit.open('/account/address');
  expect(visit.page.text).not.toContain('name="email"');
  const csrf_token = tokenOf(visit.page.text);
  await visit.post('/account/address', { csrf_token, email: 'a@example.com', current_password: fresh });
  expect(visit.words).toContain('so addresses cannot be changed here');
});

test('password managers find the page that changes a password', async () => {
  const answer = await send(`${mailless.urls[0]}/.well-known/change-password`, { method: 'GET' });
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/account/password']);
});
