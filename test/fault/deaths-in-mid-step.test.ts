import type { DeviceCodeResponse } from '@ravi/contract';
import { eventually } from '../support/eventually.ts';
import { FaultStack } from '../support/fault-stack.ts';
import { startLogin, waitPatiently } from '../support/program.ts';
import type { ServiceProcess } from '../support/services.ts';

let fault: FaultStack;
beforeEach(async () => {
  fault = await FaultStack.whole(fault);
});
afterAll(() => fault.close());

/** So many that a death mostly falls between the first and the last. */
const crowd = 40;

/** Logins whose programs wait at the first api, ready to turn to the second. */
async function heldLogins() {
  const logins = await Promise.all(Array.from({ length: crowd }, () => startLogin(fault.urls[0])));
  const answers = logins.map((login) => waitPatiently(fault.urls, login.device_code));
  await Promise.all(logins.map((login) => fault.held(login.device_code)));
  return { logins, answers };
}
type HeldLogins = Awaited<ReturnType<typeof heldLogins>>;

const approveAll = (logins: readonly DeviceCodeResponse[]) =>
  Promise.all(logins.map((login) => fault.person.approve(fault.urls[1], login.user_code)));

const statesOf = (logins: readonly DeviceCodeResponse[]) =>
  Promise.all(logins.map(({ device_code }) => fault.state(device_code)));

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

interface Seizing {
  readonly service: ServiceProcess;
  /** Brings the logins to where the service, which is frozen, has to act. */
  readonly prepare: (logins: readonly DeviceCodeResponse[]) => Promise<unknown>;
  /** Whether it is amid its work. */
  readonly isAmid: (logins: readonly DeviceCodeResponse[]) => Promise<boolean>;
  /** Whether it has done all. */
  readonly isOver: (logins: readonly DeviceCodeResponse[]) => Promise<boolean>;
}

/**
 * Freezes a service amid its work on held logins. Where it was done before it could be frozen, it gets other logins: which of the two is
 * quicker is chance.
 */
async function seizeAmid({ service, prepare, isAmid, isOver }: Seizing): Promise<HeldLogins> {
  return eventually('the service is frozen amid its work', async () => {
    const held = await heldLogins();
    service.freeze();
    await prepare(held.logins);
    service.thaw();
    while (!(await isAmid(held.logins)) && !(await isOver(held.logins)));
    service.freeze();
    if (await isAmid(held.logins)) return held;
    service.thaw();
    await Promise.all(held.answers);
    return null;
  });
}

test('the issuer is paused with jobs under way, for longer than its locks hold: another one takes them over, every login completes once, and the first one goes on', async () => {
  const paused = fault.issuer;
  const { logins, answers } = await seizeAmid({
    service: paused,
    prepare: approveAll,
    isAmid: async () => (await fault.client.llen('{ravi}:issuance:active')) > 0,
    isOver: async (all) => (await statesOf(all)).every((state) => state !== 'approved'),
  });
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
  const leases = (all: readonly DeviceCodeResponse[]) =>
    Promise.all(all.map(({ device_code }) => fault.client.hget(fault.key(device_code), 'lease')));
  const { logins, answers } = await seizeAmid({
    service: fault.apis[0],
    prepare: async (all) => {
      await approveAll(all);
      await Promise.all(all.map(({ device_code }) => fault.reaches(device_code, 'issued')));
    },
    isAmid: async (all) => (await leases(all)).some((lease) => lease !== null),
    isOver: async (all) => (await statesOf(all)).every((state) => state === 'redeemed'),
  });
  await fault.apis[0].end('SIGKILL');
  const leftBehind = new Set(await leases(logins));
  leftBehind.delete(null);
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
