import { patientPerson, startPatiently } from '../support/patience.ts';
import { Person } from '../support/person.ts';
import { startLogin, waitPatiently } from '../support/program.ts';
import { hasRedisServer } from '../support/redis-server.ts';
import { SentinelRedis } from '../support/redis-sentinel.ts';
import { TestStack } from '../support/services.ts';

const describeWithSentinel = hasRedisServer ? describe : describe.skip;

describeWithSentinel('behind a Sentinel', () => {
  test('logins go on though the primary is killed', async () => {
    const redis = await SentinelRedis.start();
    const stack = new TestStack('redis://127.0.0.1:1', { ...redis.env, RECHECK_SECONDS: '1' });
    try {
      const [api] = await Promise.all([stack.startApi(), stack.startIssuer()]);
      const approve = patientPerson(await Person.signUp(api.url), api.url);
      const before = await startLogin(api.url);
      const waiting = waitPatiently([api.url], before.device_code);
      await redis.killPrimary();
      await approve(before.user_code);
      expect((await waiting).status).toBe(200);

      const after = await startPatiently(api.url);
      const waitingAgain = waitPatiently([api.url], after.device_code);
      await approve(after.user_code);
      expect((await waitingAgain).status).toBe(200);
    } finally {
      await stack.stop();
      await redis.stop();
    }
  });
});
