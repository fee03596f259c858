import { type Account, type FactorDecision, type Factors, maxPasskeys, noFactors } from '@ravi/accounts';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { SoftwarePasskey } from '../../../../test/support/software-passkey.ts';
import type { FactorAttempt } from '../limits/limits.ts';
import { PasskeyChallenges, type PasskeyChallengesDeps } from './passkey-challenges.ts';
import { Passkeys, type PasskeysDeps } from './passkeys.ts';
import type { NewFactor } from './second-factors.ts';

const here = 'https://login.example.com';
const ada = { id: 7, email: 'ada@example.com', firstName: '', lastName: '', blocked: false } as Account;
const origin = { address: '192.0.2.1', userAgent: 'a browser', language: 'en', browser: null };
const keys = deriveServiceKeys(new Secret('a secret of a test that is long enough'));

/** What Redis holds, and what was noted, in order. */
let account: Account | null;
let factors: Factors;
let spent: Map<string, string>;
let nowMs: number;
let done: string[];
let fails: boolean;
/** As what the last answer was counted. */
let admitted: FactorAttempt | null;
/** Happens while an answer is checked. */
let meanwhile: () => void;
beforeEach(() => {
  [account, factors, spent] = [ada, noFactors, new Map()];
  [nowMs, done, fails, meanwhile] = [1_800_000_000_000, [], false, () => undefined];
  admitted = null;
});

function passkeys(publicUrl = here): Passkeys {
  const clock = { nowMs: () => nowMs };
  const redis = {
    set: async (key: string, value: string) => {
      if (spent.has(key)) return null;
      spent.set(key, value);
      return 'OK';
    },
    get: async (key: string) => spent.get(key) ?? null,
  };
  return new Passkeys({
    challenges: new PasskeyChallenges({ redis, keys, clock } as unknown as PasskeyChallengesDeps),
    factorStore: {
      read: async () => {
        if (fails) throw new Error('Redis is away');
        return factors;
      },
      change: async (_id: number, decide: (now: Factors) => FactorDecision<string>) => {
        meanwhile();
        if (account === null) return { kind: 'unknown' };
        const decision = decide(factors);
        if (decision.kind === 'refuse') return { kind: 'refused', reason: decision.reason };
        factors = decision.factors;
        return { kind: 'changed' };
      },
    },
    accountStore: { read: async (id: number) => (account?.id === id ? { account } : null) },
    secondFactors: {
      add: async (_to: Account, { addedBefore, addTo }: NewFactor) => {
        if (addedBefore(factors) !== null) return { recoveryCodes: null, sessionsEpoch: 'again' };
        const more = addTo(factors);
        if (more === null) throw new Error('one too many');
        factors = more;
        return { recoveryCodes: null, sessionsEpoch: 'added' };
      },
    },
    limits: {
      admitFactorGuess: async (attempt: FactorAttempt) => {
        admitted = attempt;
        done.push(`guess ${attempt.userId} ${attempt.browser ?? 'anywhere'}`);
        return {
          wrong: async () => void done.push('wrong'),
          takeBack: async () => void done.push('no guess'),
        };
      },
      admitPasskeySignIn: async (id: number) => void done.push(`sign-in of ${id}`),
    },
    audit: {
      note: ({ event, reason, user }: { event: string; reason?: string; user?: number }) =>
        void done.push([event, reason, user].filter((word) => word !== undefined).join(' ')),
    },
    clock,
    logger: { warn: () => undefined },
    publicUrl,
  } as unknown as PasskeysDeps);
}

const asked = (csrfToken = 'a page') => passkeys().creationOptions(ada, factors, csrfToken);
const register = (answer: string, csrfToken = 'a page') =>
  passkeys().register(ada, { answer, name: 'work laptop', csrfToken }, origin);

/** An account that has a passkey. */
async function withPasskey(): Promise<SoftwarePasskey> {
  const passkey = new SoftwarePasskey(here);
  await register(passkey.register(asked()));
  return passkey;
}

const atSignIn = (csrfToken = 'a page') =>
  passkeys().requestOptions({ use: 'sign-in', csrfToken, userId: '' });
const signIn = (answer: string, csrfToken = 'a page') =>
  passkeys().signIn(answer, csrfToken, '192.0.2.1', () => 'a browser');
const refusal = (reason: string) => ({ code: 'wrong_credentials', field: 'answer', reason });

test('passkeys are offered where browsers make them: for a name, and for no IP address', () => {
  const enabled = (url: string) => passkeys(url).enabled;
  expect([here, 'http://localhost:3000'].map(enabled)).toEqual([true, true]);
  expect(['http://127.0.0.1:3000', 'http://[::1]:3000'].map(enabled)).toEqual([false, false]);
});

test('a browser is asked for a passkey that it can find, of a person whom it checks, and that it has not made yet', async () => {
  expect(asked()).toMatchObject({
    user: { name: 'ada@example.com', displayName: 'ada@example.com' },
    excludeCredentials: [],
    authenticatorSelection: {
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'required',
    },
  });
  const { id } = await withPasskey();
  const known = { type: 'public-key', id, transports: ['internal'] };
  expect(asked().excludeCredentials).toEqual([known]);
  const named = passkeys().creationOptions({ ...ada, firstName: 'Ada', lastName: '' }, factors, 'a page');
  expect(named.user.displayName).toBe('Ada');
  expect(atSignIn()).toMatchObject({
    userVerification: 'required',
    allowCredentials: [],
    rpId: 'login.example.com',
  });
  const atStep = () =>
    passkeys().requestOptions({ use: 'second-step', csrfToken: 'a page', userId: 7 }, factors);
  expect(atStep().allowCredentials).toEqual([known]);
  expect(atStep().timeout).toBe(300_000);
  // A browser that did not tell how it reaches the passkey finds out anew.
  factors = { ...factors, passkeys: factors.passkeys.map((each) => ({ ...each, transports: [] })) };
  expect(atStep().allowCredentials).toEqual([{ type: 'public-key', id }]);
});

test('a passkey is kept as it was made, once, also where its form comes twice', async () => {
  const answer = new SoftwarePasskey(here).register(asked());
  expect(await register(answer)).toMatchObject({ sessionsEpoch: 'added' });
  expect(factors.passkeys).toMatchObject([
    { name: 'work laptop', addedAtMs: nowMs, lastUsedAtMs: null, backupEligible: false, backedUp: false },
  ]);
  expect(await register(answer)).toMatchObject({ sessionsEpoch: 'again' });
  nowMs += 60_000;
  await expect(register(answer)).rejects.toMatchObject({ code: 'invalid_request', field: 'answer' });
});

test('what an answer says of who made the authenticator is not looked at: the addresses in its certificates are anybody’s', async () => {
  const formats = ['packed', 'tpm', 'android-key', 'apple', 'another'];
  for (const statement of formats) await register(new SoftwarePasskey(here).register(asked(), { statement }));
  expect(factors.passkeys).toHaveLength(formats.length);
});

test('no passkey is kept that another page asked for, of another site, without its person, or with a key that is too large', async () => {
  const made = (differences: object = {}, challenge = asked().challenge) =>
    new SoftwarePasskey(here).register({ ...asked(), challenge }, differences);
  const challengeFor = (use: 'register' | 'sign-in', userId: number) =>
    passkeys().requestOptions({ use, csrfToken: 'a page', userId }).challenge;
  const bare = JSON.parse(made()) as { readonly response: object };
  const wrong = [
    'no answer',
    JSON.stringify({ ...bare, response: { ...bare.response, attestationObject: 'oA' } }),
    made({}, asked('another page').challenge),
    made({}, challengeFor('sign-in', 7)),
    made({}, challengeFor('register', 8)),
    made({ origin: 'https://evil.example' }),
    made({ rpId: 'evil.example' }),
    made({ unverified: true }),
    made({ keyPadding: 1_100 }),
  ];
  for (const answer of wrong)
    await expect(register(answer)).rejects.toMatchObject({ code: 'invalid_request', field: 'answer' });
  const late = made();
  nowMs += 600_000;
  await expect(register(late)).rejects.toMatchObject({ field: 'answer' });
  expect(factors).toEqual(noFactors);
});

test('an account has so many passkeys and not one more, and no two with one id', async () => {
  const one = await withPasskey();
  const [kept] = factors.passkeys;
  if (!kept) throw new Error('It was not kept.');
  const others = Array.from({ length: maxPasskeys - 2 }, (_, at) => ({ ...kept, id: `p${at}` }));
  factors = { ...factors, passkeys: [{ ...kept, publicKey: 'another' }, ...others] };
  await expect(register(one.register(asked('a second page')), 'a second page')).rejects.toThrow(
    'one too many',
  );
  await withPasskey();
  expect(factors.passkeys).toHaveLength(maxPasskeys);
  await expect(withPasskey()).rejects.toThrow('one too many');
});

test('whoever has the passkey is let in, which is noted in it; the same form within a minute is one success', async () => {
  const passkey = await withPasskey();
  const answer = passkey.sign(atSignIn());
  nowMs += 1_000;
  expect(await signIn(answer)).toEqual(ada);
  const right = ['guess 7 a browser', 'no guess', 'sign-in of 7'];
  expect(done).toEqual(right);
  expect(factors.passkeys).toMatchObject([{ counter: 1, lastUsedAtMs: nowMs }]);
  nowMs += 59_999;
  expect(await signIn(answer)).toEqual(ada);
  expect(done).toEqual([...right, ...right]);
  nowMs += 1;
  await expect(signIn(answer)).rejects.toMatchObject(refusal('replayed'));
  await expect(signIn(answer, 'another page')).rejects.toMatchObject(refusal('wrong'));
});

test('nobody is let in by what is no answer, another’s, unproven, or by a passkey that is not here; each counts but what is none', async () => {
  const passkey = await withPasskey();
  const counted = ['guess 7 a browser', 'wrong', 'sign_in_failed wrong_passkey 7'];
  await expect(signIn('no answer')).rejects.toMatchObject(refusal('wrong'));
  expect(done).toEqual([]);
  const wrong = [
    passkey.sign(atSignIn('another page')),
    passkey.sign(passkeys().requestOptions({ use: 'second-step', csrfToken: 'a page', userId: 7 })),
    passkey.sign(atSignIn(), { origin: 'https://evil.example' }),
    passkey.sign(atSignIn(), { rpId: 'evil.example' }),
    passkey.sign(atSignIn(), { unverified: true }),
  ];
  for (const answer of wrong) {
    done = [];
    await expect(signIn(answer)).rejects.toMatchObject(refusal('wrong'));
    expect(done).toEqual(counted);
  }
  done = [];
  const unknown = new SoftwarePasskey(here);
  await expect(signIn(unknown.sign(atSignIn(), { userHandle: 'Nw' }))).rejects.toMatchObject(
    refusal('unknown'),
  );
  expect(done).toEqual(counted);
  for (const userHandle of ['OA', 'MDc', '', 'x'.repeat(40)]) {
    done = [];
    await expect(signIn(passkey.sign(atSignIn(), { userHandle }))).rejects.toMatchObject(refusal('unknown'));
    expect(done).toEqual(['guess 0 anywhere', 'wrong', 'sign_in_failed wrong_passkey']);
  }
  // Whether it may be on several devices never changes.
  factors = { ...factors, passkeys: factors.passkeys.map((each) => ({ ...each, backupEligible: true })) };
  await expect(signIn(passkey.sign(atSignIn()))).rejects.toMatchObject(refusal('wrong'));
  expect(factors.passkeys).toMatchObject([{ counter: 0, lastUsedAtMs: null }]);
});

test('a passkey that does not say whose it is proves anew who is signed in, who was asked for it, and signs in nobody else', async () => {
  const passkey = await withPasskey();
  const prove = (who: Account | null) =>
    passkeys().signIn(
      passkey.sign(atSignIn(), { userHandle: null }),
      'a page',
      '192.0.2.1',
      () => 'a browser',
      who,
    );
  for (const who of [null, { ...ada, id: 8 }])
    await expect(prove(who)).rejects.toMatchObject(refusal('unknown'));
  expect(await prove(ada)).toEqual(ada);
  // One that says it is another's is not taken for theirs.
  const others = passkey.sign(atSignIn(), { userHandle: 'OA' });
  await expect(
    passkeys().signIn(others, 'a page', '192.0.2.1', () => 'a browser', ada),
  ).rejects.toMatchObject(refusal('unknown'));
});

test('an answer of 12,000 characters is read, and one that is longer is none', async () => {
  const passkey = await withPasskey();
  const answer = passkey.sign(atSignIn());
  await expect(signIn(answer.padEnd(12_001))).rejects.toMatchObject(refusal('wrong'));
  expect(done).toEqual([]);
  expect(await signIn(answer.padEnd(12_000))).toEqual(ada);
});

test('a person who is blocked is told so once the passkey was right; a passkey that could not be checked counts for nothing', async () => {
  const passkey = await withPasskey();
  account = { ...ada, blocked: true };
  await expect(signIn(passkey.sign(atSignIn()))).rejects.toMatchObject({ code: 'forbidden' });
  expect(done).toEqual(['guess 7 a browser', 'no guess', 'sign-in of 7', 'sign_in_failed blocked 7']);
  [done, fails] = [[], true];
  await expect(signIn(passkey.sign(atSignIn()))).rejects.toThrow('Redis is away');
  expect(done).toEqual(['guess 7 a browser', 'no guess']);
});

test('a count that does not go up tells of a copy, but for one that never counts', async () => {
  const passkey = await withPasskey();
  const sign = (counter: number) => signIn(passkey.sign(atSignIn(), { counter }));
  expect(await sign(0)).toEqual(ada);
  expect(await sign(0)).toEqual(ada);
  expect(await sign(5)).toEqual(ada);
  for (const counter of [5, 4, 0]) {
    done = [];
    await expect(sign(counter)).rejects.toMatchObject(refusal('cloned'));
    expect(done.at(-1)).toBe('sign_in_failed passkey_cloned 7');
  }
  expect(await sign(6)).toEqual(ada);
});

test('a form that was sent again after its passkey was used elsewhere is no sign of a copy', async () => {
  const passkey = await withPasskey();
  const [first, second] = [passkey.sign(atSignIn()), passkey.sign(atSignIn())];
  await signIn(first);
  nowMs += 1;
  await signIn(second);
  await expect(signIn(first)).rejects.toMatchObject(refusal('replayed'));
});

test('a passkey that goes, or is replaced by another one, while its answer is checked lets nobody in', async () => {
  const passkey = await withPasskey();
  const kept = factors;
  meanwhile = () => (factors = noFactors);
  await expect(signIn(passkey.sign(atSignIn()))).rejects.toMatchObject(refusal('unknown'));
  factors = kept;
  meanwhile = () =>
    (factors = { ...kept, passkeys: kept.passkeys.map((each) => ({ ...each, publicKey: 'another' })) });
  await expect(signIn(passkey.sign(atSignIn()))).rejects.toMatchObject(refusal('unknown'));
  factors = kept;
  meanwhile = () => (account = null);
  await expect(signIn(passkey.sign(atSignIn()))).rejects.toMatchObject(refusal('unknown'));
});

test('a second step takes a passkey of its account, asked for there', async () => {
  const passkey = await withPasskey();
  const step = (userId = 7) => passkeys().requestOptions({ use: 'second-step', csrfToken: 'a page', userId });
  const prove = (answer: string) => passkeys().prove(ada, answer, 'a page', origin);
  await prove(passkey.sign(step()));
  expect(done).toEqual(['guess 7 anywhere', 'no guess']);
  for (const other of [passkey.sign(step(8)), passkey.sign(atSignIn()), 'no answer'])
    await expect(prove(other)).rejects.toMatchObject(refusal('wrong'));
  await expect(prove(new SoftwarePasskey(here).sign(step()))).rejects.toMatchObject(refusal('unknown'));
});

test('an answer counts as one of a passkey, where it was given: strangers who send wrong ones use up no codes of an app', async () => {
  await withPasskey();
  const wrong = new SoftwarePasskey(here).sign(atSignIn(), { userHandle: 'Nw' });
  await expect(signIn(wrong)).rejects.toMatchObject(refusal('unknown'));
  const its = { address: '192.0.2.1', userId: 7, factor: 'passkey' };
  expect(admitted).toEqual({ ...its, browser: 'a browser' });
  await expect(passkeys().prove(ada, wrong, 'a page', origin)).rejects.toMatchObject(refusal('unknown'));
  expect(admitted).toEqual({ ...its, browser: null });
});
