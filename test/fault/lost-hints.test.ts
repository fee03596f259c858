import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import { FaultStack } from '../support/fault-stack.ts';
import { errorOnceCollected, startLogin, wait } from '../support/program.ts';
import { randomFrom, seed } from '../support/random.ts';

// The regular sweep is far away: only the sweep after a reconnect can find what was missed.
let fault: FaultStack;
beforeEach(async () => {
  fault = await FaultStack.whole(fault, { RECHECK_SECONDS: '600' });
});
afterAll(() => fault.close());

test(`pub/sub is cut around the approval, 20 times: the reconnect alone finds each answer, once (seed ${seed})`, async () => {
  const random = randomFrom(seed);
  for (let round = 0; round < 20; round++) {
    const api = fault.urls[round % 2 === 0 ? 0 : 1];
    const login = await startLogin(api);
    const waiting = wait(api, login.device_code);
    await fault.held(login.device_code);
    const approved = fault.person.approve(fault.urls[0], login.user_code);
    await pause(random() * 10);
    await fault.client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    expect((await approved).status).toBe(200);
    expect((await waiting).status).toBe(200);
    expect(await errorOnceCollected(api, login.device_code)).toBe('invalid_grant');
  }
});

test('commands are cut when the wake-up arrives: the request is answered once they pass again', async () => {
  const login = await startLogin(fault.urls[0]);
  const waiting = wait(fault.urls[0], login.device_code);
  await fault.held(login.device_code);
  const instance = await fault.client.hget(fault.key(login.device_code), 'waiter');
  // When the api wakes up, it finds both at once: the message, and that it has no connection to check with.
  fault.apis[0].freeze();
  await fault.person.approve(fault.urls[1], login.user_code);
  await fault.reaches(login.device_code, 'issued');
  const clients = String(await fault.client.call('CLIENT', 'LIST')).split('\n');
  const commands = clients.find((line) => line.includes(`name=ravi-api-${instance?.slice(0, 8)}-commands`));
  await fault.client.call('CLIENT', 'KILL', 'ID', /^id=(\d+)/.exec(commands ?? '')?.[1] ?? '');
  fault.apis[0].thaw();
  expect((await waiting).status).toBe(200);
  expect(await errorOnceCollected(fault.urls[1], login.device_code)).toBe('invalid_grant');
});

test('Redis is killed under held requests at every stage: they stay held and are answered when it is back, once', async () => {
  const logins = await Promise.all(Array.from({ length: 3 }, () => startLogin(fault.urls[0])));
  const [pending, approved, issued] = logins as [(typeof logins)[0], (typeof logins)[0], (typeof logins)[0]];
  const requests = logins.map((login, index) => wait(fault.urls[index === 2 ? 1 : 0], login.device_code));
  let answered = 0;
  for (const request of requests) void request.finally(() => answered++);
  await Promise.all(logins.map((login) => fault.held(login.device_code)));
  // The api that holds the third one sleeps through its wake-up.
  fault.apis[1].freeze();
  await fault.person.approve(fault.urls[0], issued.user_code);
  await fault.reaches(issued.device_code, 'issued');
  fault.issuer.freeze();
  await fault.person.approve(fault.urls[0], approved.user_code);

  await fault.redis.kill();
  fault.apis[1].thaw();
  fault.issuer.thaw();
  for (const { adminUrl } of [...fault.apis, fault.issuer]) {
    await eventually('every service notices', async () => (await fetch(`${adminUrl}/readyz`)).status === 503);
  }
  expect(answered).toBe(0);
  await fault.redis.start();

  await eventually('a human can approve again', async () => {
    const answer = await fault.person.approve(fault.urls[0], pending.user_code);
    return answer.status === 200;
  });
  for (const answer of await Promise.all(requests)) expect(answer.status).toBe(200);
  for (const login of logins) {
    expect(await errorOnceCollected(fault.urls[0], login.device_code)).toBe('invalid_grant');
  }
});
