import { randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import jwt from 'jsonwebtoken';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { call, logIn } from '../support/logged-in.ts';
import { confirmAddress, mailsTo as mailsOf, mailTo as mailOf } from '../support/mailbox.ts';
import { operatorsLanguage } from '../support/operators-language.ts';
import { Person } from '../support/person.ts';
import { startLogin } from '../support/program.ts';
import { type SmtpServer, startSmtpServer } from '../support/smtp-server.ts';
import { type Deployment, deploy } from '../support/stack.ts';

const brand = {
  BRAND_NAME: 'Nordhang Energie',
  IMPRINT_URL: 'https://example.com/imprint',
  SUPPORT_URL: 'mailto:help@example.com',
  TEXTS_FILE: join(mkdtempSync(join(tmpdir(), 'ravi-mails-')), 'texts.json'),
};
const ownSubject = 'Your first mail of Nordhang';
writeFileSync(
  brand.TEXTS_FILE,
  JSON.stringify({
    fr: { mails: { account: { verify: { subject: ownSubject } } } },
    nl: operatorsLanguage('ltr', (text) => text.replaceAll(' email', ' e-post')),
  }),
);

let smtp: SmtpServer;
let deployment: Deployment;
let redis: Redis;
beforeAll(async () => {
  smtp = await startSmtpServer();
  deployment = await deploy({ SMTP_URL: smtp.url, MAIL_FROM: 'Ravi <login@example.com>', ...brand });
  redis = new Redis(deployment.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
  smtp.close();
});

/** The mails to this person that contain a text. */
const mailsTo = (person: Person, text = '') =>
  mailsOf(smtp, person.email).filter(({ headers, body }) => (headers + body).includes(text));

const subjects = { en: 'A program was given access', de: 'Ein Programm hat Zugang' };
const mailTo = (person: Person, subject: string = subjects.en) => mailOf(smtp, person.email, subject);

/** A person with a proven address: nobody else gets these mails. */
async function personWithMail(): Promise<Person> {
  const person = await Person.signUp(deployment.urls[0]);
  await confirmAddress(smtp, deployment.urls[0], person.email);
  return person;
}

async function approveFrom(clientName: string, language: string): Promise<Person> {
  const [url] = deployment.urls;
  const person = await personWithMail();
  const login = await startLogin(url, clientName);
  const answer = await person.approveWith(url, login.user_code, {}, { 'accept-language': language });
  expect(answer.status).toBe(200);
  return person;
}

/** @shows RFC 10027 §6.1.6 */
test('after an approval the person is told which program, from where, when, and where to revoke it', async () => {
  const dayNow = () => new Date().toISOString().slice(0, 10);
  const since = dayNow();
  const { body, headers } = await mailTo(await approveFrom('Build helper', 'en'));
  expect(body).toContain('"Build helper" (not verified)');
  expect(body).toContain('127.0.0.1');
  expect([since, dayNow()].some((day) => body.includes(day))).toBe(true);
  expect(body).toContain('http://login.localhost:3000/account/programs');
  expect(body).toMatch(
    /\n-- ?\r?\nNordhang Energie\r?\nhelp@example\.com\r?\nhttps:\/\/example\.com\/imprint\s*$/,
  );
  expect(headers).toMatch(/^From: Ravi <login@example\.com>/m);
  expect(headers).toMatch(/^Auto-Submitted: auto-generated/m);
});

test('it is written in the language of whoever approved', async () => {
  const { body, headers } = await mailTo(await approveFrom('Bauhelfer', 'de-AT,de;q=0.9'), subjects.de);
  expect(body).toContain('bestätigt');
  expect(body).toContain('"Bauhelfer" (nicht geprüft)');
  expect(headers).toMatch(/^Subject: Ein Programm/m);
});

test('a language that was chosen on our pages comes before the browser’s, in every mail', async () => {
  const email = `${randomUUID()}@example.com`;
  const chosen = { cookie: 'ravi_language=es', 'accept-language': 'de' };
  const answer = await send(`${deployment.urls[0]}/api/auth/signup/`, {
    json: { email, password: 'five plain ordinary words' },
    headers: chosen,
  });
  expect(answer.status).toBe(201);
  const { body } = await mailOf(smtp, email, 'Confirme su correo electrónico');
  expect(body).toContain('Cuándo:');
});

test('the operator’s texts are in mails, and so is a language of theirs', async () => {
  const signUp = async (language: string) => {
    const email = `${randomUUID()}@example.com`;
    const json = { email, password: 'five plain ordinary words' };
    const headers = { 'accept-language': language };
    await send(`${deployment.urls[0]}/api/auth/signup/`, { json, headers });
    return email;
  };
  const [french, dutch] = [await signUp('fr-CH'), await signUp('nl-BE, de;q=0.5')];
  expect((await mailOf(smtp, french, ownSubject)).body).toContain('Quand :');
  expect((await mailOf(smtp, dutch, 'Confirm your e-post address')).body).toContain(
    'with this e-post address',
  );
});

/** @shows RFC 10027 §6.1.5, header and log injection */
test('what a program claims stays on its line, and can be neither a header nor a link', async () => {
  const [url] = deployment.urls;
  const person = await personWithMail();
  const startAs = (name: string) =>
    send<{ user_code: string }>(`${url}/api/auth/device/`, {
      json: { client_name: name },
      headers: { 'user-agent': 'Subject: pwned https://evil.example' },
    });
  expect((await startAs('x\u2028Bcc: victim@example.com')).status).toBe(400);
  const answer = await startAs('x Bcc: victim@example.com \u202ehttps://evil.example');
  await person.approve(url, answer.body.user_code);
  const { body, headers } = await mailTo(person);
  expect(headers).not.toMatch(/victim|evil|pwned/);
  expect(body).not.toMatch(/^Bcc/m);
  expect(body).not.toContain('\u202e');
  // Ours, and the imprint in the signature.
  expect(body.match(/:\/\//g)).toHaveLength(2);
  expect(body).not.toContain('evil.example');
  expect(smtp.mails.flatMap(({ to }) => to).join()).not.toContain('victim');
});

test('a mail server that is busy gets it later, once, and delays no login', async () => {
  const [url] = deployment.urls;
  const person = await personWithMail();
  smtp.refuseNext(2);
  const { user_code } = await startLogin(url, 'patient');
  expect((await person.approve(url, user_code)).status).toBe(200);
  const { headers } = await mailTo(person);
  expect(headers).toMatch(/^Message-ID: +<\S+@login\.localhost>/m);
  expect(mailsTo(person, subjects.en)).toHaveLength(1);
  expect(deployment.stack.output()).toContain('a delivery failed; trying again');
});

test('nobody is told at an address that they did not prove', async () => {
  const [url] = deployment.urls;
  const person = await Person.signUp(url);
  await mailTo(person, 'Confirm your email address');
  await person.approve(url, (await startLogin(url, 'early')).user_code);
  // The mail of a later approval has come: so that of the earlier one would have, too.
  await mailTo(await approveFrom('later', 'en'));
  expect(mailsTo(person)).toHaveLength(1);
});

/** @shows forgotten program */
test('when a login ends because nobody used it, its human is told, once; not of one that was used or ended in time', async () => {
  const { urls, stack } = deployment;
  const [url] = urls;
  const [person, other] = await Promise.all([personWithMail(), personWithMail()]);
  const names = ['forgotten', 'used', 'logged-out', 'fresh'];
  const [forgotten, used, loggedOut] = await Promise.all(names.map((name) => logIn(url, person, name)));
  const ended = await logIn(url, other, 'ended with all');
  if (!forgotten || !used || !loggedOut) throw new Error('A login is missing.');
  const grantOf = ({ access }: { access: string }) =>
    `ravi:grant:{${(jwt.decode(access) as { grant_id: string }).grant_id}}`;
  // As if almost all of PROGRAM_IDLE_DAYS had passed.
  const keyOf = (user: Person) => redis.keys(`ravi:account-grants:${user.user.id}:*`);
  const indexes = (await Promise.all([person, other].map(keyOf))).flat();
  for (const login of [forgotten, used, loggedOut, ended]) {
    const grant = grantOf(login);
    await redis.pexpire(grant, 3_600_000);
    const id = grant.slice('ravi:grant:{'.length, -1);
    await Promise.all(indexes.map((index) => redis.zadd(index, 'XX', 1, id)));
  }
  await redis.del('ravi:unused-look');
  const queue = new Queue('mail', { connection: redis, prefix: '{ravi}' });
  try {
    // Each issuer asks whether somebody has to look for such logins.
    await Promise.all([stack.startIssuer(), stack.startIssuer()]);
    await eventually('the mails wait', async () => (await queue.getDelayedCount()) === 4);
    expect(mailsTo(person, 'ended')).toEqual([]);

    expect((await call('GET', `${url}/api/auth/user/`, used.management_key)).status).toBe(200);
    await eventually('the use is noted', async () => (await redis.pttl(grantOf(used))) > 7_200_000);
    expect((await call('POST', `${url}/api/auth/logout/`, loggedOut.access)).status).toBe(204);
    await redis.pexpire(grantOf(forgotten), 1);
    await redis.pexpire(grantOf(ended), 1);
    await redis.hset(`ravi:account:${other.user.id}`, 'epoch', '1');
    for (const job of await queue.getDelayed()) await job.promote();
    await eventually(
      'no mail waits',
      async () => (await queue.getJobCountByTypes('wait', 'delayed', 'active')) === 0,
    );

    const { body, headers } = await mailTo(person, 'A login ended');
    expect(body).toContain('"forgotten" (not verified)');
    expect(body).toContain('beendet');
    expect(headers).toMatch(/^Message-ID: <\S+@login\.localhost>/m);
    expect(mailsTo(person, 'A login ended')).toHaveLength(1);
    expect(mailsTo(other, 'A login ended')).toEqual([]);
  } finally {
    await queue.close();
  }
});
