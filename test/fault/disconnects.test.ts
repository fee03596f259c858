import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { FaultStack } from '../support/fault-stack.ts';
import { errorOnceCollected, startLogin, type TokenAnswer, wait, waitPatiently } from '../support/program.ts';

let fault: FaultStack;
beforeAll(async () => {
  fault = await FaultStack.open();
});
afterAll(() => fault.close());

const held = (deviceCode: string) =>
  eventually('the request is held', async () => fault.client.hget(fault.key(deviceCode), 'waiter'));

test('programs that hang up around the answer lose nothing: 40 logins, each collected exactly once', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const login = await startLogin(fault.urls[0]);
      const hangUp = new AbortController();
      const first: Promise<TokenAnswer | null> = wait(fault.urls[0], login.device_code, hangUp.signal).catch(
        () => null,
      );
      await held(login.device_code);
      await fault.person.approve(fault.urls[1], login.user_code);
      // Somewhere between "at once" and "after the answer", the same in every run.
      await pause(createHash('sha256').update(`hang up ${index}`).digest().readUInt8(0) / 10);
      hangUp.abort();
      const answer = await first;
      return { login, first: answer?.status ?? null };
    }),
  );
  let collected = 0;
  for (const { login, first } of outcomes) {
    const answer = await waitPatiently(fault.urls, login.device_code);
    // One of the two got it. Bytes that were flushed to a client that hung up in that very moment count as collected: no
    // server can know better.
    const got = [first === 200, answer.status === 200].filter(Boolean);
    expect(got.length).toBeLessThanOrEqual(1);
    expect(answer.body.error).toBe(answer.status === 200 ? undefined : 'invalid_grant');
    collected += got.length;
  }
  // Only the very moment of the flush may go astray.
  expect(collected).toBeGreaterThanOrEqual(30);
});

const api = (round: number) => fault.urls[round % 2 === 0 ? 0 : 1];

test('pub/sub is cut in the instant of the approval, 20 times: every program is answered, once', async () => {
  for (let round = 0; round < 20; round++) {
    const login = await startLogin(api(round));
    const waiting = wait(api(round), login.device_code);
    await held(login.device_code);
    const cut = fault.client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await fault.person.approve(fault.urls[0], login.user_code);
    await cut;
    expect((await waiting).status).toBe(200);
    expect(await errorOnceCollected(fault.urls[1], login.device_code)).toBe('invalid_grant');
  }
});

test('scripts are flushed in mid-run: nobody notices', async () => {
  for (let round = 0; round < 5; round++) {
    const login = await startLogin(fault.urls[0]);
    await fault.client.script('FLUSH');
    const waiting = wait(fault.urls[1], login.device_code);
    await held(login.device_code);
    await fault.client.script('FLUSH');
    await fault.person.approve(fault.urls[0], login.user_code);
    expect((await waiting).status).toBe(200);
  }
});
