import { randomUUID } from 'node:crypto';
import {
  type Account,
  AccountLinks,
  AccountStore,
  type Factors,
  FactorStore,
  hashOfRecoveryCode,
  noFactors,
  ToldOnce,
} from '@ravi/accounts';
import { type RedisClient, unconfirmedWrites } from '@ravi/redis';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { EmailVerification } from '../../services/api/src/people/email-verification.ts';
import { FactorCodes } from '../../services/api/src/people/factor-codes.ts';
import { SecondFactors } from '../../services/api/src/people/second-factors.ts';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis } = await connectedRedis();
const accountStore = new AccountStore(redis);
const accountLinks = new AccountLinks(redis);
const toldOnce = new ToldOnce(redis);
const origin = { address: '192.0.2.1', userAgent: '', language: '', browser: null };
const keys = deriveServiceKeys(new Secret('a secret that is long enough for a test'));
const totp = { sealedSecret: '1.sealed', lastStep: 7, addedAtMs: 1, lastUsedAtMs: null };
const code = 'abcdefghjkmnpqrs';

let told: string[];
/** How many of the next replies to scripts get lost behind the write. */
let lost = 0;
beforeEach(() => {
  [told, lost] = [[], 0];
});

const losing: RedisClient = new Proxy(redis, {
  get(target, name) {
    const member: unknown = Reflect.get(target, name, target);
    if (typeof member !== 'function') return member;
    return async (...args: unknown[]) => {
      const reply: unknown = await (member as (...all: unknown[]) => unknown).apply(target, args);
      if (String(name).startsWith('eval') && lost-- > 0) throw new Error('The reply was lost.');
      return reply;
    };
  },
});
const factorStore = new FactorStore(redis, '', unconfirmedWrites(losing));
const deps = {
  factorStore,
  toldOnce,
  audit: { note: ({ event }: { readonly event: string }) => void told.push(event) },
  mails: { notify: (kind: string) => void told.push(kind) },
  clock: { nowMs: () => Date.now() },
  keys,
};

async function person(): Promise<Account> {
  const input = { email: `${randomUUID()}@example.com`, firstName: '', lastName: '', passwordHash: 'hash' };
  const made = await accountStore.create({ ...input, identityEmailDomain: 'agents.example.com' }, Date.now());
  if (made === null) throw new Error('The address is taken.');
  return made;
}

test('a recovery code is told of by one mail, also where the reply of Redis was lost and its form came again as a twin', async () => {
  const account = await person();
  const recoveryCodes = [hashOfRecoveryCode(account.id, code)];
  await factorStore.change(account.id, () => ({
    kind: 'change',
    factors: { ...noFactors, totp, recoveryCodes },
  }));
  const guess = { wrong: async () => undefined, takeBack: async () => undefined };
  const factorCodes = new FactorCodes({
    ...deps,
    limits: { admitFactorGuess: async () => guess },
    logger: { error: () => undefined },
  });
  const use = () => factorCodes.use(account, code, origin, 'a form');
  lost = 1;
  await expect(use()).rejects.toThrow('lost');
  expect(told).toEqual([]);
  expect(await Promise.all([use(), use()])).toEqual(['recovery_code', 'recovery_code']);
  expect(told).toEqual(['recoveryCodeUsed']);
  await expect(factorCodes.use(account, code, origin, 'another form')).rejects.toThrow('not right');
  expect(told).toEqual(['recoveryCodeUsed', 'sign_in_failed']);
});

test('a further factor is noted and told once, also where the reply of Redis was lost and its form came again as a twin', async () => {
  const account = await person();
  const passkey = { ...totp, id: 'key', publicKey: 'key', counter: 0, name: '', transports: [] };
  const passkeys = [{ ...passkey, backupEligible: true, backedUp: true }];
  await factorStore.change(account.id, () => ({ kind: 'change', factors: { ...noFactors, passkeys } }));
  const secondFactors = new SecondFactors({ ...deps, signInUndo: { note: async () => 'a state' } });
  const app = { ...totp, addedAtMs: Date.now() };
  const factor = {
    factor: 'totp',
    addedBefore: ({ totp: its }: Factors) => its,
    addTo: (factors: Factors) => ({ ...factors, totp: app }),
  } as const;
  const add = () => secondFactors.add({ ...account, hasSecondFactor: true }, factor, origin, 'a form');
  lost = 1;
  await expect(add()).rejects.toThrow('lost');
  expect(told).toEqual([]);
  for (const _ of [1, 2]) await add();
  expect(told).toEqual(['factor_added', 'factorAdded']);
});

test('a proven address is noted once, also by the same form after the request that spent the link died', async () => {
  const account = await person();
  const link = (await accountLinks.make('verify', account.id, account.email)) ?? '';
  const verification = new EmailVerification({
    accountStore,
    accountLinks,
    toldOnce,
    audit: deps.audit,
    mails: {} as never,
    logger: { warn: () => undefined },
  });
  await accountLinks.spend('verify', link);
  for (const _ of [1, 2]) expect(await verification.verify(link, origin.address)).toBe(true);
  expect(told).toEqual(['email_verified']);
});

test('what was told is known to be, and nothing else is', async () => {
  const what = randomUUID();
  expect(await toldOnce.isClaimed(what)).toBe(false);
  expect([await toldOnce.claim(what), await toldOnce.claim(what)]).toEqual([true, false]);
  expect([await toldOnce.isClaimed(what), await toldOnce.isClaimed(randomUUID())]).toEqual([true, false]);
});

test('what Redis does not say is told', async () => {
  const away = new Proxy(redis, { get: () => async () => Promise.reject(new Error('Redis is away.')) });
  expect(await new ToldOnce(away).claim('anything')).toBe(true);
});
