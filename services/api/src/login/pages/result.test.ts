import type { LoginSummary } from '@ravi/device-login';
import { stateOf } from './result.ts';

const decision = {
  userId: 1,
  atMs: 1_000_000,
  wrongNumber: false,
  identityUuid: '',
  keyScope: 'account',
  keyTtlSeconds: null,
} as const;

/** What is told of a login this long after the decision; its code was good for ten minutes from then. */
const toldAfter = (state: LoginSummary['state'], ms: number, wrongNumber = false) =>
  stateOf({ state, decision: { ...decision, wrongNumber }, expiresAtMs: 1_600_000 }, 1_000_000 + ms);

test.each(['approved', 'issued'] as const)(
  'a program that does not collect its access is late after half a minute, and never came once its code has expired: %s',
  (state) => {
    const moments = [0, 29_000, 30_000, 599_999, 600_000];
    expect(moments.map((ms) => toldAfter(state, ms))).toEqual([
      'waiting',
      'waiting',
      'late',
      'late',
      'neverCame',
    ]);
  },
);

test('a login that was collected, denied or aborted is shown as that, also after its code has expired', () => {
  for (const ms of [0, 45_000, 600_000]) {
    expect(toldAfter('redeemed', ms)).toBe('collected');
    expect(toldAfter('aborted', ms)).toBe('aborted');
    expect(toldAfter('denied', ms)).toBe('denied');
    expect(toldAfter('denied', ms, true)).toBe('wrongNumber');
  }
});
