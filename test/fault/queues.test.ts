import { issuanceQueueName, issuanceQueuePrefix } from '@ravi/contract';
import { spreadHashTags } from '@ravi/redis';
import { eventually } from '../support/eventually.ts';
import { FaultStack } from '../support/fault-stack.ts';
import { startLogin, waitPatiently } from '../support/program.ts';

let fault: FaultStack;
beforeAll(async () => {
  fault = await FaultStack.open();
});
afterAll(() => fault.close());

const several = { ISSUANCE_QUEUES: '3' };

/** Logins that are held at one api and approved at the other: enough for each of three queues to get some, nearly always. */
async function logIn(urls: readonly [string, string]): Promise<void> {
  const logins = await Promise.all(
    Array.from({ length: 24 }, (_, index) => startLogin(urls[index % 2] ?? '')),
  );
  const waiting = logins.map(({ device_code: code }) => waitPatiently(urls, code));
  for (const [index, { user_code: code }] of logins.entries()) {
    expect((await fault.person.approve(urls[(index + 1) % 2] ?? '', code)).status).toBe(200);
  }
  for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(200);
}

/** How many jobs each of the three queues ever had. */
async function jobs(): Promise<readonly number[]> {
  const counts = spreadHashTags(issuanceQueuePrefix, 3).map((prefix) =>
    fault.client.get(`${prefix}:${issuanceQueueName}:id`),
  );
  return (await Promise.all(counts)).map(Number);
}

test('the number of queues changes there and back, one process at a time in either order, and no login is lost', async () => {
  const [single] = fault.urls;
  expect(await jobs()).toEqual([0, 0, 0]);
  // The apis first: the issuer learns of their queues.
  const spread = await fault.stack.startApi(several);
  // Where a login's job goes is chance.
  await eventually('each queue gets some', async () => {
    await logIn([single, spread.url]);
    return Math.min(...(await jobs())) > 0;
  });

  const issuer = await fault.stack.startIssuer(several);
  await fault.issuer.end('SIGTERM');
  await logIn([single, spread.url]);
  // And back, the api first again.
  await spread.end('SIGTERM');
  await logIn(fault.urls);
  await fault.stack.startIssuer();
  await issuer.end('SIGTERM');
  await logIn(fault.urls);
});
