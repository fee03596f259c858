import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type OidcProvider, startOidcProvider } from '../support/oidc-provider/start.ts';
import { ProviderVisit } from '../support/oidc-provider/provider-visit.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { linesOf } from '../support/log-lines.ts';
import { startLogin, wait } from '../support/program.ts';
import { type Deployment, deploy } from '../support/stack.ts';

const publicUrl = 'http://login.localhost:3000';
let providers: readonly [OidcProvider, OidcProvider];
let deployment: Deployment;
beforeAll(async () => {
  providers = await Promise.all([startOidcProvider('one', publicUrl), startOidcProvider('two', publicUrl)]);
  deployment = await deploy({
    PUBLIC_URL: publicUrl,
    OIDC_PROVIDERS: 'one,two',
    OIDC_ONE_MARK_FILE: join(import.meta.dirname, '../support/example-brand/provider.svg'),
    ...providers[0].env,
    ...providers[1].env,
  });
});
afterAll(async () => {
  await deployment.stop();
  await Promise.all(providers.map((provider) => provider.close()));
});

const somebody = () => ({ sub: `person-${randomUUID()}`, name: 'Ada Lovelace' });
const emailOf = ({ sub }: { readonly sub: string }) => `${sub}@example.com`;

/** Whose browser this is, as the page says. */
async function seenAs(visit: ProviderVisit): Promise<string> {
  return (await visit.ask(`${deployment.urls[0]}/account/sessions`)).text;
}

test('a person signs in through a provider at one api, comes back at another, lands at the code and approves', async () => {
  const login = await startLogin(deployment.urls[0], 'Moon agent');
  const visit = new ProviderVisit();
  const signIn = await visit.ask(`${deployment.urls[0]}/device?user_code=${login.user_code}`);
  expect(signIn.text).toContain('Sign in with Provider one');
  expect(signIn.text).toContain('Sign in with Provider two');
  // The mark of the first, which the page may load and which runs nothing.
  expect(signIn.headers.get('content-security-policy')).toContain("img-src data: 'self'");
  const [, mark = ''] = /<img class="mark" src="(\/brand\/provider-one-[^"]+)"/.exec(signIn.text) ?? [];
  const image = await visit.ask(deployment.urls[1] + mark);
  expect([image.status, image.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
  expect(image.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/);
  const who = somebody();
  const back = await visit.signIn(deployment.urls, 'one', who, login.user_code);
  expect(back.status).toBe(200);
  expect(back.headers.get('refresh')).toBe(`0;url=/device?user_code=${login.user_code}`);
  const confirmation = await visit.ask(`${deployment.urls[0]}/device?user_code=${login.user_code}`);
  expect(confirmation.text).toContain('Moon agent');
  expect(confirmation.text).toContain(`Ada Lovelace (${emailOf(who)})`);
  const [, token = ''] = /name="csrf_token"\s+value="([^"]+)"/.exec(confirmation.text) ?? [];
  await visit.ask(`${deployment.urls[1]}/device/decision`, {
    method: 'POST',
    form: { csrf_token: token, user_code: login.user_code, decision: 'approve' },
  });
  const credentials = (await wait(deployment.urls[0], login.device_code)).body;
  const named = { email: emailOf(who), first_name: 'Ada', last_name: 'Lovelace' };
  expect(credentials.user).toMatchObject(named);
  expect(credentials).toHaveProperty('identity.uuid');
});

/** @shows ASVS V7.6.1 */
test('a person who comes by a provider returns to the page of the account, has no password here and is told where it is', async () => {
  const visit = new ProviderVisit();
  const start = await visit.ask(`${deployment.urls[0]}/signin/one?next=sessions`);
  const callback = await visit.answer(start.headers.get('location') ?? '', somebody());
  const back = await visit.ask(deployment.urls[1] + callback);
  expect(back.headers.get('refresh')).toBe('0;url=/account/sessions');
  expect(await seenAs(visit)).toContain('Change it there.');
  expect(await seenAs(visit)).not.toContain('/account/password');
  expect((await visit.ask(`${deployment.urls[0]}/account/password`)).status).toBe(404);
});

/** @shows forgotten session, ASVS V6.8.4, ASVS V7.5.1 */
test('who is signed in and comes by a provider again is asked there who they are, and goes on in their session; not who keeps it from asking', async () => {
  const visit = new ProviderVisit();
  const who = somebody();
  await visit.signIn(deployment.urls, 'one', who);
  const begin = async () => {
    const begun = await visit.ask(`${deployment.urls[0]}/signin/one?next=sessions`);
    return new URL(begun.headers.get('location') ?? '');
  };
  const way = await begin();
  expect(Object.fromEntries(way.searchParams)).toMatchObject({ prompt: 'login', max_age: '0' });
  const before = visit.cookies.get('ravi_session');
  const [, token = ''] = /name="csrf_token"\s+value="([^"]+)"/.exec(await seenAs(visit)) ?? [];
  const back = await visit.ask(deployment.urls[1] + (await visit.answer(way.href, who)));
  expect(back.headers.get('refresh')).toBe('0;url=/account/sessions');
  expect(visit.cookies.get('ravi_session')).not.toBe(before);

  const silent = await begin();
  for (const name of ['prompt', 'max_age']) silent.searchParams.delete(name);
  const refused = await visit.ask(deployment.urls[1] + (await visit.answer(silent.href, who)));
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('did not ask you again')]);
  expect(refused.text).toContain('href="/signin/once-more?next&#61;sessions"');

  // The form of a tab that was open all the while.
  const form = { csrf_token: token };
  const others = await visit.ask(`${deployment.urls[0]}/account/sessions/end-others`, {
    method: 'POST',
    form,
  });
  expect(others.status).toBe(303);
});

/** @shows provider sign-in, ASVS V10.1.2, ASVS V10.2.1, RFC 9700 §2.1(3), RFC 9700 §2.1.1 */
test('what we send to the provider is bound: PKCE, nonce and state, new for each sign-in, and no secret', async () => {
  const visit = new ProviderVisit();
  const [first, second] = [
    new URL(await visit.begin(deployment.urls[0], 'one')),
    new URL(await visit.begin(deployment.urls[0], 'one')),
  ];
  for (const name of ['state', 'nonce', 'code_challenge']) {
    expect(first.searchParams.get(name)).toMatch(/^[\w-]{43}$/);
    expect(first.searchParams.get(name)).not.toBe(second.searchParams.get(name));
  }
  expect(first.searchParams.get('code_challenge_method')).toBe('S256');
  expect(first.searchParams.get('redirect_uri')).toBe(`${publicUrl}/signin/one/callback`);
  expect(first.href).not.toContain(providers[0].env['OIDC_ONE_CLIENT_SECRET']);
});

/** @shows ASVS V10.5.2 */
test('the second sign-in finds the same account, also when the address there has changed', async () => {
  const who = somebody();
  expect((await new ProviderVisit().signIn(deployment.urls, 'one', who)).status).toBe(200);
  const again = new ProviderVisit();
  const changed = { ...who, email: `${randomUUID()}@example.com`, verified: false };
  expect((await again.signIn(deployment.urls, 'one', changed)).status).toBe(200);
  expect(await seenAs(again)).toContain(emailOf(who));
});

/** @shows provider takeover, ASVS V6.8.1, ASVS V10.5.2 */
test('the same subject at two providers is two accounts', async () => {
  const who = somebody();
  const [one, two] = [new ProviderVisit(), new ProviderVisit()];
  await one.signIn(deployment.urls, 'one', who);
  const other = { ...who, email: `${randomUUID()}@example.com` };
  expect((await two.signIn(deployment.urls, 'two', other)).status).toBe(200);
  expect(await seenAs(one)).toContain(emailOf(who));
  expect(await seenAs(two)).toContain(other.email);
});

test('an address that the provider does not vouch for makes no account', async () => {
  const unverified = { ...somebody(), verified: false };
  const refused = await new ProviderVisit().signIn(deployment.urls, 'one', unverified);
  expect(refused.status).toBe(403);
  expect(refused.text).toContain('did not confirm an email address');
});

test('somebody who declines at the provider is told so and can start again, with the code', async () => {
  const login = await startLogin(deployment.urls[0]);
  const visit = new ProviderVisit();
  const declined = await visit.signIn(deployment.urls, 'one', 'cancel', login.user_code);
  expect(declined.status).toBe(403);
  expect(declined.text).toContain('You did not agree at Provider one');
  expect(declined.text).toContain(`/signin?user_code&#61;${login.user_code}`);
});

/** @shows provider sign-in, ASVS V10.5.1 */
test('an answer counts once: replayed with all its cookies, at the other api, it signs nobody in', async () => {
  const visit = new ProviderVisit();
  const way = await visit.begin(deployment.urls[0], 'one');
  const callback = await visit.answer(way, somebody());
  const thief = new ProviderVisit();
  for (const [name, value] of visit.cookies) thief.cookies.set(name, value);
  expect((await visit.ask(deployment.urls[0] + callback)).status).toBe(200);
  const replayed = await thief.ask(deployment.urls[1] + callback);
  expect(replayed.status).toBe(409);
  expect(replayed.headers.getSetCookie().join()).not.toContain('ravi_session=');
});

test('the back button to an answer that worked leads on, not to an error', async () => {
  const visit = new ProviderVisit();
  const callback = await visit.answer(await visit.begin(deployment.urls[0], 'one'), somebody());
  await visit.ask(deployment.urls[0] + callback);
  const again = await visit.ask(deployment.urls[1] + callback);
  expect([again.status, again.headers.get('location')]).toEqual([303, '/device']);
});

/** @shows provider sign-in, session fixation, ASVS V10.1.2, ASVS V10.2.1, RFC 9700 §2.1(3), RFC 9700 §4.7 */
test('an answer that was made in another browser signs nobody in: no session can be planted', async () => {
  const attacker = new ProviderVisit();
  const callback = await attacker.answer(await attacker.begin(deployment.urls[0], 'one'), somebody());
  const victim = new ProviderVisit();
  await victim.begin(deployment.urls[0], 'one');
  const refused = await victim.ask(deployment.urls[0] + callback);
  expect(refused.status).toBe(400);
  expect(refused.text).toContain('was started in this browser');
  expect(victim.cookies.has('ravi_session')).toBe(false);
});

/** @shows ASVS V10.2.1 */
test.each(['state=', 'state=x', 'state=a&state=b', '', `state=${'A'.repeat(43)}`])(
  'a callback with "%s" signs nobody in',
  async (query) => {
    const visit = new ProviderVisit();
    await visit.begin(deployment.urls[0], 'one');
    const answer = await visit.ask(`${deployment.urls[0]}/signin/one/callback?code=x&${query}`);
    expect(answer.status).toBe(400);
  },
);

/** @shows provider sign-in */
test('a tampered cookie is worth nothing, whichever part is changed', async () => {
  const visit = new ProviderVisit();
  const callback = await visit.answer(await visit.begin(deployment.urls[0], 'one'), somebody());
  const [name = '', ticket = ''] = [...visit.cookies].find(([key]) => key.startsWith('ravi_sign_in_')) ?? [];
  const parts = ticket.split('.');
  expect(parts).toHaveLength(7);
  for (const [place, part] of parts.entries()) {
    const changed = parts.with(place, place === 1 ? String(Number(part) + 1) : `${part}B`).join('.');
    visit.cookies.set(name, changed);
    expect((await visit.ask(deployment.urls[0] + callback)).status).toBe(400);
  }
  visit.cookies.set(name, ticket);
  expect((await visit.ask(deployment.urls[0] + callback)).status).toBe(200);
});

/** @shows provider sign-in, ASVS V10.2.2, RFC 9700 §2.1(3), RFC 9700 §4.4 */
test('an answer for one provider is not taken as one of another', async () => {
  const visit = new ProviderVisit();
  const callback = await visit.answer(await visit.begin(deployment.urls[0], 'one'), somebody());
  const mixedUp = await visit.ask(deployment.urls[0] + callback.replace('/signin/one/', '/signin/two/'));
  expect(mixedUp.status).toBe(400);
});

/** @shows provider sign-in, ASVS V10.5.1, RFC 9700 §2.1.1, RFC 9700 §4.5 */
test.each([
  ['nonce', 'somebody-elses', 'OAUTH_JWT_CLAIM_COMPARISON_FAILED'],
  ['code_challenge', 'A'.repeat(43), 'token endpoint: 400 invalid_grant'],
])('a sign-in with a foreign %s is refused, and the log says why', async (name, value, reason) => {
  const visit = new ProviderVisit();
  const way = new URL(await visit.begin(deployment.urls[0], 'one'));
  way.searchParams.set(name, value);
  const refused = await visit.ask(deployment.urls[0] + (await visit.answer(way.href, somebody())));
  expect(refused.status).toBe(502);
  expect(refused.text).toContain('did not pass our checks');
  expect(visit.cookies.has('ravi_session')).toBe(false);
  const requestId = refused.headers.get('x-request-id') ?? '';
  const line = await eventually('the log tells of it', () =>
    linesOf(deployment.apis[0], 'no sign-in through a provider').find(
      (each) => each['requestId'] === requestId,
    ),
  );
  expect(line).toMatchObject({ level: 'warn', provider: 'one', failure: 'untrusted', reason });
});

test('two tabs do not spoil each other', async () => {
  const visit = new ProviderVisit();
  const who = somebody();
  const [first, second] = [
    await visit.begin(deployment.urls[0], 'one'),
    await visit.begin(deployment.urls[1], 'one'),
  ];
  const callbacks = [await visit.answer(first, who), await visit.answer(second, who)];
  for (const callback of callbacks) {
    expect((await visit.ask(deployment.urls[0] + callback)).status).toBe(200);
  }
});

/** @shows open redirect, RFC 9700 §2.1(2), RFC 9700 §4.11.2 */
test('nothing that a link carries leads the browser anywhere but to the provider or to a code', async () => {
  const visit = new ProviderVisit();
  const hostile = 'https://evil.example/';
  for (const name of ['user_code', 'next', 'return_to', 'redirect_uri', 'state']) {
    const way = await visit.ask(`${deployment.urls[0]}/signin/one?${name}=${encodeURIComponent(hostile)}`);
    expect(way.headers.get('location')).toMatch(new RegExp(`^${providers[0].issuer}/`));
    expect(way.headers.get('location')).not.toContain('evil.example');
  }
  const way = await visit.begin(deployment.urls[0], 'one', encodeURIComponent(hostile));
  const back = await visit.ask(deployment.urls[0] + (await visit.answer(way, somebody())));
  expect(back.headers.get('refresh')).toBe('0;url=/device');
});

/** @shows ASVS V7.6.2 */
test('another site cannot start a sign-in behind a person’s back: it leads to the sign-in page', async () => {
  const answer = await new ProviderVisit().ask(`${deployment.urls[0]}/signin/one?user_code=BCDF-GHJK`, {
    headers: { 'sec-fetch-site': 'cross-site' },
  });
  expect(answer.headers.get('location')).toBe('/signin?user_code=BCDF-GHJK');
});

test('a provider that is down breaks only its own button, and works again once it is back', async () => {
  const [one, two] = providers;
  const visit = new ProviderVisit();
  const way = await visit.begin(deployment.urls[0], 'two');
  const callback = await visit.answer(way, somebody());
  await two.stop();
  const later = await deployment.stack.startApi();
  const down = await visit.ask(`${later.url}/signin/two?user_code=BCDF-GHJK`);
  expect(down.status).toBe(503);
  expect(down.headers.get('retry-after')).toBe('5');
  expect(down.text).toContain('Provider two does not answer');
  expect(down.text).toContain('/signin?user_code&#61;BCDF-GHJK');
  expect((await visit.ask(deployment.urls[0] + callback)).status).toBe(503);
  expect((await visit.ask(`${later.url}/signin`)).text).toContain('Sign in with Provider one');
  const other = await new ProviderVisit().signIn([later.url, deployment.urls[0]], one.id, somebody());
  expect(other.status).toBe(200);
  await two.start();
  const back = await eventually('the provider is asked again', async () => {
    const answer = await visit.ask(`${later.url}/signin/two`);
    return answer.status === 303 && answer;
  });
  expect(back.headers.get('location')).toMatch(new RegExp(`^${two.issuer}/`));
});

test('coming back five hundred times within 15 minutes ends it for an address, and only there', async () => {
  const limited = await deployment.stack.startApi({ RATE_LIMITS: 'on', TRUSTED_PROXY_HOPS: '1' });
  const visit = new ProviderVisit();
  const way = new URL(await visit.begin(limited.url, 'one'));
  const cookie = [...visit.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const comeBack = async (address: string) => {
    const url = `${limited.url}/signin/one/callback?code=x&state=${way.searchParams.get('state')}`;
    const headers = { cookie, 'x-forwarded-for': address };
    return (await send(url, { method: 'GET', headers })).status;
  };
  // The first one is the one that counts; those after it come too late.
  await comeBack('203.0.113.9');
  for (let came = 1; came < 500;) {
    const crowd = Array.from({ length: Math.min(50, 500 - came) }, () => comeBack('203.0.113.9'));
    expect(new Set(await Promise.all(crowd))).toEqual(new Set([409]));
    came += crowd.length;
  }
  expect(await comeBack('203.0.113.9')).toBe(429);
  expect(await comeBack('203.0.113.10')).toBe(409);
});

test('an unknown provider is an unknown page', async () => {
  expect((await new ProviderVisit().ask(`${deployment.urls[0]}/signin/three`)).status).toBe(404);
  expect((await new ProviderVisit().ask(`${deployment.urls[0]}/signin/three/callback`)).status).toBe(404);
});

test('nothing that a provider or a browser keeps secret is logged', async () => {
  const visit = new ProviderVisit();
  const way = await visit.begin(deployment.urls[0], 'one');
  const ticket = [...visit.cookies.values()].join(' ');
  const callback = await visit.answer(way, somebody());
  const answer = await visit.ask(deployment.urls[0] + callback);
  const requestId = answer.headers.get('x-request-id') ?? '';
  const line = await eventually('the log tells of it', () =>
    linesOf(deployment.apis[0], 'signed in through a provider').find((one) => one['requestId'] === requestId),
  );
  expect(line).toMatchObject({ provider: 'one', userId: expect.any(Number) as unknown, first: true });
  const query = new URLSearchParams(callback.split('?')[1]);
  const log = deployment.stack.output();
  const secrets = [ticket, query.get('code'), query.get('state'), providers[0].env['OIDC_ONE_CLIENT_SECRET']];
  for (const secret of secrets) expect(log).not.toContain(secret);
});
