import { randomUUID } from 'node:crypto';
import { totpCode } from '../support/authenticator-app.ts';
import { BrowserVisit } from '../support/browser-visit.ts';
import { confirmAddress, mailsTo, mailTo } from '../support/mailbox.ts';
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

test('a browser in which somebody signed up stays known, whatever they change there: no sign-in in it is told as one in a new browser', async () => {
  const [url] = deployment.urls;
  const email = `${randomUUID()}@example.com`;
  const password = 'long enough password';
  const visit = new BrowserVisit(url);
  await visit.open('/signup?next=sessions');
  await visit.submit('/signup', { email, password });
  await confirmAddress(smtp, url, email);
  const signInAgain = async (code?: string) => {
    await visit.open('/account/sessions');
    await visit.submit('/signout');
    await visit.open('/signin?next=sessions');
    await visit.submit('/signin', { email, password });
    if (code !== undefined) await visit.submit('/signin/second-step', { code });
  };
  await signInAgain();
  expect(visit.words).toContain('Where you are signed in');

  const csrf_token = /name="csrf_token" value="([^"]*)"/.exec(visit.page.text)?.[1] ?? '';
  await visit.post('/account/sessions/end-others', { csrf_token });
  await signInAgain();

  const startMs = Date.now();
  const setUpApp = async (step: number) => {
    await visit.open('/account/security/app');
    const secret = /name="secret" value="([A-Z2-7]{32})"/.exec(visit.page.text)?.[1] ?? '';
    await visit.submit('/account/security/app', {
      code: totpCode(secret, step, startMs),
      current_password: password,
    });
    return secret;
  };
  const codes = () => visit.page.text.match(/\b[0-9a-z]{4}(-[0-9a-z]{4}){3}\b/g) ?? [];
  const first = await setUpApp(0);
  await signInAgain(totpCode(first, 1, startMs));
  const second = await setUpApp(0);
  await signInAgain(totpCode(second, 1, startMs));

  await visit.open('/account/security');
  await visit.submit('/account/security/recovery-codes');
  await signInAgain(codes()[0]);

  await visit.open('/account/security');
  await visit.submit('/account/security/remove');
  await visit.submit('/account/security/remove', { password });
  expect(visit.words).toContain('Your authenticator app is removed');
  await signInAgain();
  expect(visit.words).toContain('Where you are signed in');

  // What comes last tells that all before it is there.
  await visit.open('/forgot');
  await visit.submit('/forgot', { email });
  await mailTo(smtp, email, 'Set a new password');
  const told = mailsTo(smtp, email).map(({ headers }) => /^Subject: (.*)$/m.exec(headers)?.[1]?.trim());
  expect(told.filter((subject) => /sign-in|password/i.test(subject ?? ''))).toEqual(['Set a new password']);
});
