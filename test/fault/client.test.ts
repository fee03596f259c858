import { setTimeout as pause } from 'node:timers/promises';
import { startClientLogin } from '../support/client-login.ts';
import { FaultStack } from '../support/fault-stack.ts';
import { patientPerson } from '../support/patience.ts';

const outageMs = 3_000;

let faults: FaultStack;
beforeAll(async () => {
  faults = await FaultStack.open({ POLL_INTERVAL_SECONDS: '1' });
});
afterAll(() => faults.close());

test('a login of @ravi/client outlives seconds without Redis, and then logs in', async () => {
  const [server] = faults.urls;
  const login = startClientLogin({ server });
  const { userCode } = await login.code;
  await faults.redis.kill();
  // As long as the outage lasts.
  await pause(outageMs);
  await faults.redis.start();
  await patientPerson(faults.person, server)(userCode);
  expect(await login.result).toMatchObject({ kind: 'loggedIn' });
});
