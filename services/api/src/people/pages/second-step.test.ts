import type { Account } from '@ravi/accounts';
import { servedAlone } from '../../../../../test/support/served-alone.ts';
import { type SecondStepPagesDeps, submitSecondStep } from './second-step.ts';

const account = { id: 7, email: 'ada@example.com' } as Account;

/** Where a second step by this factor leads, of somebody who was on the way to these. */
async function ledBy(factor: 'totp' | 'recovery_code', body: object) {
  const run = submitSecondStep({
    sessions: {
      requireSameOrigin: () => undefined,
      requireCsrfToken: () => undefined,
      readForForm: async () => null,
      open: async () => 'a token',
    },
    browsers: { idFor: () => null, remember: () => undefined },
    secondSteps: { read: async () => ({ account, provider: '' }), end: () => undefined },
    factorCodes: { use: async () => factor },
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
