import { createHash, randomUUID } from 'node:crypto';
import { apiKeyId, hashApiKey } from '@ravi/credentials';
import type { Redis } from 'ioredis';
import jwt from 'jsonwebtoken';
import { BrowserVisit } from '../browser-visit.ts';
import { DpopKey } from '../dpop-key.ts';
import { type Received, send } from '../http.ts';
import { call, logIn } from '../logged-in.ts';
import { confirmAddress, linkIn, mailTo } from '../mailbox.ts';
import { OAuthClient } from '../oauth-client.ts';
import { ProviderVisit } from '../oidc-provider/provider-visit.ts';
import { Person } from '../person.ts';
import { poll, startLogin, wait } from '../program.ts';
import { askedBy, SoftwarePasskey } from '../software-passkey.ts';
import type { SmtpServer } from '../smtp-server.ts';

/** Where the walk goes: two apis of one deployment, its mails, and a provider that it offers as `corp`. */
export interface Place {
  readonly urls: readonly [string, string];
  readonly publicUrl: string;
  readonly smtp: SmtpServer;
  readonly redis: Redis;
}

/** Walks once through all that leaves something in Redis, and calls `look` after each part: some of it is gone soon. */
export async function walkThroughTheProduct(place: Place, look: () => Promise<void>): Promise<void> {
  const [url] = place.urls;
  const person = await Person.signUp(url);
  for (const part of [
    () => loginsInEveryState(url, person),
    () => refreshesAndKeys(place, person),
    () => identities(url, person),
    () => wrongGuesses(url, person),
    () => linksByMail(place, person),
    () => secondFactors(place),
    () => signInsByProvider(place),
  ]) {
    await part();
    await look();
  }
}

async function loginsInEveryState(url: string, person: Person): Promise<void> {
  await startLogin(url);
  await poll(url, (await startLogin(url)).device_code);
  const denied = await startLogin(url);
  await person.deny(url, denied.user_code);
  const page = { method: 'GET', headers: { cookie: person.cookie } };
  await send(`${url}/device/result?user_code=${denied.user_code}`, page);
  await person.approve(url, (await startLogin(url)).user_code);
  await logIn(url, person);
  await logIn(url, person, 'limited', { key_ttl: 7_000 });
  const held = await startLogin(url);
  const waiting = wait(url, held.device_code);
  await person.approve(url, held.user_code);
  const { access } = (await waiting).body;
  await call('POST', `${url}/api/auth/logout/`, access);
}

async function refreshesAndKeys(
  { urls: [url, other], publicUrl, redis }: Place,
  person: Person,
): Promise<void> {
  const login = await logIn(url, person, 'refreshed');
  const { grant_id: grantId } = jwt.decode(login.access) as { grant_id: string };
  const grant = `ravi:grant:{${grantId}}`;
  await nearlyEnds(redis, grant);
  await send(`${other}/api/auth/token/refresh/`, { json: { refresh: login.refresh } });
  if ((await redis.pttl(grant)) < 60_000) throw new Error('The refresh did not renew its login.');
  const index = (name: string) => `ravi:account-${name.replace('ID', String(person.user.id))}`;
  await nearlyEnds(redis, grant, index('grants:ID:*'));
  // The refresh was noted as a use, and another one is noted after a minute.
  await redis.hdel(grant, 'last_used_at');
  const keys = `${url}/api/auth/keys/management/`;
  const made = await call<{ api_key: string; id: string }>('POST', keys, login.access, { expires_in: 7_000 });
  await call('POST', keys, login.access);
  await call('DELETE', `${keys}${made.body.id}/`, login.access);
  const record = `ravi:key:${apiKeyId(hashApiKey(login.management_key))}`;
  await nearlyEnds(redis, record, index('keys:ID:*:management'), index('made-keys:ID:*'));
  await call('GET', `${url}/api/auth/user/`, login.management_key);
  await nearlyEnds(redis, `ravi:session:${sha256(person.cookie.split('=')[1] ?? '')}`);
  await person.deny(other, (await startLogin(other)).user_code);
  const client = new OAuthClient(url);
  const key = new DpopKey();
  const bound = await client.start('identity');
  const waiting = client.wait(bound.device_code, { dpop: key.proof('POST', `${publicUrl}/oauth/token`) });
  await person.approveWith(url, bound.user_code, { scope: 'identity' });
  await waiting;
  const reused = await client.logIn(person);
  await client.refresh(reused.refresh_token);
  // No API keys come with the tokens for another service.
  const foreign = await client.logIn(person, undefined, 'https://api.example.com');
  await client.refresh(foreign.refresh_token);
  await client.call('revoke', { token: reused.refresh_token });
}

async function identities(url: string, person: Person): Promise<void> {
  const { management_key: key } = await logIn(url, person);
  await call('GET', `${url}/api/domains/`, key);
  const made = await call<{ uuid: string }>('POST', `${url}/api/identities/`, key, { name: 'Short lived' });
  await call('DELETE', `${url}/api/identities/${made.body.uuid}/`, key);
}

async function wrongGuesses(url: string, person: Person): Promise<void> {
  await person.approve(url, 'BBBB-BBBB');
  const json = { email: person.email, password: 'wrong' };
  await send(`${url}/api/auth/login/`, { json });
}

async function linksByMail({ urls: [url], smtp }: Place, person: Person): Promise<void> {
  await confirmAddress(smtp, url, person.email);
  const visit = new BrowserVisit(url);
  await visit.open('/forgot');
  await visit.submit('/forgot', { email: person.email });
  const path = linkIn(await mailTo(smtp, person.email, 'Set a new password'));
  await visit.open(path);
  const password = `pw-${randomUUID()}`;
  await visit.submit('/reset', { new_password: password, programs: 'keep' });
  await visit.open('/signin');
  await visit.submit('/signin', { email: person.email, password });
  await visit.open('/account/address');
  const email = `${randomUUID()}@example.com`;
  await visit.submit('/account/address', { email, current_password: password });
  const confirmation = new BrowserVisit(url);
  await confirmation.open(linkIn(await mailTo(smtp, email, 'Confirm your new email address')));
  await confirmation.submit('/account/address/confirm');
}

async function secondFactors({ urls: [url, other], publicUrl }: Place): Promise<void> {
  const [email, password] = [`${randomUUID()}@example.com`, `pw-${randomUUID()}`];
  const visit = new BrowserVisit(url);
  await visit.open('/signup');
  await visit.submit('/signup', { email, password });
  await visit.open('/account/security');
  const passkey = new SoftwarePasskey(publicUrl);
  const answer = passkey.register(askedBy(visit.page.text, '/account/security/passkeys'));
  await visit.submit('/account/security/passkeys', { answer, current_password: password });
  if (!visit.words.includes('Your recovery codes')) throw new Error(visit.words);
  const elsewhere = new BrowserVisit(other);
  await elsewhere.open('/signin');
  await elsewhere.submit('/signin/by-passkey', {
    answer: passkey.sign(askedBy(elsewhere.page.text, '/signin/by-passkey')),
  });
  const guessing = new BrowserVisit(url);
  await guessing.open('/signin');
  await guessing.submit('/signin', { email, password });
  await guessing.submit('/signin/second-step', { code: 'aaaa-bbbb-cccc-dddd' });
  await elsewhere.open('/account/activity');
  await elsewhere.open('/account/sessions');
  // Goes on under another token; its form is known for a minute.
  await elsewhere.submit('/account/sessions/end-others');
  await elsewhere.submit('/signout');
}

async function signInsByProvider({ urls }: Place): Promise<void> {
  const sub = randomUUID();
  const who = { sub, name: 'Ada Lovelace', email: `${sub}@example.com` };
  for (let i = 0; i < 2; i++) await new ProviderVisit().signIn(urls, 'corp', who);
}

/** Lets keys be so old that they end in some seconds, unless what happens next renews them. */
async function nearlyEnds(redis: Redis, ...patterns: readonly string[]): Promise<void> {
  for (const pattern of patterns) {
    const found = await redis.keys(pattern.replaceAll(/[{}]/g, '?'));
    if (found.length === 0) throw new Error(`There is no ${pattern}.`);
    await Promise.all(found.map((name) => redis.pexpire(name, 30_000)));
  }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

/** How long the browser keeps each cookie that an answer sets, in seconds, by its name. */
export function cookieLifetimes({ headers }: Received<unknown>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    headers.getSetCookie().map((cookie) => {
      const [, name = '', seconds = ''] = /^([^=]+)=.*; Max-Age=(\d+)/.exec(cookie) ?? [];
      return [name, Number(seconds)];
    }),
  );
}
