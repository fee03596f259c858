import type { Account } from '@ravi/accounts';
import { servedAlone } from '../../../../../test/support/served-alone.ts';
import type { SignInOrigin } from '../password-accounts.ts';
import { type SecondStepPagesDeps, submitSecondStep } from './second-step.ts';

const account = { id: 7, email: 'ada@example.com' } as Account;
/** The id of this browser where the account knows it, and for which browsers second steps were counted. */
let knownAs: string | null;
let countedIn: (string | null)[];
beforeEach(() => {
  [knownAs, countedIn] = [null, []];
});

/** Where a second step by this factor leads, of somebody who was on the way to these. */
async function ledBy(factor: 'totp' | 'recovery_code', body: object) {
  const run = submitSecondStep({
    sessions: {
      requireSameOrigin: () => undefined,
      requireCsrfToken: () => undefined,
      readForForm: async () => null,
      open: async () => 'a token',
    },
    browsers: { idFor: () => knownAs, remember: () => undefined },
    secondSteps: { read: async () => ({ account, provider: '' }), end: () => undefined },
    factorCodes: {
      use: async (_of: Account, _code: string, { browser }: SignInOrigin) => {
        countedIn.push(browser);
        return factor;
      },
    },
    passkeys: {
      prove: async (_of: Account, _answer: string, _form: string, { browser }: SignInOrigin) =>
        void countedIn.push(browser),
    },
    toldOnce: { claim: async () => false },
    audit: { note: () => undefined },
    mails: { notify: () => undefined },
  } as unknown as SecondStepPagesDeps);
  return (await servedAlone(run, { method: 'POST', body })).location;
}

test('whoever was on the way to a code comes to it; by a recovery code first to the page that says how many are left, which leads on', async () => {
  const form = { csrf_token: 'a token', code: '123456', user_code: 'BCDF-GHJK' };
  expect(await ledBy('totp', form)).toBe('/device?user_code=BCDF-GHJK');
  expect(await ledBy('recovery_code', form)).toBe('/account/security?user_code=BCDF-GHJK&done=recovery');
  expect(await ledBy('recovery_code', { ...form, user_code: '' })).toBe('/account/security?done=recovery');
});

test('a second step counts for the browser, where the account knows that: strangers who try codes elsewhere lock nobody out of it', async () => {
  const step = { csrf_token: 'a token', code: '123456' };
  knownAs = 'this browser';
  await ledBy('totp', step);
  await ledBy('totp', { ...step, answer: 'that of a passkey' });
  knownAs = null;
  await ledBy('totp', step);
  expect(countedIn).toEqual(['this browser', 'this browser', null]);
});
