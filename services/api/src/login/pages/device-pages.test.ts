import { defaultLifetimes } from '@ravi/credentials';
import { formatUserCode, generateUserCode } from '@ravi/device-login';
import { servedAlone } from '../../../../../test/support/served-alone.ts';
import type { SentForm } from '../../people/reauthentication.ts';
import { DevicePages, type DevicePagesDeps, unusedDaysOf } from './device-pages.ts';

test('a program is told to end after so many days without use, or never', () => {
  const lifetimes = { ...defaultLifetimes, programIdleMs: 30 * 86_400_000 };
  expect(unusedDaysOf({ ...lifetimes, programsEndUnused: true })).toBe(30);
  expect(unusedDaysOf({ ...lifetimes, programsEndUnused: false })).toBeNull();
});

test('a form that was shown in time counts for its own code, however that is typed, and for no other one', async () => {
  const sent: (SentForm | undefined)[] = [];
  const pages = new DevicePages({
    sessions: {
      requireSameOrigin: () => undefined,
      requireCsrfToken: () => undefined,
      read: async () => ({ account: { id: 7 } }),
    },
    reauthentication: {
      beforeApproval: (_signedIn: object, form?: SentForm) => {
        sent.push(form);
        return 'proof';
      },
    },
  } as unknown as DevicePagesDeps);
  const [one, other] = [generateUserCode(), generateUserCode()];
  for (const typed of [one, formatUserCode(one).toLowerCase(), other]) {
    const body = { user_code: typed, decision: 'approve', shown: 'a mark' };
    expect((await servedAlone(pages.decide, { method: 'POST', body })).status).toBe(303);
  }
  expect(sent.map((form) => form?.mark)).toEqual(['a mark', 'a mark', 'a mark']);
  const [its, again, others] = sent.map((form) => form?.purpose);
  expect(again).toBe(its);
  expect(others).not.toBe(its);
});
