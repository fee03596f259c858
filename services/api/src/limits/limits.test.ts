import { createSecretKey } from 'node:crypto';
import { Limits, type LimitsDeps } from './limits.ts';

/** Limits over a Redis that gives this answer to every question. */
function limits(answer: readonly string[] | Error): { readonly its: Limits; readonly asked: () => number } {
  let asked = 0;
  const its = new Limits({
    redis: {
      evalsha: async () => {
        asked++;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    addressKey: createSecretKey(Buffer.alloc(32, 7)),
    enabled: true,
    wrongCodesPerAddress: 5,
    writesPerCredential: 6,
    writesPerAccount: 9,
  } as unknown as LimitsDeps);
  return { its, asked: () => asked };
}

const attempt = { address: '192.0.2.1', email: 'ada@example.com', browser: null };
const write = { kind: 'program', userId: 1, credential: 'one' } as const;

test('a sign-in that is known to be refused is so before it queues, without Redis; those of others are not', async () => {
  const { its, asked } = limits(['refused', '1', '4001']);
  its.refuseHopelessSignIn(attempt);
  const told = {
    code: 'rate_limited',
    message: 'Too many attempts to sign in. Try again in 5 s.',
    retryAfterSeconds: 5,
  };
  await expect(its.admitSignIn(attempt)).rejects.toMatchObject(told);
  expect(asked()).toBe(1);
  expect(() => its.refuseHopelessSignIn(attempt)).toThrow('Too many attempts to sign in.');
  its.refuseHopelessSignIn({ ...attempt, address: '198.51.100.1' });
  its.refuseHopelessSignIn({ ...attempt, browser: 'known' });
  expect(asked()).toBe(1);
});

test('a time to wait is told in whole seconds, one at least', async () => {
  for (const [waitMs, retryAfterSeconds] of [
    ['0', 1],
    ['1000', 1],
    ['1001', 2],
  ] as const)
    await expect(limits(['refused', '1', waitMs]).its.admitApproval(1)).rejects.toMatchObject({
      retryAfterSeconds,
    });
});

test('when Redis is full changes and refreshes go on, since they free memory or end what leaked; nothing else does, nor is any other failure overlooked', async () => {
  const full = limits(new Error("OOM command not allowed when used memory > 'maxmemory'.")).its;
  await full.admitWrite(write);
  await full.admitRefresh('grant', 1);
  await expect(full.admitApproval(1)).rejects.toThrow('OOM');
  await expect(full.admitSignUp('192.0.2.1')).rejects.toThrow('OOM');
  const away = limits(new Error('Connection is closed.')).its;
  await expect(away.admitWrite(write)).rejects.toThrow('Connection is closed.');
  await expect(away.admitRefresh('grant', 1)).rejects.toThrow('Connection is closed.');
  // A refusal is no failure.
  await expect(limits(['refused', '1', '5000']).its.admitWrite(write)).rejects.toMatchObject({
    code: 'rate_limited',
  });
});

test('an answer that no limit gives is an error', async () => {
  await expect(limits(['perhaps']).its.admitApproval(1)).rejects.toThrow('perhaps');
});
