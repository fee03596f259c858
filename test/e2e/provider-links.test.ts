import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { AuthenticatorApp } from '../support/authenticator-app.ts';
import { send } from '../support/http.ts';
import { call, logIn } from '../support/logged-in.ts';
import { wrongIn } from '../support/fields-of-page.ts';
import { confirmAddress, linkIn, mailTo } from '../support/mailbox.ts';
import { BrowserVisit } from '../support/browser-visit.ts';
import { type AtProvider, ProviderVisit } from '../support/oidc-provider/provider-visit.ts';
import { type OidcProvider, startOidcProvider } from '../support/oidc-provider/start.ts';
import { Person } from '../support/person.ts';
import { type SmtpServer, startSmtpServer } from '../support/smtp-server.ts';
import { type Deployment, deploy } from '../support/stack.ts';
import { toldAbout, toldOnce } from '../support/told.ts';

const publicUrl = 'http://login.localhost:3000';
let providers: readonly [OidcProvider, OidcProvider];
let smtp: SmtpServer;
let deployment: Deployment;
let redis: Redis;
beforeAll(async () => {
  smtp = await startSmtpServer();
  providers = await Promise.all([startOidcProvider('one', publicUrl), startOidcProvider('two', publicUrl)]);
  deployment = await deploy({
    PUBLIC_URL: publicUrl,
    OIDC_PROVIDERS: 'one,two',
    SMTP_URL: smtp.url,
    MAIL_FROM: 'Ravi <login@example.com>',
    ...providers[0].env,
    ...providers[1].env,
  });
  redis = new Redis(deployment.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
  smtp.close();
  await Promise.all(providers.map((provider) => provider.close()));
});

const security = '/account/security';
const somebody = (): AtProvider & { readonly email: string } => {
  const sub = `person-${randomUUID()}`;
  return { sub, email: `${sub}@example.com` };
};
const open = async (visit: ProviderVisit, path: string) => (await visit.ask(deployment.urls[0] + path)).text;

/** Whose browser this is, as the page says. */
const seenAs = (visit: ProviderVisit) => open(visit, '/account/sessions');

/** Submits a form, with the token of the page that it is on. */
async function submit(visit: ProviderVisit, page: string, action: string, form: Record<string, string>) {
  const [, token = ''] = /name="csrf_token"\s+value="([^"]+)"/.exec(await open(visit, page)) ?? [];
  return visit.ask(deployment.urls[1] + action, { method: 'POST', form: { csrf_token: token, ...form } });
}

/** Where the page sends the browser by itself. */
const onward = ({ headers }: { headers: Headers }) => headers.get('refresh')?.replace(/^0;url=/, '') ?? '';

/** Somebody with a password, in their browser; their address is proven unless told otherwise. */
async function withPassword(proven = true) {
  const person = await Person.signUp(deployment.urls[0]);
  if (proven) await confirmAddress(smtp, deployment.urls[0], person.email);
  const visit = new ProviderVisit();
  const [name = '', value = ''] = person.cookie.split('=');
  visit.cookies.set(name, value);
  return { person, visit };
}

/** Presses "Link", with the password where the person has one, signs in there, and comes back. */
async function link(visit: ProviderVisit, provider: string, who: AtProvider, password = '') {
  const begun = await submit(visit, security, `${security}/link`, { provider, password });
  expect(begun.status).toBe(200);
  return visit.ask(deployment.urls[0] + (await visit.answer(onward(begun), who)));
}

const unlink = async (visit: ProviderVisit, at = 0) => {
  const links = [...(await open(visit, security)).matchAll(/name="link"\s+value="([^"]+)"/g)];
  return submit(visit, security, `${security}/unlink`, { link: links[at]?.[1] ?? '' });
};

/** @shows provider takeover, ASVS V6.8.1 */
test('a person who is signed in links a provider, then signs in with it; who is linked already is nobody else’s', async () => {
  const { person, visit } = await withPassword();
  const who = somebody();
  // A stolen session leaves no way in behind.
  const stolen = await submit(visit, security, `${security}/link`, { provider: 'one', password: 'a guess' });
  expect([stolen.status, stolen.text]).toEqual([401, expect.stringContaining('The password is wrong')]);
  expect(wrongIn(stolen.text)).toEqual(['password']);
  const { password } = person;
  expect((await submit(visit, security, `${security}/link`, { provider: 'three', password })).status).toBe(
    404,
  );
  expect(onward(await link(visit, 'one', who, person.password))).toBe(`${security}?done=linked`);
  // The attempt is over, and its cookie gone.
  expect([...visit.cookies.keys()].join()).not.toContain('ravi_sign_in_');
  const page = await open(visit, `${security}?done=linked`);
  expect(page).toContain('from now on you can sign in with it');
  expect(page).toContain(who.email);
  expect(page).not.toContain('Link Provider one');
  const told = await mailTo(smtp, person.email, 'A provider was linked');
  expect(linkIn(told)).toMatch(/^\/account\/undo\?link=/);
  const undoing = new BrowserVisit(deployment.urls[1]);
  await undoing.open(linkIn(told));
  await undoing.submit('/account/undo', { password: 'a guess', programs: 'keep' });
  expect([undoing.page.status, undoing.words]).toEqual([401, expect.stringContaining('password is wrong')]);
  expect(undoing.page.text).toContain('<option value="keep" selected>');
  const elsewhere = new ProviderVisit();
  expect((await elsewhere.signIn(deployment.urls, 'one', who)).status).toBe(200);
  expect(await seenAs(elsewhere)).toContain(person.email);

  const stranger = await withPassword();
  const refused = await link(stranger.visit, 'one', who, stranger.person.password);
  expect([refused.status, refused.text]).toEqual([
    409,
    expect.stringContaining('already signs in to another'),
  ]);
  expect(await open(stranger.visit, security)).toContain('Link Provider one');

  // With a password it is not the last way in. What came in by it is out, and this session goes on.
  expect((await unlink(visit)).headers.get('location')).toBe(`${security}?done=unlinked`);
  expect((await elsewhere.ask(`${deployment.urls[0]}/account/sessions`)).status).toBe(303);
  expect(await open(visit, `${security}?done=unlinked`)).toContain('All other browsers are signed out');
  await mailTo(smtp, person.email, 'A provider was unlinked');
  expect(await toldAbout(redis, person.user.id, 'provider_linked', 'provider_unlinked')).toContainEqual(
    expect.objectContaining({ event: 'provider_linked', provider: 'one', address: '127.0.0.1' }),
  );
  const later = new ProviderVisit();
  await later.signIn(deployment.urls, 'one', who);
  expect(await seenAs(later)).not.toContain(person.email);
});

test('who came by a provider never unlinks the last one, and may once there is another', async () => {
  const visit = new ProviderVisit();
  await visit.signIn(deployment.urls, 'one', somebody());
  // A second factor is set up at the provider, not here, and no password is asked for.
  const page = await open(visit, security);
  expect(page).toContain('A second factor is set up there.');
  expect(page).not.toMatch(/name="(current_)?password"|Add a passkey/);
  expect((await visit.ask(`${deployment.urls[0]}${security}/app`)).status).toBe(404);
  for (const form of ['app', 'passkeys', 'recovery-codes', 'remove'])
    expect((await submit(visit, security, `${security}/${form}`, { factor: 'totp' })).status).toBe(404);
  // There is no password to prove it by, and the address comes from there.
  const proof = await open(visit, '/signin/once-more');
  expect(proof).toContain('Continue with Provider one');
  expect(proof).not.toContain('type="password"');
  expect((await visit.ask(`${deployment.urls[0]}/account/address`)).status).toBe(404);
  const refused = await unlink(visit);
  expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('your only way to sign in')]);
  const atTwo = somebody();
  await link(visit, 'two', atTwo);
  expect((await unlink(visit)).status).toBe(303);
  expect((await unlink(visit)).status).toBe(409);
  const again = new ProviderVisit();
  await again.signIn(deployment.urls, 'two', atTwo);
  expect(await open(again, security)).toContain('Link Provider one');
});

test('whoever links a provider on the way to a code keeps the code, also where nothing is linked', async () => {
  const { person, visit } = await withPassword();
  const [page, withCode] = [`${security}?user_code=BCDF-GHJK`, { user_code: 'BCDF-GHJK' }];
  const forms = (await open(visit, page)).split('<form').filter((form) => form.includes(`${security}/link"`));
  for (const form of forms) expect(form).toContain('name="user_code" value="BCDF-GHJK"');
  expect(forms).toHaveLength(1);
  const linkAs = async (provider: string, who: AtProvider | 'cancel') => {
    const form = { provider, password: person.password, ...withCode };
    const begun = await submit(visit, page, `${security}/link`, form);
    return visit.ask(deployment.urls[0] + (await visit.answer(onward(begun), who)));
  };
  expect((await linkAs('one', 'cancel')).text).toContain(
    `href="${security}?user_code&#61;BCDF-GHJK">How you sign in`,
  );
  expect(onward(await linkAs('one', somebody()))).toBe(`${page}&done=linked`);
});

/** @shows ASVS V7.4.3, forgotten session */
test('whose providers were exchanged in a session of theirs gets back in by the link in the mail, once, and everybody else is out', async () => {
  const owner = new ProviderVisit();
  const own = somebody();
  await owner.signIn(deployment.urls, 'one', own);
  const thief = new ProviderVisit();
  for (const [name, value] of owner.cookies) thief.cookies.set(name, value);
  const thiefs = somebody();
  await link(thief, 'two', thiefs);
  await unlink(thief);
  expect(await seenAs(thief)).toContain(own.email);
  expect((await owner.ask(`${deployment.urls[0]}/account/sessions`)).status).toBe(303);
  expect((await new ProviderVisit().signIn(deployment.urls, 'one', own)).status).toBe(409);

  const mail = await mailTo(smtp, own.email, 'A provider was linked');
  for (const words of ['has a button that puts it back', 'ends your programs unless you choose otherwise'])
    expect(mail.body).toContain(words);
  const path = linkIn(mail);
  const visit = new BrowserVisit(deployment.urls[1]);
  // A scanner of mail may look.
  await new BrowserVisit(deployment.urls[0]).open(path);
  await visit.open(path);
  expect(visit.words).toContain('Undo this change?');
  expect(visit.words).toContain(own.email);
  expect(visit.words).toMatch(/Changed (now|\d+ (second|minute)s? ago)/);
  // What was done, and whose it is at the provider to nobody who has the mail alone.
  expect(visit.words).toContain('Provider two was linked. It will let nobody in any more.');
  expect(visit.words).toContain('Provider one was unlinked. It will let you in again.');
  expect(visit.words).not.toContain(thiefs.email);
  expect(visit.page.text).not.toContain('name="password"');
  expect(visit.words).toContain('all programs end unless you choose otherwise');
  const later = linkIn(await mailTo(smtp, own.email, 'A provider was unlinked'));
  const tooLate = new BrowserVisit(deployment.urls[1]);
  await tooLate.open(later);
  const { page } = visit;
  const [click, again] = [visit, visit].map((each) => Object.assign(each.copy(), { page }));
  await Promise.all([visit.submit('/account/undo'), click!.submit('/account/undo')]);
  // Whatever a form that comes again chooses: the first one ended them.
  await again!.submit('/account/undo', { programs: 'keep' });
  for (const each of [visit, click, again]) {
    expect(each!.words).toContain('You sign in as before');
    expect(each!.words).toContain('all programs and keys are ended');
  }
  await mailTo(smtp, own.email, 'How you sign in was put back');

  expect((await thief.ask(`${deployment.urls[0]}/account/sessions`)).status).toBe(303);
  const thiefAgain = new ProviderVisit();
  await thiefAgain.signIn(deployment.urls, 'two', thiefs);
  expect(await seenAs(thiefAgain)).not.toContain(own.email);
  const back = new ProviderVisit();
  expect((await back.signIn(deployment.urls, 'one', own)).status).toBe(200);
  expect(await seenAs(back)).toContain(own.email);
  expect(await open(back, security)).toContain('Link Provider two');
  // Neither this link nor that of the second mail puts anything back any more.
  await visit.open(later);
  await tooLate.submit('/account/undo');
  for (const { page: over, words } of [visit, tooLate])
    expect([over.status, words]).toEqual([410, expect.stringContaining('This link is over')]);
  await toldOnce(
    redis,
    'put back',
    (record) => record.event === 'sign_in_put_back' && record.address === '127.0.0.1',
  );
});

/** @shows ASVS V7.5.1, ASVS V10.1.2, ASVS V10.2.1 */
test('a link is bound: to the browser, the session, and one answer; and begins only with a proven address and by a form of ours', async () => {
  const { person, visit } = await withPassword();
  const { password } = person;
  const begin = async () =>
    onward(await submit(visit, security, `${security}/link`, { provider: 'one', password }));
  const forged = await visit.ask(`${deployment.urls[0]}${security}/link`, {
    method: 'POST',
    form: { csrf_token: 'x', provider: 'one' },
  });
  expect(forged.status).toBe(403);
  const [first, second, third] = [await begin(), await begin(), await begin()];
  for (const name of ['state', 'nonce', 'code_challenge'])
    expect(new URL(first).searchParams.get(name)).not.toBe(new URL(second).searchParams.get(name));

  // In another browser, signed in as somebody else, with the answer that was made in this one.
  const victim = await withPassword();
  const planted = await visit.answer(first, somebody());
  expect((await victim.visit.ask(deployment.urls[0] + planted)).headers.get('location')).toBe('/device');
  expect(await open(victim.visit, security)).toContain('Link Provider one');

  // Somebody else signed in here meanwhile.
  const answer = await visit.answer(second, somebody());
  const session = visit.cookies.get('ravi_session') ?? '';
  visit.cookies.set('ravi_session', victim.visit.cookies.get('ravi_session') ?? '');
  const other = await visit.ask(deployment.urls[0] + answer);
  expect([other.status, other.text]).toEqual([403, expect.stringContaining('as somebody else meanwhile')]);
  visit.cookies.set('ravi_session', session);

  // Twice the same answer: the second has no ticket any more.
  const last = await visit.answer(third, somebody());
  const twin = new ProviderVisit();
  for (const [name, value] of visit.cookies) twin.cookies.set(name, value);
  expect((await visit.ask(deployment.urls[0] + last)).status).toBe(200);
  expect((await twin.ask(deployment.urls[1] + last)).status).toBe(409);

  const unproven = await withPassword(false);
  expect(await open(unproven.visit, security)).toContain('confirm your email address first');
  const refused = await submit(unproven.visit, security, `${security}/link`, { provider: 'one' });
  expect([refused.status, refused.headers.get('location')]).toEqual([303, security]);
});

test('a provider that is down cannot be linked: the page says so, and when to try again', async () => {
  const [, two] = providers;
  const { person, visit } = await withPassword();
  const later = await deployment.stack.startApi();
  await two.stop();
  try {
    const [, token = ''] = /name="csrf_token"\s+value="([^"]+)"/.exec(await open(visit, security)) ?? [];
    const form = { csrf_token: token, provider: 'two', password: person.password };
    const down = await visit.ask(`${later.url}${security}/link`, { method: 'POST', form });
    expect([down.status, down.headers.get('retry-after')]).toEqual([503, '5']);
    expect(down.text).toContain('The provider was not linked');
    expect(down.text).toContain('Provider two does not answer');
  } finally {
    await two.start();
  }
});

/** @shows ASVS V6.3.3, ASVS V6.3.4 */
test('an account with a second factor asks for it after a linked provider, too', async () => {
  const { person, visit } = await withPassword();
  const who = somebody();
  await link(visit, 'one', who, person.password);
  const before = new ProviderVisit();
  await before.signIn(deployment.urls, 'one', who);
  const page = await open(visit, `${security}/app`);
  const [, secret = ''] = /name="secret" value="([A-Z2-7]{32})"/.exec(page) ?? [];
  const app = new AuthenticatorApp(secret);
  const [, shown = ''] = /name="shown" value="([^"]+)"/.exec(page) ?? [];
  const form = { secret, shown, code: app.read(), current_password: person.password };
  expect((await submit(visit, `${security}/app`, `${security}/app`, form)).status).toBe(200);

  // Whoever proved the factor needs no password to link another provider.
  expect(onward(await link(visit, 'two', somebody()))).toBe(`${security}?done=linked`);

  // A session that the provider alone opened before is over.
  expect((await before.ask(deployment.urls[0] + security)).headers.get('location')).toMatch(/^\/signin\?/);

  const later = new ProviderVisit();
  expect(onward(await later.signIn(deployment.urls, 'one', who))).toBe('/signin/second-step');
  expect(await toldAbout(redis, person.user.id, 'second_step_asked')).toContainEqual(
    expect.objectContaining({ event: 'second_step_asked', provider: 'one' }),
  );
  expect((await later.ask(`${deployment.urls[0]}/account/sessions`)).status).toBe(303);
  expect(await open(later, '/signin/second-step')).toContain('Provider one says that it is you');
  const guess = { code: app.wrong() };
  const wrong = await submit(later, '/signin/second-step', '/signin/second-step', guess);
  expect(wrong.status).toBe(401);
  const code = app.read();
  expect((await submit(later, '/signin/second-step', '/signin/second-step', { code })).status).toBe(303);
  expect(await seenAs(later)).toContain(person.email);
  expect(await open(later, security)).not.toContain('name="password"');
  const [newest = ''] = await redis.zrange(`ravi:account-sessions:${person.user.id}`, '-1', '-1');
  const opened = JSON.parse((await redis.get(`ravi:session:${newest}`)) ?? '') as object;
  expect(opened).toMatchObject({ authentication: { by: 'provider', factor: 'totp' } });
  await toldOnce(
    redis,
    'both steps',
    (record) =>
      record.event === 'signed_in' &&
      record.user === person.user.id &&
      record.provider === 'one' &&
      record.factor === 'totp',
  );
});

/** @shows provider takeover, ASVS V6.3.4, ASVS V6.8.1, ASVS V10.5.2 */
test('a verified address never opens an account whose person proved that address and signs in another way', async () => {
  const owner = await Person.signUp(deployment.urls[0]);
  await redis.hset(`ravi:account:${owner.user.id}`, 'verified_email', owner.email);
  const visit = new ProviderVisit();
  const email = owner.email.toUpperCase();
  const refused = await visit.signIn(deployment.urls, 'one', { ...somebody(), email });
  expect(refused.status).toBe(409);
  expect(refused.text).toContain('Please sign in the way you did before.');
  expect((await visit.ask(`${deployment.urls[0]}/account/sessions`)).status).toBe(303);
  const first = { ...somebody(), email: `${randomUUID()}@example.com` };
  await new ProviderVisit().signIn(deployment.urls, 'one', first);
  const twin = { ...somebody(), email: first.email };
  expect((await new ProviderVisit().signIn(deployment.urls, 'two', twin)).status).toBe(409);
});

/** @shows account pre-hijacking */
test('a verified address takes over an account that somebody made with it and did not prove: what they had of it ends', async () => {
  const [url] = deployment.urls;
  const squatter = await Person.signUp(url);
  const program = await logIn(url, squatter);
  const visit = new ProviderVisit();
  const who = { ...somebody(), email: squatter.email };
  expect((await visit.signIn(deployment.urls, 'one', who)).status).toBe(200);
  expect(await seenAs(visit)).toContain(squatter.email);
  const { email, password } = squatter;
  expect((await send(`${url}/api/auth/login/`, { json: { email, password } })).status).toBe(401);
  expect((await call('GET', `${url}/api/identities/`, program.access)).status).toBe(401);
  expect((await call('GET', `${url}/api/identities/`, program.management_key)).status).toBe(401);
  const headers = { cookie: squatter.cookie };
  expect((await send(`${url}/account/sessions`, { method: 'GET', headers })).status).toBe(303);
  const told = await toldAbout(redis, squatter.user.id, 'account_taken_over');
  expect(told).toContainEqual(expect.objectContaining({ event: 'account_taken_over', provider: 'one' }));
  // It is proven now: the same address at another provider opens nothing.
  const twin = { ...somebody(), email: squatter.email };
  expect((await new ProviderVisit().signIn(deployment.urls, 'two', twin)).status).toBe(409);
  expect((await new ProviderVisit().signIn(deployment.urls, 'one', who)).status).toBe(200);
});
