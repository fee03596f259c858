import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { FaultStack } from '../support/fault-stack.ts';
import { waitAndLeave } from '../support/leaving-program.ts';
import { poll, startLogin, type TokenAnswer, wait } from '../support/program.ts';
import { randomFrom, seed } from '../support/random.ts';

let fault: FaultStack;
beforeAll(async () => {
  fault = await FaultStack.open();
});
afterAll(() => fault.close());

/** Less than a lease lasts: what left with a program must be given back, not only lapse. */
const sooner = 8_000;

/** Polls until the login is settled; that takes a moment while a result is issued or handed over. */
function settledAnswer(deviceCode: string): Promise<TokenAnswer> {
  return eventually(
    'the login is settled',
    async () => {
      const answer = await poll(fault.urls[1], deviceCode);
      return ['authorization_pending', 'slow_down'].includes(answer.body.error ?? '') ? null : answer;
    },
    sooner,
  );
}

/** The answer that the program got, before it left or from its next poll, and the answer to the poll after that. */
async function collections(deviceCode: string, seen: number | null) {
  const got = seen ?? (await settledAnswer(deviceCode)).status;
  return [got, (await settledAnswer(deviceCode)).body.error];
}
const once = [200, 'invalid_grant'];

test(`50 programs leave around the instant of their answer: each login is collected exactly once (seed ${seed})`, async () => {
  const random = randomFrom(seed);
  for (let batch = 0; batch < 5; batch++) {
    const leavesAfterMs = Array.from({ length: 10 }, () => random() * 25);
    await Promise.all(
      leavesAfterMs.map(async (afterMs) => {
        const login = await startLogin(fault.urls[0]);
        const program = waitAndLeave(fault.urls[0], login.device_code);
        await fault.held(login.device_code);
        const approved = fault.person.approve(fault.urls[1], login.user_code);
        await pause(afterMs);
        program.leave();
        expect((await approved).status).toBe(200);
        expect(await collections(login.device_code, await program.seen)).toEqual(once);
      }),
    );
  }
});

test('10 programs leave while their api sleeps through the approvals: each login is collected exactly once', async () => {
  const logins = await Promise.all(Array.from({ length: 10 }, () => startLogin(fault.urls[0])));
  const programs = logins.map(({ device_code }) => waitAndLeave(fault.urls[0], device_code));
  await Promise.all(logins.map(({ device_code }) => fault.held(device_code)));
  // The api learns of the approvals and of the departures at the same moment.
  fault.apis[0].freeze();
  await Promise.all(logins.map(({ user_code }) => fault.person.approve(fault.urls[1], user_code)));
  await Promise.all(logins.map(({ device_code }) => fault.reaches(device_code, 'issued')));
  for (const program of programs) program.leave();
  fault.apis[0].thaw();
  for (const [index, { device_code }] of logins.entries()) {
    expect(await collections(device_code, (await programs[index]?.seen) ?? null)).toEqual(once);
  }
});

test('scripts are flushed before every step of a login: nobody notices', async () => {
  const flush = () => fault.client.script('FLUSH');
  for (let round = 0; round < 5; round++) {
    await flush();
    const login = await startLogin(fault.urls[0]);
    await flush();
    const waiting = wait(fault.urls[1], login.device_code);
    await fault.held(login.device_code);
    await flush();
    await fault.person.approve(fault.urls[0], login.user_code);
    await flush();
    expect((await waiting).status).toBe(200);
    await flush();
    await fault.reaches(login.device_code, 'redeemed');
  }
});
