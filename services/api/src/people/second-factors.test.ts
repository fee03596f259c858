import { type Account, type FactorDecision, type Factors, noFactors, takeSecondStep } from '@ravi/accounts';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { totpCode } from '../../../../test/support/authenticator-app.ts';
import { AuthenticatorApps, type AuthenticatorAppsDeps } from './authenticator-apps.ts';
import type { FactorAttempt } from '../limits/limits.ts';
import { FactorCodes, type FactorCodesDeps } from './factor-codes.ts';
import { SecondFactors, type SecondFactorsDeps } from './second-factors.ts';

const origin = { address: '192.0.2.1', userAgent: 'a browser', language: 'en', browser: null };
const fresh = { id: 7, email: 'ada@example.com', sessionsEpoch: '1', hasSecondFactor: false } as Account;
const [former, current] = [
  new Secret('the secret of a test that was used before'),
  new Secret('the secret of a test that is used now, so'),
];
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const another = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

/** What the account has, how it is now, and what was noted and told, in order. */
let factors: Factors;
let account: Account;
let keys: AuthenticatorAppsDeps['keys'];
let nowMs: number;
let done: string[];
let fails: boolean;
let told: Set<string>;
/** Of which accounts something was noted. */
let notedOf: Set<number | undefined>;
/** As what the last code was counted. */
let admitted: FactorAttempt | null;
beforeEach(() => {
  [factors, account, keys, told] = [noFactors, fresh, deriveServiceKeys(current), new Set()];
  [nowMs, done, fails, admitted] = [1_800_000_000_000, [], false, null];
  notedOf = new Set();
});

/** What is told of an event. */
interface Noted {
  readonly event: string;
  readonly reason?: string;
  readonly factor?: string;
  readonly user?: number;
}

/** The parts of the room that deal with factors, over an account in this process. */
function people() {
  const deps = {
    factorStore: {
      change: async (id: number, decide: (now: Factors) => FactorDecision<string>, epoch = '') => {
        if (fails) throw new Error('Redis is away');
        if (id !== account.id || (epoch !== '' && epoch !== account.sessionsEpoch))
          return { kind: 'unknown' };
        const decision = decide(factors);
        if (decision.kind === 'refuse') return { kind: 'refused', reason: decision.reason };
        const before = factors;
        factors = takeSecondStep(decision.factors) ? decision.factors : noFactors;
        const sessionsEpoch = decision.endsSessions ? String(Number(account.sessionsEpoch) + 1) : '';
        account = {
          ...account,
          sessionsEpoch: sessionsEpoch || account.sessionsEpoch,
          hasSecondFactor: takeSecondStep(factors),
        };
        return { kind: 'changed', before, after: factors, sessionsEpoch };
      },
      replicated: async () => void done.push('replicated'),
    },
    limits: {
      admitFactorGuess: async (attempt: FactorAttempt) => {
        admitted = attempt;
        return {
          wrong: async () => void done.push(`a wrong ${attempt.factor}`),
          takeBack: async () => void done.push('no guess'),
        };
      },
    },
    toldOnce: { claim: async (what: string) => told.size < told.add(what).size },
    signInUndo: { note: async () => 'an undo' },
    mails: {
      notify: (kind: string, _of: Account, _origin: object, undo = '') =>
        void done.push(`mail ${kind}${undo === '' ? '' : ` with ${undo}`}`),
    },
    audit: {
      note: ({ event, reason, factor, user }: Noted) => {
        done.push([event, reason, factor].filter((word) => word !== undefined).join(' '));
        notedOf.add(user);
      },
    },
    logger: { error: () => void done.push('told the operator') },
    keys,
    clock: { nowMs: () => nowMs },
    publicUrl: 'https://login.example.com',
  };
  const secondFactors = new SecondFactors(deps as unknown as SecondFactorsDeps);
  const apps = new AuthenticatorApps({ ...deps, secondFactors });
  return { secondFactors, apps, codes: new FactorCodes(deps as unknown as FactorCodesDeps) };
}

const setUp = ({ of = secret, code = totpCode(of, 0, nowMs), form = 'a form', replaces = false } = {}) =>
  people().apps.setUp(account, { secret: of, code, form, replaces }, origin);
const use = (code: string, form: string | null = null) => people().codes.use(account, code, origin, form);
const refusal = (reason: string) => ({
  code: 'wrong_credentials',
  field: 'code',
  reason,
  message: expect.stringContaining(reason === 'replayed' ? 'was used already' : 'is not right') as string,
});

test('the first factor brings ten codes, ends the sessions that it did not prove, and is told without a way to undo it', async () => {
  const { recoveryCodes, sessionsEpoch } = await setUp();
  expect([recoveryCodes?.length, factors.recoveryCodes.length, sessionsEpoch]).toEqual([10, 10, '2']);
  expect(factors.totp?.sealedSecret).not.toContain(secret);
  expect(done).toEqual(['factor_added totp', 'mail factorAdded']);
  // Also from the page that replaces one, where the other one is gone meanwhile.
  [factors, account, done, nowMs] = [noFactors, fresh, [], nowMs + 1];
  expect((await setUp({ replaces: true })).recoveryCodes).toHaveLength(10);
  expect(done).toEqual(['factor_added totp', 'mail factorAdded']);
});

test('an app is set up with a secret that was shown and the code that it shows now, and with nothing else', async () => {
  await expect(setUp({ of: 'GEZDGNBV', code: '000000' })).rejects.toMatchObject({ field: 'secret' });
  for (const code of [totpCode(another, 0, nowMs), totpCode(secret, 3, nowMs), 'none', ''])
    await expect(setUp({ code })).rejects.toMatchObject({ code: 'invalid_request', field: 'code' });
  expect([factors, done]).toEqual([noFactors, []]);
  const { apps } = people();
  const offers = [apps.offer(fresh), apps.offer(fresh)];
  expect(offers[0]?.secret).not.toBe(offers[1]?.secret);
  expect(decodeURIComponent(offers[0]?.uri ?? '')).toContain('login.example.com:ada@example.com');
  expect(apps.offerAgain(secret, fresh.email)).toMatchObject({ secret });
});

test('the same form within a minute is one success that shows the same codes; later, or with another app, it is refused', async () => {
  const first = await setUp();
  nowMs += 59_999;
  const again = { form: 'a form', code: totpCode(secret, 0, nowMs) };
  expect(await setUp(again)).toEqual({ ...first, sessionsEpoch: '' });
  expect(await setUp({ ...again, form: 'another form' })).toEqual({ recoveryCodes: null, sessionsEpoch: '' });
  await expect(setUp({ of: another })).rejects.toMatchObject({ code: 'conflict' });
  nowMs += 1;
  await expect(setUp({ code: totpCode(secret, 0, nowMs) })).rejects.toMatchObject({ code: 'conflict' });
  expect(done).toEqual(['factor_added totp', 'mail factorAdded']);
});

test('an app that takes the place of another one ends all sessions, keeps the codes and can be undone', async () => {
  await setUp();
  const before = factors;
  [done, nowMs] = [[], nowMs + 1];
  expect(await setUp({ of: another, replaces: true })).toEqual({ recoveryCodes: null, sessionsEpoch: '3' });
  expect(factors.recoveryCodes).toEqual(before.recoveryCodes);
  expect(factors.totp).not.toEqual(before.totp);
  expect(done).toEqual(['factor_replaced totp', 'mail factorReplaced with an undo']);
});

test('a further factor leaves sessions and codes as they are; one that comes after the others are gone is no first one', async () => {
  const had = { ...fresh, hasSecondFactor: true };
  factors = { ...noFactors, passkeys: [{ id: 'p', addedAtMs: 1 } as Factors['passkeys'][number]] };
  account = had;
  expect(await setUp()).toEqual({ recoveryCodes: null, sessionsEpoch: '' });
  expect([factors.passkeys.length, factors.totp === null, factors.recoveryCodes]).toEqual([1, false, []]);
  expect(done).toEqual(['factor_added totp', 'mail factorAdded with an undo']);
  [factors, account] = [noFactors, had];
  await expect(setUp()).rejects.toMatchObject({ code: 'conflict' });
  // What is only added, as a passkey is, takes no other's place.
  factors = { ...noFactors, totp: { sealedSecret: '', lastStep: 1, addedAtMs: 1, lastUsedAtMs: null } };
  const passkey = { id: 'p', addedAtMs: nowMs } as Factors['passkeys'][number];
  const added = people().secondFactors.add(
    account,
    {
      factor: 'passkey',
      addedBefore: ({ passkeys }) => passkeys[0] ?? null,
      addTo: (now) => ({ ...now, passkeys: [passkey] }),
    },
    origin,
    'a form',
  );
  expect([await added, done.at(-2)]).toEqual([
    { recoveryCodes: null, sessionsEpoch: '' },
    'factor_added passkey',
  ]);
  await people().secondFactors.replicated(account);
  expect(done.at(-1)).toBe('replicated');
  // Nor in a session that has ended.
  account = { ...fresh, sessionsEpoch: '2' };
  const late = people().secondFactors.add(
    fresh,
    { factor: 'totp', addedBefore: () => null, addTo: (now) => now },
    origin,
    'a form',
  );
  await expect(late).rejects.toMatchObject({ code: 'not_found', reason: 'sessions_ended' });
});

test('new recovery codes end the old ones and all sessions; the same form shows them again for a minute, and others after that', async () => {
  await setUp();
  const old = factors.recoveryCodes;
  done = [];
  const make = (form: string, of = account) => people().secondFactors.makeRecoveryCodes(of, origin, form);
  const made = await make('a page');
  expect(made?.sessionsEpoch).toBe('3');
  expect(made?.codes).toHaveLength(10);
  expect(factors.recoveryCodes.filter((code) => old.includes(code))).toEqual([]);
  const noted = ['recovery_codes_made', 'mail recoveryCodesMade with an undo'];
  expect(done).toEqual(noted);
  nowMs += 59_999;
  expect(await make('a page')).toEqual({ codes: made?.codes, sessionsEpoch: '' });
  expect(done).toEqual(noted);
  // A kept page, whose button is pressed again.
  nowMs += 1;
  const later = await make('a page');
  expect(later?.codes.filter((code) => made?.codes.includes(code))).toEqual([]);
  // Also once one of them was used: it would be good again, and so would a list that was lost.
  await use(later?.codes[0] ?? '');
  nowMs += 60_000;
  done = [];
  const latest = await make('a page');
  const former = new Set([...(made?.codes ?? []), ...(later?.codes ?? [])]);
  expect(latest?.codes.filter((code) => former.has(code))).toEqual([]);
  expect(done).toEqual(noted);
  await expect(make('a page', { ...account, sessionsEpoch: '1' })).rejects.toMatchObject({
    reason: 'sessions_ended',
  });
  factors = noFactors;
  expect(await make('another page')).toBeNull();
  expect(factors).toEqual(noFactors);
});

test('a factor that is removed ends all sessions; the last one stays unless it may go; one that is gone is told so', async () => {
  const passkey = { id: 'p', addedAtMs: 1 } as Factors['passkeys'][number];
  await setUp();
  factors = { ...factors, passkeys: [passkey] };
  done = [];
  const remove = (kind: 'totp' | 'passkey', mayBeLast = false, of = account) =>
    people().secondFactors.remove(of, kind === 'totp' ? { kind } : { kind, id: 'p' }, { mayBeLast, origin });
  expect(await remove('totp')).toEqual({ kind: 'removed', wasLast: false, sessionsEpoch: '3' });
  expect(done).toEqual(['factor_removed totp', 'mail factorRemoved with an undo']);
  expect(await remove('totp')).toEqual({ kind: 'gone' });
  expect(await remove('passkey')).toEqual({ kind: 'isLast' });
  await expect(remove('passkey', true, { ...account, sessionsEpoch: '1' })).rejects.toMatchObject({
    code: 'not_found',
  });
  expect(factors.passkeys).toEqual([passkey]);
  expect(await remove('passkey', true)).toEqual({ kind: 'removed', wasLast: true, sessionsEpoch: '4' });
  expect([factors, await remove('passkey', true)]).toEqual([noFactors, { kind: 'gone' }]);
  expect(done.slice(2)).toEqual(['factor_removed passkey', 'mail factorRemoved with an undo']);
});

test('a code of the app is right once; the same form, sent twice within a minute, is one success', async () => {
  await setUp();
  done = [];
  const next = () => totpCode(secret, 1, nowMs);
  const code = next();
  expect(await use(code, 'a form')).toBe('totp');
  expect(factors.totp?.lastUsedAtMs).toBe(nowMs);
  nowMs += 59_999;
  expect(await use(code, 'a form')).toBe('totp');
  expect(done).toEqual(['no guess', 'replicated', 'no guess', 'replicated']);
  // Its twin has the same code: the form alone proves nothing.
  await expect(use('000000', 'a form')).rejects.toMatchObject(refusal('wrong'));
  done = [];
  for (const form of ['another form', null])
    await expect(use(code, form)).rejects.toMatchObject(refusal('replayed'));
  // A code that was right a moment ago is no guess.
  const replayed = ['no guess', 'sign_in_failed replayed_second_factor'];
  expect(done).toEqual([...replayed, ...replayed]);
  nowMs += 1;
  await expect(use(code, 'a form')).rejects.toMatchObject(refusal('replayed'));
});

test('what is not the code is wrong, counts, and is noted; what could not be checked counts for nothing', async () => {
  await setUp();
  for (const code of ['000000', 'no code', totpCode(another, 1, nowMs), totpCode(secret, 3, nowMs)]) {
    done = [];
    await expect(use(code, 'a form')).rejects.toMatchObject(refusal('wrong'));
    expect(done).toEqual(['a wrong totp', 'sign_in_failed wrong_second_factor']);
  }
  [done, fails] = [[], true];
  await expect(use(totpCode(secret, 1, nowMs))).rejects.toThrow('Redis is away');
  expect(done).toEqual(['no guess']);
  [done, fails, factors] = [[], false, noFactors];
  await expect(use(totpCode(secret, 1, nowMs))).rejects.toMatchObject(refusal('none'));
  account = { ...fresh, id: 8 };
  await expect(people().codes.use(fresh, '000000', origin, null)).rejects.toMatchObject(refusal('none'));
});

test('a recovery code is right once, is told by one mail, and is another account’s in no case', async () => {
  const { recoveryCodes } = await setUp();
  const [code = '', second = ''] = recoveryCodes ?? [];
  done = [];
  expect(await use(code.toUpperCase(), 'a form')).toBe('recovery_code');
  expect(await use(code.toUpperCase(), 'a form')).toBe('recovery_code');
  const right = ['no guess', 'replicated'];
  expect(done).toEqual(['no guess', 'mail recoveryCodeUsed', 'replicated', ...right]);
  expect(factors.recoveryCodes).toHaveLength(9);
  done = [];
  await expect(use(code)).rejects.toMatchObject(refusal('wrong'));
  expect(done).toEqual(['a wrong recovery_code', 'sign_in_failed wrong_second_factor']);
  account = { ...account, id: 8 };
  await expect(use(second)).rejects.toMatchObject(refusal('wrong'));
});

test('the secret of an app is sealed anew once SECRET has changed; under one that is gone its person gets in by no code of it', async () => {
  keys = deriveServiceKeys(former);
  await setUp();
  const before = factors.totp?.sealedSecret;
  keys = deriveServiceKeys(current);
  done = [];
  await expect(use(totpCode(secret, 1, nowMs))).rejects.toMatchObject(refusal('unreadable'));
  expect(done).toEqual(['told the operator', 'a wrong totp', 'sign_in_failed wrong_second_factor']);
  keys = deriveServiceKeys(current, former);
  expect(await use(totpCode(secret, 1, nowMs))).toBe('totp');
  const after = factors.totp?.sealedSecret;
  expect(after).not.toBe(before);
  [keys, nowMs] = [deriveServiceKeys(current), nowMs + 60_000];
  expect(await use(totpCode(secret, 0, nowMs))).toBe('totp');
  // One that is sealed as it should be stays as it is.
  expect(factors.totp?.sealedSecret).toBe(after);
});

test('a code counts for the browser in which it was typed, if its account knows that: strangers who guess elsewhere lock nobody out of it', async () => {
  await setUp();
  const attempts = [
    [null, '000000', 'totp'],
    ['a browser', '000000', 'totp'],
    ['a browser', '0000-0000-0000-0000', 'recovery_code'],
  ] as const;
  for (const [browser, code, factor] of attempts) {
    const used = people().codes.use(account, code, { ...origin, browser }, null);
    await expect(used).rejects.toMatchObject(refusal('wrong'));
    expect(admitted).toEqual({ address: origin.address, browser, userId: account.id, factor });
  }
});

test('each recovery code is told by a mail of its own, also where several are used within a minute', async () => {
  const { recoveryCodes } = await setUp();
  done = [];
  for (const code of recoveryCodes?.slice(0, 3) ?? []) await use(code, 'a form');
  const mail = 'mail recoveryCodeUsed';
  expect(done.filter((step) => step.startsWith('mail'))).toEqual([mail, mail, mail]);
});

test('whose codes are tried, and whose factors change, is in the log: the person sees it in their activity', async () => {
  await setUp();
  for (const code of ['000000', '0000-0000-0000-0000'])
    await expect(use(code)).rejects.toMatchObject(refusal('wrong'));
  expect(notedOf).toEqual(new Set([account.id]));
});
