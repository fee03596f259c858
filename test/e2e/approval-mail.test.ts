import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { Person } from '../support/person.ts';
import { startLogin } from '../support/program.ts';
import { type SmtpServer, startSmtpServer } from '../support/smtp-server.ts';
import { type Deployment, deploy } from '../support/stack.ts';

let smtp: SmtpServer;
let deployment: Deployment;
beforeAll(async () => {
  smtp = await startSmtpServer();
  deployment = await deploy({ SMTP_URL: smtp.url, MAIL_FROM: 'Ravi <login@example.com>' });
});
afterAll(async () => {
  await deployment.stop();
  smtp.close();
});

/** The mail to this person, its body decoded. */
async function mailTo(person: Person): Promise<{ raw: string; headers: string; body: string }> {
  const mail = await eventually('the mail arrives', () =>
    smtp.mails.find(({ to }) => to.join() === `<${person.email}>`),
  );
  const [headers = '', ...rest] = mail.raw.split('\r\n\r\n');
  const encoded = rest.join('\r\n\r\n');
  const body = /^content-transfer-encoding: base64/im.test(headers)
    ? Buffer.from(encoded, 'base64').toString()
    : Buffer.from(
        encoded
          .replaceAll('=\r\n', '')
          .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
        'latin1',
      ).toString();
  return { raw: mail.raw, headers, body };
}

async function approveFrom(clientName: string, language: string): Promise<Person> {
  const [url] = deployment.urls;
  const person = await Person.signUp(url);
  const login = await startLogin(url, clientName);
  const answer = await person.approveWith(url, login.user_code, {}, { 'accept-language': language });
  expect(answer.status).toBe(200);
  return person;
}

/** @shows RFC 10027 §6.1.6 */
test('after an approval the person is told which program, from where, when, and where to revoke it', async () => {
  const { body, headers } = await mailTo(await approveFrom('Build helper', 'en'));
  expect(body).toContain('"Build helper" (not verified)');
  expect(body).toContain('127.0.0.1');
  expect(body).toContain(new Date().toISOString().slice(0, 10));
  expect(body).toContain('http://login.localhost:3000/account/programs');
  expect(headers).toMatch(/^From: Ravi <login@example\.com>/m);
  expect(headers).toMatch(/^Auto-Submitted: auto-generated/m);
});

test('it is written in the language of whoever approved', async () => {
  const { body, headers } = await mailTo(await approveFrom('Bauhelfer', 'de-AT,de;q=0.9'));
  expect(body).toContain('bestätigt');
  expect(body).toContain('"Bauhelfer" (nicht geprüft)');
  expect(headers).toMatch(/^Subject: Ein Programm/m);
});

/** @shows RFC 10027 §6.1.5, header and log injection */
test('what a program claims stays on its line, and can be neither a header nor a link', async () => {
  const [url] = deployment.urls;
  const person = await Person.signUp(url);
  const answer = await send<{ user_code: string }>(`${url}/api/auth/device/`, {
    json: { client_name: 'x\u2028Bcc: victim@example.com \u202ehttps://evil.example' },
    headers: { 'user-agent': 'Subject: pwned https://evil.example' },
  });
  await person.approve(url, answer.body.user_code);
  const { body, headers } = await mailTo(person);
  expect(headers).not.toMatch(/victim|evil|pwned/);
  expect(body).not.toMatch(/^Bcc/m);
  expect(body).not.toContain('\u202e');
  expect(body.match(/:\/\//g)).toHaveLength(1);
  expect(smtp.mails.flatMap(({ to }) => to).join()).not.toContain('victim');
});

test('a mail server that is busy gets it later, once, and delays no login', async () => {
  smtp.refuseNext(2);
  const person = await approveFrom('patient', 'en');
  const { raw } = await mailTo(person);
  expect(raw).toMatch(/^Message-ID: <\S+@login\.localhost>/m);
  expect(smtp.mails.filter(({ to }) => to.join() === `<${person.email}>`)).toHaveLength(1);
  expect(deployment.stack.output()).toContain('a delivery failed; trying again');
});
