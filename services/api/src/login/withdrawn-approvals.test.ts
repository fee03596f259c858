import type { LoginId } from '@ravi/device-login';
import { WithdrawnApprovals } from './withdrawn-approvals.ts';

const { jest } = import.meta;

test('a login that was answered here is not looked at again', async () => {
  jest.useFakeTimers();
  const lookedAt: string[] = [];
  const approvals = new WithdrawnApprovals({
    logins: {
      readApproval: (loginId) => {
        lookedAt.push(loginId);
        return Promise.resolve(null);
      },
      withdraw: () => Promise.resolve({ kind: 'refused' }),
    },
    accountStore: { standing: () => Promise.resolve(null) },
    wake: () => Promise.resolve(),
    logger: { info: () => undefined },
  });
  approvals.note('answered' as LoginId);
  approvals.note('unissued' as LoginId);
  approvals.forget('answered' as LoginId);
  await jest.advanceTimersByTimeAsync(5_000);
  expect(lookedAt).toEqual(['unissued']);
  approvals.stop();
  jest.useRealTimers();
});
