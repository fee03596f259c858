import type { DeviceCodeResponse } from '@ravi/contract';
import { eventually } from '../support/eventually.ts';
import { FaultStack } from '../support/fault-stack.ts';
import { startLogin, waitPatiently } from '../support/program.ts';

let fault: FaultStack;
beforeEach(async () => {
  fault = await FaultStack.whole(fault);
});
afterAll(() => fault.close());

/** Enough logins for a death to fall between the first and the last. */
const crowd = 40;

async function heldLogins(): Promise<readonly DeviceCodeResponse[]> {
  return Promise.all(Array.from({ length: crowd }, () => startLogin(fault.urls[0])));
}

/** Every program is waiting at the first api, ready to turn to the second. */
async function allWaiting(logins: readonly DeviceCodeResponse[]) {
  const answers = logins.map((login) => waitPatiently(fault.urls, login.device_code));
  await Promise.all(logins.map((login) => fault.held(login.device_code)));
  return answers;
}

const approveAll = (logins: readonly DeviceCodeResponse[]) =>
  Promise.all(logins.map((login) => fault.person.approve(fault.urls[1], login.user_code)));

/** As if the time of these leases had passed. */
async function endLeases(
  logins: readonly DeviceCodeResponse[],
  leases: ReadonlySet<string | null>,
): Promise<void> {
  for (const key of logins.map(({ device_code }) => fault.key(device_code))) {
    if (leases.has(await fault.client.hget(key, 'lease')))
      await fault.client.hset(key, 'leased_until', Date.now() - 1);
  }
}

/** Asks without a pause, so that a state is seen as soon as it is there. */
async function seize(what: string, ask: () => Promise<boolean>): Promise<void> {
  await eventually(what, async () => {
    for (let tries = 0; tries < 200; tries++) if (await ask()) return true;
    return false;
  });
}

test('the issuer is paused with jobs under way, for longer than its locks hold: another one takes them over, every login completes once, and the first one goes on', async () => {
  const logins = await heldLogins();
  const answers = await allWaiting(logins);
  const paused = fault.issuer;
  paused.freeze();
  await approveAll(logins);
  const underWay = () => fault.client.llen('{ravi}:issuance:active');
  paused.thaw();
  await seize('jobs are under way', async () => (await underWay()) > 0);
  paused.freeze();
  expect(await underWay()).toBeGreaterThan(0);
  const another = await fault.stack.startIssuer();
  const told = await Promise.all(answers);
  for (const answer of told) expect(answer.status).toBe(200);
  expect(new Set(told.map(({ body }) => body.refresh)).size).toBe(logins.length);
  for (const { device_code } of logins) await fault.reaches(device_code, 'redeemed');

  paused.thaw();
  await another.end('SIGTERM');
  const after = await startLogin(fault.urls[0]);
  const waiting = waitPatiently(fault.urls, after.device_code);
  await fault.person.approve(fault.urls[0], after.user_code);
  expect((await waiting).status).toBe(200);
  expect(paused.running).toBe(true);
});

test('an api is killed while it hands out results: every program is answered, by the other api, when the leases end', async () => {
  const logins = await heldLogins();
  const answers = await allWaiting(logins);
  fault.apis[0].freeze();
  await approveAll(logins);
  await Promise.all(logins.map(({ device_code }) => fault.reaches(device_code, 'issued')));
  const leases = async () =>
    Promise.all(logins.map(({ device_code }) => fault.client.hget(fault.key(device_code), 'lease')));
  fault.apis[0].thaw();
  await seize('results are leased', async () => (await leases()).some((lease) => lease !== null));
  fault.apis[0].freeze();
  await fault.apis[0].end('SIGKILL');
  const leftBehind = new Set(await leases());
  leftBehind.delete(null);
  expect(leftBehind.size).toBeGreaterThan(0);
  await endLeases(logins, leftBehind);
  for (const answer of await Promise.all(answers)) expect(answer.status).toBe(200);
  // All are over, except where the answer arrived and the api died before it noted that: then nobody knows.
  for (const { device_code } of logins) {
    await eventually('the login is over', async () => {
      const [state, lease] = await fault.client.hmget(fault.key(device_code), 'state', 'lease');
      return state === 'redeemed' || leftBehind.has(lease ?? '');
    });
  }
});
