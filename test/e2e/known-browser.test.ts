import { randomUUID } from 'node:crypto';
import { AuthenticatorApp } from '../support/authenticator-app.ts';
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

test('a browser in which somebody signed up stays known whatever they change there, also where they send a form again after a lost answer: no mail tells of a sign-in in it as of one in a new browser', async () => {
  const [url] = deployment.urls;
  const email = `${randomUUID()}@example.com`;
  const password = 'long enough password';
  let visit = new BrowserVisit(url);
  await visit.open('/signup?next=sessions');
  await visit.submit('/signup', { email, password });
  await confirmAddress(smtp, url, email);
  /** Submits a form twice, and goes on with the cookies of the second answer alone. */
  const submit = async (action: string, fields: Readonly<Record<string, string>> = {}) => {
    const again = Object.assign(visit.copy(), { page: visit.page });
    await visit.submit(action, fields);
    await again.submit(action, fields);
    visit = again;
  };
  const signInAgain = async (app?: Pick<AuthenticatorApp, 'read'>) => {
    await visit.open('/account/sessions');
    await visit.submit('/signout');
    await visit.open('/signin?next=sessions');
    await visit.submit('/signin', { email, password });
    if (app) await visit.submit('/signin/second-step', { code: app.read() });
    expect(visit.words).toContain('Where you are signed in');
  };
  await signInAgain();
  const elsewhere = new BrowserVisit(url);
  await elsewhere.open('/signin');
  await elsewhere.submit('/signin', { email, password });
  await mailTo(smtp, email, 'A new sign-in');
  await visit.open('/account/sessions');
  await submit('/account/sessions/end-others');
  await signInAgain();

  const setUpApp = async () => {
    await visit.open('/account/security/app');
    const app = new AuthenticatorApp(/name="secret" value="([A-Z2-7]{32})"/.exec(visit.page.text)?.[1] ?? '');
    await submit('/account/security/app', { code: app.read(), current_password: password });
    await signInAgain(app);
  };
  for (const _ of ['set up', 'replaced']) await setUpApp();
  await visit.open('/account/security');
  await submit('/account/security/recovery-codes');
  const code = /\b[0-9a-z]{4}(-[0-9a-z]{4}){3}\b/.exec(visit.page.text)?.[0] ?? '';
  await signInAgain({ read: () => code });
  const removeApp = async (send: typeof submit) => {
    await visit.open('/account/security');
    await visit.submit('/account/security/remove');
    await send('/account/security/remove', { password });
    expect(visit.words).toContain('Your authenticator app is removed');
    await signInAgain();
  };
  await removeApp(submit);
  await setUpApp();
  await removeApp((...form) => visit.submit(...form));

  // What comes last tells that all before it is there.
  await visit.open('/forgot');
  await visit.submit('/forgot', { email });
  await mailTo(smtp, email, 'Set a new password');
  const told = mailsTo(smtp, email).map(({ headers }) => /^Subject: (.*)$/m.exec(headers)?.[1]?.trim() ?? '');
  expect(told.filter((subject) => /sign-in|password/i.test(subject))).toEqual([
    'A new sign-in to your account',
    'Set a new password',
  ]);
});
