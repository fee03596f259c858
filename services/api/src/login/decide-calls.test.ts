import type { Account } from '@ravi/accounts';
import type { Decision } from '@ravi/device-login';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import { Reply } from '../http/reply.ts';
import { Reauthentication } from '../people/reauthentication.ts';
import { ShownForms } from '../people/shown-forms.ts';
import type { Approval } from './decisions.ts';
import { approveLogin, denyLogin } from './decide-calls.ts';

const nowMs = 100_000_000;
const clock = { nowMs: () => nowMs };
const account: Account = {
  id: 7,
  email: 'ada@example.com',
  firstName: '',
  lastName: '',
  epoch: '1',
  sessionsEpoch: '1',
  emailVerified: true,
  blocked: false,
  hasSecondFactor: false,
  language: '',
};

const call = {
  requestId: 'r',
  traceparent: undefined,
  method: 'POST',
  path: '/api/auth/device/approve/',
  address: '192.0.2.1',
  headers: {},
  reply: Object.create(Reply.prototype) as Reply,
};

/** A JSON approval by somebody who gave a password this number of seconds ago; resolves to why it was refused. */
async function approveAfter(secondsAgo: number, requireSecondFactor: boolean): Promise<unknown> {
  const authentication = { by: 'password', factor: null, atMs: nowMs - secondsAgo * 1000 } as const;
  const mustNotDecide = () => Promise.reject(new Error('It was decided.'));
  const approve = approveLogin({
    sessions: { require: async () => ({ account, authentication, firstId: '', endsAtMs: 0, token: '' }) },
    reauthentication: new Reauthentication({
      clock,
      shownForms: new ShownForms({ keys: deriveServiceKeys(new Secret('x'.repeat(32))), clock }),
      reauthenticateAfterSeconds: 7200,
      requireSecondFactor,
    }),
    decisions: { approve: mustNotDecide, deny: mustNotDecide },
  });
  return approve(call, { user_code: 'BCDF-GHJK' }).catch((error: unknown) => error);
}

test('the JSON approval decides nothing for somebody who is asked again first, and says what to do', async () => {
  // It has no form that could have been shown in time.
  expect(await approveAfter(7_201, false)).toMatchObject({
    code: 'proof_required',
    status: 403,
    message: expect.stringContaining('sign in again, then approve'),
  });
  expect(await approveAfter(1, true)).toMatchObject({
    code: 'proof_required',
    status: 403,
    message: expect.stringContaining('set up a second factor at /account/security'),
  });
  expect(await approveAfter(1, false)).toMatchObject({ message: 'It was decided.' });
});

test.each<[Approval, string, string | undefined]>([
  [{ kind: 'unknown' }, 'not_found', undefined],
  [{ kind: 'expired' }, 'not_found', undefined],
  [{ kind: 'decided', state: 'denied' }, 'conflict', undefined],
  [{ kind: 'unknownIdentity' }, 'invalid_request', 'identity_uuid'],
  [{ kind: 'identityNeeded' }, 'invalid_request', 'identity_uuid'],
  [{ kind: 'tooManyIdentities' }, 'conflict', undefined],
  [{ kind: 'numberNeeded' }, 'invalid_request', 'verification'],
  [{ kind: 'wrongNumber' }, 'conflict', undefined],
])(
  'a decision that is not made, %j, is told as %s: only a code that no login has is not found',
  async (decision, code, field) => {
    const deps = {
      sessions: {
        require: async () => ({
          account,
          authentication: { by: 'password', factor: null, atMs: nowMs } as const,
          firstId: '',
          endsAtMs: 0,
          token: '',
        }),
      },
      reauthentication: { beforeApproval: () => 'nothing' as const },
      decisions: { approve: async () => decision, deny: async () => decision as Decision },
    };
    for (const decide of [approveLogin(deps), denyLogin(deps)])
      await expect(decide(call, { user_code: 'BCDF-GHJK' })).rejects.toMatchObject({ code, field });
  },
);
