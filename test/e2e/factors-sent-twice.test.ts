import { createHash, randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { AuthenticatorApp, totpCode } from '../support/authenticator-app.ts';
import { BrowserVisit } from '../support/browser-visit.ts';
import { eventually } from '../support/eventually.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';
import { askedBy, SoftwarePasskey } from '../support/software-passkey.ts';
import { toldAbout } from '../support/told.ts';

let deployment: SharedDeployment;
let redis: Redis;
beforeAll(async () => {
  deployment = await shareDeployment();
  redis = new Redis(deployment.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
});

const password = 'long enough password';
const app = '/account/security/app';
const passkeys = '/account/security/passkeys';
const codesOn = ({ page }: BrowserVisit) => page.text.match(/\b[0-9a-z]{4}(-[0-9a-z]{4}){3}\b/g) ?? [];

/** Somebody who has just signed up, on the page at this path; and another click on it, in the same browser. */
async function newPersonAt(path: string) {
  const email = `${randomUUID()}@example.com`;
  const visit = new BrowserVisit(deployment.urls[0]);
  await visit.open('/signup');
  await visit.submit('/signup', { email, password });
  await visit.open(path);
  return { email, visit };
}

/** The same browser with the same page, before an answer comes. */
function clickAgain(visit: BrowserVisit): BrowserVisit {
  const click = visit.copy();
  click.page = visit.page;
  return click;
}

const isIn = async (visit: BrowserVisit) => {
  await visit.open('/account/sessions');
  return visit.words.includes('Where you are signed in');
};

/** How often the audit log tells of this; at least as often as is awaited. */
async function timesTold(email: string, event: string, awaited = 1): Promise<number> {
  const hash = createHash('sha256').update(email).digest('base64url');
  const user = Number(await redis.hget(`ravi:sign-in:${hash}`, 'user_id'));
  return eventually(`the log tells ${awaited} times of ${event}`, async () => {
    const records = await toldAbout(redis, user, event);
    const { length } = records.filter((record) => record.event === event);
    return length >= awaited ? length : null;
  });
}

/** The fields with which a person confirms the app of the page. */
function confirmed(visit: BrowserVisit) {
  const secret = /name="secret" value="([A-Z2-7]{32})"/.exec(visit.page.text)?.[1] ?? '';
  return { code: totpCode(secret), current_password: password };
}

test('an app that is confirmed twice, as by a click after a lost answer, is set up once: both see the same recovery codes and stay signed in', async () => {
  const { email, visit } = await newPersonAt(app);
  const [lost, other] = [clickAgain(visit), clickAgain(visit)];
  const otherForm = visit.copy();
  await otherForm.open('/account/security');
  const stale = clickAgain(otherForm);
  const form = confirmed(visit);
  await Promise.all([visit.submit(app, form), other.submit(app, form)]);
  await lost.submit(app, form);
  expect(codesOn(visit)).toHaveLength(10);
  for (const click of [other, lost]) expect(codesOn(click)).toEqual(codesOn(visit));
  expect(await timesTold(email, 'factor_added')).toBe(1);
  const codes = codesOn(visit);
  expect([await isIn(visit), await isIn(other), await isIn(lost)]).toEqual([true, true, true]);
  const login = { email, password, code: codes[0] ?? '' };
  const answer = await fetch(`${deployment.urls[1]}/api/auth/login/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(login),
  });
  expect(answer.status).toBe(200);
  // The former cookie is worth nothing with another form, nor alone.
  await stale.submit('/account/security/recovery-codes').catch(() => undefined);
  expect(codesOn(stale)).toEqual([]);
  expect(await isIn(stale)).toBe(false);
});

test('a first passkey that is sent twice is added once, and both see the same recovery codes', async () => {
  const { email, visit } = await newPersonAt('/account/security');
  const passkey = new SoftwarePasskey('http://login.localhost:3000');
  const answer = passkey.register(askedBy(visit.page.text, passkeys));
  const [click, lost] = [clickAgain(visit), clickAgain(visit)];
  const form = { answer, name: 'laptop', current_password: password };
  await Promise.all([visit.submit(passkeys, form), click.submit(passkeys, form)]);
  await lost.submit(passkeys, form);
  expect(codesOn(visit)).toHaveLength(10);
  expect([codesOn(click), codesOn(lost)]).toEqual([codesOn(visit), codesOn(visit)]);
  expect(await timesTold(email, 'factor_added')).toBe(1);
  // From another page the same answer counts no more.
  await visit.open('/account/security');
  await visit.submit(passkeys, { answer });
  expect([visit.page.status, visit.words]).toEqual([400, expect.stringContaining('was not added')]);
});

test('a passkey’s answer that is sent twice, at once or after a lost answer, is one success, alone and as the second step, and no failed sign-in; that of a copy is refused each time', async () => {
  const { email, visit } = await newPersonAt('/account/security');
  const passkey = new SoftwarePasskey('http://login.localhost:3000');
  const answer = passkey.register(askedBy(visit.page.text, passkeys));
  await visit.submit(passkeys, { answer, current_password: password });
  const sendThrice = async (at: BrowserVisit, action: string, differences = {}) => {
    const signed = { answer: passkey.sign(askedBy(at.page.text, action), differences) };
    const clicks = [at, clickAgain(at), clickAgain(at)] as const;
    const [first, second, lost] = clicks;
    await Promise.all([first.submit(action, signed), second.submit(action, signed)]);
    await lost.submit(action, signed);
    return clicks.map(({ words }) => words);
  };
  const atSignIn = async () => {
    const other = new BrowserVisit(deployment.urls[1]);
    await other.open('/signin?next=sessions');
    return other;
  };
  const isIn = expect.stringContaining('Where you are signed in') as string;
  expect(await sendThrice(await atSignIn(), '/signin/by-passkey')).toEqual([isIn, isIn, isIn]);
  const step = await atSignIn();
  await step.submit('/signin', { email, password });
  expect(await sendThrice(step, '/signin/second-step')).toEqual([isIn, isIn, isIn]);
  const twice = expect.stringContaining('exists twice') as string;
  const copied = await sendThrice(await atSignIn(), '/signin/by-passkey', { counter: 1 });
  expect(copied).toEqual([twice, twice, twice]);
  // Those of the copy alone.
  expect(await timesTold(email, 'sign_in_failed', 3)).toBe(3);
});

test('a passkey’s answer that is sent again behind a later sign-in of the same passkey was used already, and is told of as no copy', async () => {
  const { email, visit } = await newPersonAt('/account/security');
  const passkey = new SoftwarePasskey('http://login.localhost:3000');
  const answer = passkey.register(askedBy(visit.page.text, passkeys));
  await visit.submit(passkeys, { answer, current_password: password });
  const [first, later] = [new BrowserVisit(deployment.urls[1]), new BrowserVisit(deployment.urls[0])];
  const signIn = '/signin/by-passkey';
  await first.open('/signin?next=sessions');
  await later.open('/signin?next=sessions');
  const again = clickAgain(first);
  const signed = { answer: passkey.sign(askedBy(first.page.text, signIn)) };
  await first.submit(signIn, signed);
  await later.submit(signIn, { answer: passkey.sign(askedBy(later.page.text, signIn)) });
  await again.submit(signIn, signed);
  expect(again.page.status).toBe(401);
  expect(again.words).not.toContain('exists twice');
  expect(await timesTold(email, 'sign_in_failed')).toBe(1);
});

test('who proves again who they are, by a password, a passkey or both steps, and sends the form again after a lost answer goes on in the same session', async () => {
  const { email, visit } = await newPersonAt('/account/security');
  const passkey = new SoftwarePasskey('http://login.localhost:3000');
  const onceMore = '/signin/once-more';
  const sendAgain = async (action: string, fields: () => Readonly<Record<string, string>>) => {
    await visit.open(`${onceMore}?next=security`);
    const lost = clickAgain(visit);
    const form = fields();
    await visit.submit(action, form);
    await lost.submit(action, form);
    expect(lost.page.text).toContain(passkeys);
    expect([await isIn(visit), await isIn(lost)]).toEqual([true, true]);
  };
  await sendAgain(onceMore, () => ({ password }));
  await visit.open('/account/security');
  const answer = passkey.register(askedBy(visit.page.text, passkeys));
  await visit.submit(passkeys, { answer, current_password: password });
  const byPasskey = '/signin/by-passkey';
  await sendAgain(byPasskey, () => ({ answer: passkey.sign(askedBy(visit.page.text, byPasskey)) }));
  await visit.open(`${onceMore}?next=security`);
  await visit.submit(onceMore, { password });
  const step = '/signin/second-step';
  const lost = clickAgain(visit);
  const form = { answer: passkey.sign(askedBy(visit.page.text, step)) };
  await visit.submit(step, form);
  await lost.submit(step, form);
  expect([await isIn(visit), await isIn(lost)]).toEqual([true, true]);
  expect(await timesTold(email, 'authenticated_again', 6)).toBe(6);
});

test('new recovery codes that are asked for twice at once are made once; a page that was kept makes others later', async () => {
  const { email, visit } = await newPersonAt(app);
  await visit.submit(app, confirmed(visit));
  const first = codesOn(visit);
  await visit.open('/account/security');
  const [click, kept] = [clickAgain(visit), clickAgain(visit)];
  const make = (one: BrowserVisit) => one.submit('/account/security/recovery-codes');
  await Promise.all([make(visit), make(click)]);
  const made = codesOn(visit);
  expect(made).toHaveLength(10);
  expect(codesOn(click)).toEqual(made);
  expect(made).not.toEqual(first);
  expect(await timesTold(email, 'recovery_codes_made')).toBe(1);
  const hash = createHash('sha256').update(email).digest('base64url');
  const account = `ravi:account:${await redis.hget(`ravi:sign-in:${hash}`, 'user_id')}`;
  const factors = JSON.parse((await redis.hget(account, 'factors')) ?? '') as Record<string, number>;
  const aged = { ...factors, recoveryCodesMadeAtMs: (factors['recoveryCodesMadeAtMs'] ?? 0) - 60_000 };
  await redis.hset(account, 'factors', JSON.stringify(aged));
  await make(kept);
  expect(codesOn(kept)).toHaveLength(10);
  expect(codesOn(kept)).not.toEqual(made);
});

test('an app is replaced in one step, and removed, once by a form that is sent twice: this browser goes on, and every other one is out', async () => {
  const { email, visit } = await newPersonAt(app);
  const appOn = ({ page }: BrowserVisit) =>
    new AuthenticatorApp(/name="secret" value="([A-Z2-7]{32})"/.exec(page.text)?.[1] ?? '');
  const first = appOn(visit);
  await visit.submit(app, { code: first.read(), current_password: password });
  const [code = ''] = codesOn(visit);
  const other = new BrowserVisit(deployment.urls[1]);
  await other.open('/signin');
  await other.submit('/signin', { email, password });
  await other.submit('/signin/second-step', { code });
  const signIn = async (code: string) =>
    (
      await fetch(`${deployment.urls[1]}/api/auth/login/`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password, code }),
      })
    ).status;
  await visit.open(app);
  expect(visit.words).toContain('Replace your authenticator app');
  const second = appOn(visit);
  // The old one works until then.
  expect(await signIn(first.read())).toBe(200);
  const form = { code: second.read() };
  expect([await isIn(other), first.secret === second.secret]).toEqual([true, false]);
  const click = clickAgain(visit);
  await Promise.all([visit.submit(app, form), click.submit(app, form)]);
  for (const each of [visit, click])
    expect(each.words).toContain('the old one works no more. All other browsers are signed out');
  expect([await isIn(visit), await isIn(click), await isIn(other)]).toEqual([true, true, false]);
  expect([await signIn(first.lastRead), await signIn(second.read())]).toEqual([401, 200]);
  expect(await timesTold(email, 'factor_replaced')).toBe(1);

  const remove = '/account/security/remove';
  await visit.open('/account/security');
  await visit.submit(remove);
  expect(visit.words).toContain('Remove your last second factor?');
  const again = clickAgain(visit);
  const forms = [visit.submit(remove, { password }), again.submit(remove, { password })];
  await Promise.all(forms);
  for (const each of [visit, again])
    expect(each.words).toContain('Your authenticator app is removed. All other browsers are signed out');
  expect([await isIn(visit), await isIn(again)]).toEqual([true, true]);
  expect(await timesTold(email, 'factor_removed')).toBe(1);
});
