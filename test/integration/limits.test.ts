import { createSecretKey, randomUUID } from 'node:crypto';
import { Limits } from '../../services/api/src/limits/limits.ts';
import {
  activityLooksPerAccount,
  approvalsPerAccount,
  mailsPerHour,
  passkeySignInsPerAccount,
  providerSignInsPerAddress,
  refreshes,
  signUpsPerAddress,
  wrongCodesPerAccount,
  wrongFactors,
  wrongPasswords,
} from '../../services/api/src/limits/fixed-maximums.ts';
import { connectedRedis } from '../support/connected-redis.ts';

const { redis } = await connectedRedis();

function limits(enabled = true, prefix = `test:${randomUUID()}:`): Limits {
  return new Limits({
    redis,
    addressKey: createSecretKey(Buffer.alloc(32, 7)),
    enabled,
    wrongCodesPerAddress: 7,
    writesPerCredential: 6,
    writesPerAccount: 9,
    prefix,
  });
}

const address = '192.0.2.1';
const email = 'ada@example.com';
let accounts = 0;
const browser = 'a browser that signed in before';
const guess = async (admitted: Promise<{ wrong(): Promise<void> }>) => (await admitted).wrong();

interface Row {
  readonly max: number;
  readonly windowSeconds: number;
  readonly told: RegExp;
  readonly take: (its: Limits) => Promise<unknown>;
  /** An attempt that is still admitted: of somebody else, or from elsewhere. */
  readonly other: (its: Limits) => Promise<unknown>;
}

/** Every limit: one party that uses up its allowance, and another one that is not affected. */
const table: Readonly<Record<string, Row>> = {
  'sign-ups of an address': {
    max: signUpsPerAddress,
    windowSeconds: 3600,
    told: /^Too many accounts were created from this address\./,
    take: (its) => its.admitSignUp(address),
    other: (its) => its.admitSignUp('192.0.2.2'),
  },
  'wrong passwords of an address': {
    max: wrongPasswords.perAddress,
    windowSeconds: 900,
    told: /^Too many attempts to sign in\./,
    take: (its) => guess(its.admitSignIn({ address, email, browser: null })),
    other: (its) => its.admitSignIn({ address: '192.0.2.2', email, browser: null }),
  },
  'wrong passwords of an account, from everywhere': {
    max: wrongPasswords.perAccount,
    windowSeconds: 900,
    told: /^Too many attempts to sign in\./,
    take: (its) => guess(its.admitSignIn({ address: manyAddresses(), email, browser: null })),
    other: (its) => its.admitSignIn({ address, email, browser }),
  },
  'wrong passwords in a browser of the account': {
    max: wrongPasswords.perBrowser,
    windowSeconds: 900,
    told: /^Too many attempts to sign in\./,
    take: (its) => guess(its.admitSignIn({ address, email, browser })),
    other: (its) => its.admitSignIn({ address, email, browser: 'another' }),
  },
  'wrong passwords in all browsers of the account': {
    max: wrongPasswords.perKnownAccount,
    windowSeconds: 900,
    told: /^Too many attempts to sign in\./,
    take: (its) => guess(its.admitSignIn({ address, email, browser: randomUUID() })),
    other: (its) => its.admitSignIn({ address, email, browser: null }),
  },
  'wrong numbers of an app in all browsers of the account': {
    max: wrongFactors.perKnownAccount,
    windowSeconds: 3600,
    told: /^Too many wrong codes were entered\./,
    take: (its) => guess(its.admitFactorGuess({ address, userId: 1, browser: randomUUID(), factor: 'totp' })),
    other: async (its) => {
      await its.admitFactorGuess({ address, userId: 1, browser: null, factor: 'totp' });
      await its.admitFactorGuess({ address, userId: 1, browser, factor: 'recovery_code' });
      await its.admitFactorGuess({ address, userId: 2, browser, factor: 'totp' });
    },
  },
  'wrong passkeys of an address': {
    max: wrongFactors.passkeysPerAddress,
    windowSeconds: 3600,
    told: /^Too many wrong codes were entered\./,
    take: (its) => guess(its.admitFactorGuess({ address, userId: 0, browser: null, factor: 'passkey' })),
    other: async (its) => {
      await its.admitFactorGuess({ address, userId: 1, browser: null, factor: 'totp' });
      await its.admitFactorGuess({ address, userId: 1, browser, factor: 'passkey' });
    },
  },
  'sign-ins by passkey to an account': {
    max: passkeySignInsPerAccount,
    windowSeconds: 900,
    told: /^Too many attempts to sign in\./,
    take: (its) => its.admitPasskeySignIn(1),
    other: (its) => its.admitPasskeySignIn(2),
  },
  'looks at the activity of an account': {
    max: activityLooksPerAccount,
    windowSeconds: 60,
    told: /^The activity or the programs of this account were read too often\./,
    take: (its) => its.admitActivityLook(1),
    other: (its) => its.admitActivityLook(2),
  },
  'wrong numbers of an app for an account': {
    max: wrongFactors.perAccount,
    windowSeconds: 3600,
    told: /^Too many wrong codes were entered\./,
    take: (its) => guess(its.admitFactorGuess({ address, userId: 1, browser: null, factor: 'totp' })),
    other: (its) => its.admitFactorGuess({ address, userId: 1, browser: null, factor: 'recovery_code' }),
  },
  'wrong second factors of an address': {
    max: wrongFactors.perAddress,
    windowSeconds: 3600,
    told: /^Too many wrong codes were entered\./,
    take: (its) =>
      guess(its.admitFactorGuess({ address, userId: 1, browser: null, factor: 'recovery_code' })),
    other: (its) => its.admitFactorGuess({ address, userId: 1, browser, factor: 'recovery_code' }),
  },
  'wrong second factors in a browser of the account': {
    max: wrongFactors.perBrowser,
    windowSeconds: 3600,
    told: /^Too many wrong codes were entered\./,
    take: (its) => guess(its.admitFactorGuess({ address, userId: 1, browser, factor: 'totp' })),
    other: (its) => its.admitFactorGuess({ address, userId: 1, browser: 'another', factor: 'totp' }),
  },
  'wrong user codes of an account': {
    max: wrongCodesPerAccount,
    windowSeconds: 900,
    told: /^Too many wrong codes were entered\./,
    take: (its) => guess(its.admitCodeEntry(manyAddresses(), 1)),
    other: (its) => its.admitCodeEntry(address, 2),
  },
  'wrong user codes of an address': {
    max: 7,
    windowSeconds: 900,
    told: /^Too many wrong codes were entered\./,
    take: (its) => guess(its.admitCodeEntry(address, ++accounts)),
    other: (its) => its.admitCodeEntry('192.0.2.2', 1),
  },
  'returns from a provider': {
    max: providerSignInsPerAddress,
    windowSeconds: 900,
    told: /^Too many attempts to sign in\./,
    take: (its) => its.admitProviderSignIn(address),
    other: (its) => its.admitProviderSignIn('192.0.2.2'),
  },
  'links that an address asks for': {
    max: mailsPerHour.perAddress,
    windowSeconds: 3600,
    told: /^Too many links were asked for from this address\./,
    take: (its) => its.admitMailRequest(address),
    other: (its) => its.admitMailRequest('192.0.2.2'),
  },
  'approvals of an account': {
    max: approvalsPerAccount,
    windowSeconds: 900,
    told: /^Too many logins were approved\./,
    take: (its) => its.admitApproval(1),
    other: (its) => its.admitApproval(2),
  },
  'refreshes of a login': {
    max: refreshes.perLogin,
    windowSeconds: 900,
    told: /^The tokens of this login were refreshed too often\./,
    take: (its) => its.admitRefresh('one', 1),
    other: (its) => its.admitRefresh('another', 1),
  },
  'refreshes of all logins of an account': {
    max: refreshes.perAccount,
    windowSeconds: 900,
    told: /^The tokens of this login were refreshed too often\./,
    take: (its) => its.admitRefresh(randomUUID(), 1),
    other: (its) => its.admitRefresh('one', 2),
  },
  'changes by a program': {
    max: 6,
    windowSeconds: 900,
    told: /^Too many changes were made\./,
    take: (its) => its.admitWrite({ kind: 'program', userId: 1, credential: 'one' }),
    other: (its) => its.admitWrite({ kind: 'program', userId: 1, credential: 'another' }),
  },
  'changes by all programs of an account': {
    max: 9,
    windowSeconds: 900,
    told: /^Too many changes were made\./,
    take: (its) => its.admitWrite({ kind: 'program', userId: 1, credential: randomUUID() }),
    other: (its) => its.admitWrite({ kind: 'person', userId: 1, credential: 'one' }),
  },
};

let addresses = 0;
/** Each of another network. */
function manyAddresses(): string {
  addresses++;
  return `10.${addresses >> 8}.${addresses & 255}.1`;
}

const rows = Object.entries(table);

/** @shows flooding, password guessing, ASVS V6.3.1 */
test.each(rows)(
  '%s: as many as allowed, then a sentence and a time; others go on',
  async (_, { max, windowSeconds, told, take, other }) => {
    const its = limits();
    await Promise.all(Array.from({ length: max }, () => take(its)));
    const refused = await take(its).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'rate_limited', message: expect.stringMatching(told) });
    const { retryAfterSeconds } = refused as { retryAfterSeconds: number };
    expect(retryAfterSeconds).toBeGreaterThan(windowSeconds / 2);
    // Events are counted in slices of an eighth of their window.
    expect(retryAfterSeconds).toBeLessThanOrEqual(windowSeconds * 1.125 + 1);
    await other(its);
  },
);

test.each<[string, number, (its: Limits) => Promise<unknown>]>([
  ['code', 5, (its) => its.admitCodeEntry(address, 1)],
  ['password', 10, (its) => its.admitSignIn({ address, email, browser: null })],
  ['second factor', 5, (its) => its.admitFactorGuess({ address, userId: 1, browser: null, factor: 'totp' })],
])('a %s of which nobody told whether it was right keeps its places for %d s', async (_, seconds, admit) => {
  const prefix = `test:${randomUUID()}:`;
  const beganMs = performance.now();
  await admit(limits(true, prefix));
  const places = await redis.keys(`${prefix}*:open`);
  expect(places.length).toBeGreaterThan(1);
  const leftMs = await Promise.all(places.map((place) => redis.pttl(place)));
  const passedMs = performance.now() - beganMs;
  expect(Math.max(...leftMs)).toBeLessThanOrEqual(seconds * 1_000);
  expect(Math.min(...leftMs) + passedMs).toBeGreaterThanOrEqual(seconds * 1_000 - 1);
});

test('mails to one address: of each kind of link and of notices as many as allowed', async () => {
  const its = limits();
  const sent = async (kind: Parameters<Limits['mayMail']>[0], tries: number) => {
    const may: boolean[] = [];
    for (let count = 0; count < tries; count++) may.push(await its.mayMail(kind, email));
    return may.filter(Boolean).length;
  };
  expect(await sent('reset', 12)).toBe(mailsPerHour.link);
  expect(await sent('verify', 12)).toBe(mailsPerHour.link);
  expect(await sent('address', 12)).toBe(mailsPerHour.link);
  expect(await sent('signedIn', 12)).toBe(mailsPerHour.notice);
  expect(await sent('notice', 12)).toBe(mailsPerHour.notice);
  // Each takes the account back from somebody else.
  expect(await sent('undo', 12)).toBe(mailsPerHour.notice);
  expect(await sent('secondStepAsked', 12)).toBe(mailsPerHour.secondStepAsked);
  expect(await its.mayMail('reset', 'another@example.com')).toBe(true);
});

/** @shows ASVS V6.3.1 */
test('strangers who guess codes of an account lock its owner out of nothing: their browser, a recovery code and a passkey go on', async () => {
  const its = limits();
  const from = (network: number) => ({ address: `198.51.${network}.7`, userId: 1, browser: null });
  for (let network = 0; network < wrongFactors.perAccount; network++)
    await guess(its.admitFactorGuess({ ...from(network), factor: 'totp' }));
  await expect(its.admitFactorGuess({ ...from(200), factor: 'totp' })).rejects.toThrow(
    'Too many wrong codes',
  );
  const owners = [
    { address, userId: 1, browser, factor: 'totp' },
    { address, userId: 1, browser: null, factor: 'recovery_code' },
    { address, userId: 1, browser: null, factor: 'passkey' },
  ] as const;
  for (const attempt of owners) await (await its.admitFactorGuess(attempt)).takeBack();
  // Nor out of another account.
  await (await its.admitFactorGuess({ ...from(200), userId: 2, factor: 'totp' })).takeBack();
});

test('where limits are switched off nothing is refused, and nobody is kept from a mail', async () => {
  const its = limits(false);
  for (const [, { take, max }] of rows.filter(([, row]) => row.max <= 30)) {
    await Promise.all(Array.from({ length: max + 1 }, () => take(its)));
  }
  for (let count = 0; count <= mailsPerHour.notice; count++) {
    expect(await its.mayMail('notice', email)).toBe(true);
  }
});
