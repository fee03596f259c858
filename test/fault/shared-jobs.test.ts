import { type IssuanceJob, issuanceQueueName, issuanceQueuePrefix, maxPerJob } from '@ravi/contract';
import { unlimitedKeys } from '@ravi/device-login';
import { writtenFormat } from '@ravi/runtime';
import { Queue } from 'bullmq';
import { FaultStack } from '../support/fault-stack.ts';
import { startLogin, wait } from '../support/program.ts';
import { post, sendAtOnce } from '../support/raw-connection.ts';

let fault: FaultStack;
let queue: Queue<IssuanceJob>;
beforeEach(async () => {
  fault = await FaultStack.whole(fault);
  const options = { connection: fault.client, prefix: issuanceQueuePrefix, skipMetasUpdate: true };
  queue = new Queue<IssuanceJob>(issuanceQueueName, options);
});
afterEach(() => queue.close());
afterAll(() => fault.close());

/** Approves for an account behind the api's back, so that no job is added. */
async function approved(deviceCode: string, userId: number): Promise<{ loginId: string; userId: number }> {
  const { loginId } = fault.read(deviceCode);
  // Of something that is no account, no epoch is known.
  const epoch = await fault.client.hget(`ravi:account:${userId}`, 'epoch').catch(() => null);
  await fault.logins.approve(loginId, userId, '', unlimitedKeys, '', epoch ?? '');
  return { loginId, userId };
}

test('a login that cannot be issued holds up none of those that share its job, and is tried again by itself', async () => {
  const [one, broken, other] = await Promise.all([1, 2, 3].map(() => startLogin(fault.urls[0])));
  if (!one || !broken || !other) throw new Error('A login is missing.');
  const waits = [one, broken, other].map(({ device_code: code }) => wait(fault.urls[0], code));
  await Promise.all([one, broken, other].map(({ device_code: code }) => fault.held(code)));
  // At this account's key lies something else: reading it fails, again and again.
  await fault.client.set('ravi:account:999', 'no account');
  const { id } = fault.person.user;
  const logins = [
    await approved(one.device_code, id),
    await approved(broken.device_code, 999),
    await approved(other.device_code, id),
  ];
  await queue.add(
    'issue',
    { v: writtenFormat, logins },
    { attempts: 50, backoff: 200, removeOnComplete: true },
  );
  const [first, , third] = await Promise.all([
    waits[0],
    fault.reaches(broken.device_code, 'approved'),
    waits[2],
  ]);
  expect([first?.status, third?.status]).toEqual([200, 200]);
  expect(await fault.state(broken.device_code)).toBe('approved');

  await fault.client.del('ravi:account:999');
  // There is no such account: the login ends instead of waiting for ever.
  expect((await waits[1])?.body.error).toBe('invalid_grant');
});

test('an issuer that is killed amid shared jobs loses none of their logins', async () => {
  const started = await Promise.all(Array.from({ length: 3 * maxPerJob }, () => startLogin(fault.urls[0])));
  const waits = started.map(({ device_code: code }) => wait(fault.urls[1], code));
  await Promise.all(started.map(({ device_code: code }) => fault.held(code)));
  fault.issuer.freeze();
  const { cookie, csrfToken } = fault.person;
  const connections = await sendAtOnce(
    fault.apis[0],
    started.map(({ user_code }) =>
      post('/api/auth/device/approve/', JSON.stringify({ user_code }), [
        `Cookie: ${cookie}`,
        `X-CSRF-Token: ${csrfToken}`,
      ]),
    ),
  );
  const approvals = await Promise.all(connections.map((connection) => connection.next()));
  expect(new Set(approvals.map(({ status }) => status))).toEqual(new Set([200]));
  for (const connection of connections) connection.destroy();
  const jobs = Object.values(await queue.getJobCounts('wait', 'active')).reduce(
    (sum, count) => sum + count,
    0,
  );
  expect(jobs).toBeLessThan(started.length);
  fault.issuer.thaw();
  await fault.issuer.end('SIGKILL');
  await fault.stack.startIssuer();
  const answers = await Promise.all(waits);
  expect(answers.map(({ status }) => status)).toEqual(started.map(() => 200));
});
