import { AccountStore, FactorStore } from '@ravi/accounts';
import type { AuditEventName } from '@ravi/audit';
import type { WireNewApiKey } from '@ravi/contract';
import {
  apiKeyId,
  ApiKeyStore,
  generateApiKey,
  GrantStore,
  hashApiKey,
  maxMadeKeys,
} from '@ravi/credentials';
import { Redis } from 'ioredis';
import jwt from 'jsonwebtoken';
import { BrowserVisit } from '../support/browser-visit.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { keyKinds, kindOf, problemOf } from '../support/keys/key-kinds.ts';
import { readKeys } from '../support/keys/stored-key.ts';
import { cookieLifetimes, walkThroughTheProduct } from '../support/keys/walk.ts';
import { call, logIn } from '../support/logged-in.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { type OidcProvider, startOidcProvider } from '../support/oidc-provider/start.ts';
import { Person } from '../support/person.ts';
import { loginKeyOf, startLogin } from '../support/program.ts';
import { type SmtpServer, startSmtpServer } from '../support/smtp-server.ts';
import { type Deployment, deploy } from '../support/stack.ts';
import { toldOnce } from '../support/told.ts';

const publicUrl = 'http://login.localhost:3000';
const lifetimes = {
  DEVICE_CODE_TTL_SECONDS: '700',
  ACCESS_TOKEN_TTL_SECONDS: '120',
  REFRESH_TOKEN_IDLE_SECONDS: '1000',
  REFRESH_TOKEN_MAX_SECONDS: '5000',
  API_KEY_DEFAULT_TTL_SECONDS: '600',
  API_KEY_MAX_TTL_SECONDS: '900',
  PROGRAM_IDLE_DAYS: '3',
  SESSION_IDLE_SECONDS: '300',
  SESSION_MAX_SECONDS: '500',
  REFRESH_GRACE_SECONDS: '40',
};
let smtp: SmtpServer;
let provider: OidcProvider;
let deployment: Deployment;
let redis: Redis;
let person: Person;
beforeAll(async () => {
  [smtp, provider] = await Promise.all([startSmtpServer(), startOidcProvider('corp', publicUrl)]);
  const others = {
    RATE_LIMITS: 'on',
    SMTP_URL: smtp.url,
    MAIL_FROM: 'Ravi <login@example.com>',
    OIDC_PROVIDERS: 'corp',
    RESOURCE_SERVERS: JSON.stringify([
      { id: 'notes', secret: 'a secret of the notes', resource: 'https://api.example.com' },
    ]),
  };
  deployment = await deploy({ PUBLIC_URL: publicUrl, ...lifetimes, ...others, ...provider.env });
  redis = new Redis(deployment.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await deployment.stop();
  await provider.close();
  smtp.close();
});
beforeEach(async () => {
  person = await Person.signUp(here());
});

const here = () => deployment.urls[0];
const path = '/api/auth/keys/management/';
const make = (credential: string, json: object = {}) =>
  call<WireNewApiKey>('POST', here() + path, credential, json);
const claimsOf = (token: string) => jwt.decode(token) as { iat: number; exp: number; grant_id: string };

test('after a walk through the product every key of Redis is of a known kind and lives as long as its kind says, and every event of the audit log has its fields', async () => {
  const settings = {
    codeMs: 700_000,
    sessionIdleMs: 300_000,
    sessionMaxMs: 500_000,
    programIdleMs: 3 * 86_400_000,
    refreshGraceMs: 40_000,
  };
  const beganMs = Date.now();
  const seen = new Set<string | undefined>();
  const [seenLimits, seenSessions] = [new Set<string>(), new Set<string>()];
  const problems = new Set<string>();
  await walkThroughTheProduct({ urls: deployment.urls, publicUrl, smtp, redis }, async () => {
    const all = await eventually('no job is in hand', async () => {
      const keys = await readKeys(redis);
      return keys.every((key) => !key.name.startsWith('{ravi}:') || kindOf(key) !== undefined) && keys;
    });
    const nowMs = Date.now();
    // The first person signed up before the walk.
    const walkMs = nowMs - beganMs + 10_000;
    for (const key of all) {
      seen.add(kindOf(key));
      const [, limit] = /^ravi:limit:\{([a-z-]+)\}/.exec(key.name) ?? [];
      if (limit !== undefined) seenLimits.add(limit);
      if (key.name.startsWith('ravi:session:'))
        seenSessions.add(/^[\w-]{43}$/.test(key.text) ? 'went on' : 'open');
      const problem = problemOf(key, { ...settings, nowMs, all }, walkMs);
      if (problem !== null) problems.add(problem);
    }
  });
  expect([...problems]).toEqual([]);
  const unseen = Object.entries(keyKinds).filter(([kind]) => !seen.has(kind));
  expect(unseen.filter(([, { notWalked }]) => notWalked === undefined)).toEqual([]);
  expect(walkedLimits.filter((limit) => !seenLimits.has(limit))).toEqual([]);
  expect(seenSessions).toEqual(new Set(['open', 'went on']));

  // What a process noted last it writes a moment later.
  const told = await toldOnce(redis, 'the provider', (record) => {
    return record.event === 'signed_in' && record.provider === 'corp';
  });
  const events = new Set(told.map(({ event }) => event));
  expect(walkedEvents.filter((event) => !events.has(event))).toEqual([]);
});

/** Limits that the walk counts for. */
const walkedLimits = (
  'start sign-in-provider sign-in-passkey sign-up mail write refresh approval ' +
  'activity wrong-code wrong-password wrong-factor'
).split(' ');

/** Events that the walk causes. */
const walkedEvents: readonly AuditEventName[] = [
  ...(['started', 'approved', 'denied', 'wrong_code', 'issued', 'redeemed', 'refreshed'] as const),
  ...(['grant_ended', 'key_created', 'key_used_first', 'key_revoked'] as const),
  ...(['identity_created', 'identity_deleted', 'signed_up', 'signed_in', 'sign_in_failed'] as const),
  ...(['password_reset', 'email_verified', 'email_changed'] as const),
  ...(['factor_added', 'second_step_asked', 'session_ended', 'signed_out'] as const),
];

test('each cookie lives as long as what it stands for: a session, a visit without one, a sign-in that has begun, a browser that is known', async () => {
  const json = { email: person.email, password: person.password };
  const signIn = await send(`${here()}/api/auth/login/`, { json });
  expect(cookieLifetimes(signIn)).toEqual({ ravi_session: 500, ravi_browser: 365 * 86_400 });
  const page = await send(`${here()}/signin`, { method: 'GET' });
  expect(cookieLifetimes(page)).toEqual({ ravi_visit: 3600 });

  const begun = await send(`${here()}/signin/corp`, { method: 'GET' });
  const tickets = Object.entries(cookieLifetimes(begun));
  expect(tickets.map(([name, seconds]) => [name.slice(0, -8), seconds])).toEqual([['ravi_sign_in_', 600]]);
  const language = await send(`${here()}/language/de`, { method: 'GET' });
  expect(cookieLifetimes(language)).toEqual({ ravi_language: 365 * 86_400 });

  const totp = { sealedSecret: 'none', lastStep: 0, addedAtMs: 0, lastUsedAtMs: null };
  await new FactorStore(redis).change(person.user.id, (none) => {
    return { kind: 'change', factors: { ...none, totp } };
  });
  const [, token = ''] = /name="csrf_token"\s+value="([^"]+)"/.exec(page.text) ?? [];
  const [cookie = ''] = (page.headers.getSetCookie()[0] ?? '').split(';');
  const form = { ...json, csrf_token: token };
  const asked = await send(`${here()}/signin`, { form, headers: { cookie, origin: here() } });
  expect([asked.status, cookieLifetimes(asked)]).toEqual([303, { ravi_second_step: 600 }]);
});

test('tokens, keys and sessions live as long as the operator says, and a login that is not used ends by itself', async () => {
  const login = await logIn(here(), person);
  const [access, refresh] = [claimsOf(login.access), claimsOf(login.refresh)];
  expect([access.exp - access.iat, refresh.exp - refresh.iat]).toEqual([120, 1000]);
  const ttlOf = (key: string) => redis.ttl(key);
  expect(await ttlOf(`ravi:grant:{${access.grant_id}}`)).toBeGreaterThan(3 * 86_400 - 60);
  expect(await ttlOf(`ravi:key:${apiKeyId(hashApiKey(login.management_key))}`)).toBeLessThanOrEqual(600);
  for (const [asked, seconds] of [
    [{}, 600],
    [{ expires_in: 100 }, 100],
    [{ expires_in: 10_000 }, 900],
  ] as const) {
    const askedMs = Date.now();
    const endsMs = Date.parse((await make(login.access, asked)).body.expires_dt ?? '') - seconds * 1000;
    expect(endsMs).toBeGreaterThan(askedMs - 2_000);
    expect(endsMs).toBeLessThan(Date.now() + 2_000);
  }
  const refreshedMs = performance.now();
  await send(`${here()}/api/auth/token/refresh/`, { json: { refresh: login.refresh } });
  const repeated = await Promise.all((await redis.keys('ravi:mint:*')).map((key) => redis.pttl(key)));
  expect(Math.max(...repeated) + performance.now() - refreshedMs).toBeGreaterThan(39_000);
  expect(Math.max(...repeated)).toBeLessThanOrEqual(40_000);
  const [session] = await redis.keys('ravi:session:*');
  expect(await ttlOf(session ?? '')).toBeLessThanOrEqual(300);
});

test('expires_in is what is left when the answer is given, however long it waited', async () => {
  const client = new OAuthClient(here());
  const login = await client.start();
  await person.approve(here(), login.user_code);
  const askedMs = Date.now();
  const tokens = (await client.wait(login.device_code)).body;
  const left = (atMs: number) => claimsOf(tokens.access_token).exp - atMs / 1000;
  expect(tokens.expires_in).toBeGreaterThan(left(Date.now()) - 2);
  expect(tokens.expires_in).toBeLessThan(left(askedMs) + 2);
  const next = (await client.refresh(tokens.refresh_token)).body;
  expect(next.expires_in).toBeLessThanOrEqual(120);
});

test('the page says until when a program may act', async () => {
  const visit = new BrowserVisit(here());
  await visit.open('/signin');
  await visit.submit('/signin', { email: person.email, password: person.password });
  await logIn(here(), person, 'Unlimited');
  await visit.open('/account/programs');
  expect(visit.words).toMatch(/Ends in 3 days unless it is used before then/);
  expect(visit.words).toMatch(/key of the account, not used yet, ends in 10 minutes/);
  await logIn(here(), person, 'Limited', { key_ttl: 240 });
  await visit.open('/account/programs');
  expect(visit.words).toMatch(/Ends in 4 minutes/);
});

test('programs and keys are listed fifty a page; a key too many is refused, and a deleted one makes room', async () => {
  const login = await logIn(here(), person);
  const { grant_id: grantId } = claimsOf(login.access);
  const grant = await new GrantStore(redis).find(grantId);
  if (!grant) throw new Error('There is no grant.');
  const apiKeys = new ApiKeyStore(redis);
  const { userId, accountEpoch } = grant;
  const place = new AccountStore(redis).epochPlace(userId, accountEpoch, '');
  for (let count = 1; count < maxMadeKeys; count++) {
    const hash = hashApiKey(generateApiKey('management'));
    const about = { kind: 'management', userId, identityUuid: '', label: '', prefix: '', grantId } as const;
    const record = { ...about, id: apiKeyId(hash), createdAtMs: count, expiresAtMs: null, ancestorIds: [] };
    await apiKeys.add({ hash, record }, place, Date.now());
  }
  const last = await make(login.access);
  expect(last.status).toBe(201);
  const identityKeys = `${here()}/api/auth/keys/identity/`;
  const { identity } = login as typeof login & { identity: { uuid: string } };
  for (const credential of [login.access, login.management_key]) {
    expect((await make(credential)).status).toBe(409);
    const refused = await call('POST', identityKeys, credential, { identity_uuid: identity.uuid });
    expect(refused.status).toBe(409);
  }

  const seen: string[] = [];
  let link = '?page=1';
  for (let pages = 0; link !== '' && pages < 20; pages++) {
    const page = await call<Record<string, { id: string }>>('GET', here() + path + link, login.access);
    const ids = Object.values(page.body).map(({ id }) => id);
    expect(ids.length).toBeLessThanOrEqual(50);
    seen.push(...ids);
    link = /<([^>]*)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1] ?? '';
  }
  // The login's own key, and those that were made.
  expect(new Set(seen).size).toBe(maxMadeKeys + 1);
  for (const wrong of ['0', '-1', 'x', '1.5', '']) {
    expect((await call('GET', `${here()}${path}?page=${wrong}`, login.access)).status).toBe(400);
  }
  await call('DELETE', `${here()}${path}${last.body.id}/`, login.access);
  expect((await make(login.access)).status).toBe(201);
});

test('the page of a decision names the account, when the program asked, and how long its access lasts; it speaks of keys only where the program gets some', async () => {
  const own = await startLogin(here());
  const other = await new OAuthClient(here()).start();
  const askedMs = Date.now() - 7_200_000;
  for (const login of [own, other]) await redis.hset(loginKeyOf(login.device_code), 'started_at', askedMs);
  const [page = '', otherPage = ''] = await Promise.all(
    [own, other].map(async ({ user_code: code }) => {
      const headers = { cookie: person.cookie };
      return (await send(`${here()}/device?user_code=${code}`, { method: 'GET', headers })).text;
    }),
  );
  const account = `the whole account Test Person (${person.email})`;
  const lasts = `${account}, for as long as it is used at least once in 3 days`;
  expect(page).toContain(`${lasts}, its keys for 10 minutes</span>`);
  expect(otherPage).toContain(`${lasts}</span>`);
  expect(otherPage).not.toContain('its keys for');
  for (const text of [page, otherPage]) expect(text).toContain('<bdi>2 hours ago</bdi>');
});
