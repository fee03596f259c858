import { generateKeySync, randomUUID } from 'node:crypto';
import { AccountStore, FactorStore } from '@ravi/accounts';
import { deriveServiceKeys, Secret, systemClock } from '@ravi/runtime';
import type { Context } from 'koa';
import { HostCookies } from '../../services/api/src/http/host-cookies.ts';
import { Limits } from '../../services/api/src/limits/limits.ts';
import { KnownBrowsers } from '../../services/api/src/people/known-browsers.ts';
import { PasskeyChallenges } from '../../services/api/src/people/passkey-challenges.ts';
import { Passkeys } from '../../services/api/src/people/passkeys.ts';
import { connectedRedis } from '../support/connected-redis.ts';
import { SoftwarePasskey } from '../support/software-passkey.ts';

const { redis } = await connectedRedis();

/** Limits of an api with counters of its own, and no memory of the refusals of other tests. */
function newLimits() {
  return new Limits({
    redis,
    addressKey: generateKeySync('hmac', { length: 256 }),
    enabled: true,
    wrongCodesPerAddress: 5,
    writesPerCredential: 100,
    writesPerAccount: 100,
    prefix: `${randomUUID()}:`,
  });
}

/** @shows password guessing, ASVS V6.3.1 */
test('a passkey is checked in a known browser apart from its network, and what is no answer counts for nobody', async () => {
  const keys = deriveServiceKeys(new Secret('a secret of a test that is long enough'));
  const accountStore = new AccountStore(redis, `${randomUUID()}:`);
  const person = { email: 'ada@example.com', passwordHash: '', firstName: '', lastName: '' };
  const account = await accountStore.create({ ...person, identityEmailDomain: 'example.com' }, 0);
  if (account === null) throw new Error('There is one already.');
  const browsersThatCount: (string | null)[] = [];
  const limits = newLimits();
  const passkeys = new Passkeys({
    challenges: new PasskeyChallenges({ redis, keys, clock: systemClock }),
    factorStore: new FactorStore(redis),
    accountStore,
    secondFactors: { add: () => Promise.reject(new Error('Nothing is added.')) },
    limits: {
      admitFactorGuess(attempt) {
        browsersThatCount.push(attempt.browser);
        return limits.admitFactorGuess(attempt);
      },
      admitPasskeySignIn: () => Promise.resolve(),
    },
    audit: { note: () => undefined },
    clock: systemClock,
    logger: { warn: () => undefined },
    publicUrl: 'https://login.example.com',
  });
  const signIn = (answer: string) =>
    passkeys.signIn(answer, 'token', '192.0.2.1', ({ id }) => `known to ${id}`);
  const refused = { code: 'wrong_credentials', field: 'answer' };
  await expect(signIn('junk')).rejects.toMatchObject(refused);
  expect(browsersThatCount).toEqual([]);
  const signed = (userHandle: string) =>
    new SoftwarePasskey('https://login.example.com').sign({ challenge: 'AAAA' }, { userHandle });
  await expect(signIn(signed('MQ'))).rejects.toMatchObject(refused);
  await expect(signIn(signed(Buffer.from(String(account.id)).toString('base64url')))).rejects.toMatchObject(
    refused,
  );
  expect(browsersThatCount).toEqual([null, `known to ${account.id}`]);
});

/** @shows password guessing */
test('a browser is known to the account as it is: not after its sessions were ended, its first factor was set up, or in another account', () => {
  const deps = {
    cookies: new HostCookies('https://login.example.com'),
    keys: deriveServiceKeys(new Secret('a secret of a test that is long enough')),
    clock: systemClock,
  };
  const browsers = new KnownBrowsers(deps);
  const household = { id: 8, sessionsEpoch: '1', hasSecondFactor: true };
  const ada = { id: 7, sessionsEpoch: '1', hasSecondFactor: false };
  let cookie = '';
  const remember = (account: typeof ada) => {
    const append = (_name: string, value: string) => (cookie = value.split(';', 1)[0] ?? '');
    browsers.remember({ headers: { cookie }, append } as unknown as Context, account);
  };
  const idFor = (account: typeof ada) => browsers.idFor({ headers: { cookie } }, account);
  remember(household);
  remember(ada);
  expect(idFor(ada)).toMatch(/^[\w-]{16}$/);
  for (const changed of [{ sessionsEpoch: '2' }, { hasSecondFactor: true }, { id: 9 }])
    expect(idFor({ ...ada, ...changed })).toBeNull();
  // It is known for a year, and to nobody who changed a sign of its cookie, or knows another secret.
  const [entry = '', ...more] = cookie.split('=')[1]?.split('~') ?? [];
  const idWith = (others: Partial<ConstructorParameters<typeof KnownBrowsers>[0]>, shown = cookie) =>
    new KnownBrowsers({ ...deps, ...others }).idFor({ headers: { cookie: shown } }, ada);
  const madeAtMs = Number(entry.split('.')[0]) * 1000;
  const inAYear = (ms: number) => idWith({ clock: { nowMs: () => madeAtMs + 365 * 86_400_000 + ms } });
  expect([inAYear(-1), inAYear(0)]).toEqual([idFor(ada), null]);
  const forged = [
    entry.replace(/^\d/, '2'),
    entry.replace('.7.', '.9.'),
    `${entry.slice(0, -1)}~`,
    entry.slice(0, -1),
  ];
  for (const each of forged)
    expect(idWith({}, `__Host-ravi_browser=${[each, ...more].join('~')}`)).toBeNull();
  expect(idWith({ keys: deriveServiceKeys(new Secret('another secret of a test, long enough')) })).toBeNull();
  // However often this one changes, the browser still knows the others.
  for (const epoch of '23456') remember({ ...ada, sessionsEpoch: epoch });
  expect(idFor({ ...ada, sessionsEpoch: '6' })).not.toBeNull();
  expect(idFor(ada)).toBeNull();
  expect(idFor(household)).not.toBeNull();
  // So many people at most: the one who came first goes.
  for (const id of [11, 12]) remember({ ...ada, id });
  expect(idFor(household)).not.toBeNull();
  remember({ ...ada, id: 13 });
  expect(idFor(household)).toBeNull();
  expect(cookie.split('~')).toHaveLength(4);
});
