import { unlimitedKeys } from '@ravi/device-login';
import { FaultStack } from '../support/fault-stack.ts';
import { errorOnceCollected, poll, startLogin, wait, waitPatiently } from '../support/program.ts';

let fault: FaultStack;
beforeEach(async () => {
  fault = await FaultStack.whole(fault);
});
afterAll(() => fault.close());

/** The login is over: nobody else gets the credentials. */
async function expectCollectedOnce(deviceCode: string): Promise<void> {
  expect(await errorOnceCollected(fault.urls[1], deviceCode)).toBe('invalid_grant');
}

test('the api that holds the request is killed: the program asks the other one and is logged in, once', async () => {
  const login = await startLogin(fault.urls[0]);
  const waiting = waitPatiently(fault.urls, login.device_code);
  await fault.held(login.device_code);
  await fault.apis[0].end('SIGKILL');
  await fault.person.approve(fault.urls[1], login.user_code);
  expect((await waiting).status).toBe(200);
  await expectCollectedOnce(login.device_code);
});

describe('an api was killed after the approval, before it added the job', () => {
  const approveWithoutJob = async (deviceCode: string) => {
    const { loginId } = fault.read(deviceCode);
    const { id } = fault.person.user;
    const epoch = (await fault.client.hget(`ravi:account:${id}`, 'epoch')) ?? '';
    const approved = await fault.logins.approve(loginId, id, '', unlimitedKeys, '', epoch);
    expect(approved).toMatchObject({ kind: 'approved' });
    // As if 5 s had passed since.
    await fault.client.hset(fault.key(deviceCode), 'approved_at', (Date.now() - 6_000) * 1000);
  };

  test('a held request heals the login by itself', async () => {
    const login = await startLogin(fault.urls[0]);
    const waiting = wait(fault.urls[0], login.device_code);
    await fault.held(login.device_code);
    await approveWithoutJob(login.device_code);
    expect((await waiting).status).toBe(200);
  });

  test('a poll heals it', async () => {
    const login = await startLogin(fault.urls[0]);
    await approveWithoutJob(login.device_code);
    expect((await poll(fault.urls[0], login.device_code)).body.error).toBe('authorization_pending');
    await fault.reaches(login.device_code, 'issued');
    expect((await poll(fault.urls[0], login.device_code)).status).toBe(200);
  });

  test('the human who approves again heals it', async () => {
    const login = await startLogin(fault.urls[0]);
    await approveWithoutJob(login.device_code);
    expect((await fault.person.approve(fault.urls[1], login.user_code)).status).toBe(200);
    await fault.reaches(login.device_code, 'issued');
  });
});

test('the issuer is killed with the job in its hands: another one takes it over', async () => {
  const login = await startLogin(fault.urls[0]);
  const waiting = waitPatiently(fault.urls, login.device_code);
  await fault.held(login.device_code);
  fault.issuer.freeze();
  await fault.person.approve(fault.urls[1], login.user_code);
  await fault.issuer.end('SIGKILL');
  await fault.stack.startIssuer();
  expect((await waiting).status).toBe(200);
  await expectCollectedOnce(login.device_code);
});

/** A login that is issued while a request is held that nobody wakes: as after a death between the two. */
async function issuedUntold() {
  const login = await startLogin(fault.urls[0]);
  await fault.person.approve(fault.urls[0], login.user_code);
  await fault.reaches(login.device_code, 'issued');
  const setState = (state: string) => fault.client.hset(fault.key(login.device_code), 'state', state);
  // Just now, for as long as this test takes: a login that was approved a while ago is healed.
  await fault.client.hset(fault.key(login.device_code), 'approved_at', (Date.now() + 600_000) * 1000);
  await setState('approved');
  const waiting = wait(fault.urls[0], login.device_code);
  await fault.held(login.device_code);
  return { login, waiting, becomesIssued: () => setState('issued') };
}

test('the issuer is killed between settling and telling: the held request finds out', async () => {
  const { waiting, becomesIssued } = await issuedUntold();
  await becomesIssued();
  expect((await waiting).status).toBe(200);
});

test('handing over fails at the last moment: the held request is told to ask again, not left hanging', async () => {
  const { login, waiting, becomesIssued } = await issuedUntold();
  // In place of the account's index of keys lies something else: the records cannot be written.
  const { id } = fault.person.user;
  const epoch = (await fault.client.hget(`ravi:account:${id}`, 'epoch')) ?? '';
  const index = `ravi:account-keys:${id}:${epoch}:management`;
  await fault.client.rename(index, 'aside').catch(() => undefined);
  await fault.client.set(index, 'in the way');
  await becomesIssued();
  expect((await waiting).body.error).toBe('authorization_pending');
  await fault.client.del(index);
  expect((await waitPatiently(fault.urls, login.device_code)).status).toBe(200);
});

test('an api is killed while it answers: the lease ends, and the next request gets the result, once', async () => {
  const login = await startLogin(fault.urls[0]);
  await fault.person.approve(fault.urls[0], login.user_code);
  await fault.reaches(login.device_code, 'issued');
  const { loginId, hash: deviceCodeHash } = fault.read(login.device_code);
  const leased = await fault.logins.redeem({
    loginId,
    deviceCodeHash,
    mode: { kind: 'poll' },
    askedAtMs: Date.now(),
    lease: 'the dead',
  });
  expect(leased.kind).toBe('issued');
  // It lasts until this test ends it, however busy the machine is.
  await fault.client.hset(fault.key(login.device_code), 'leased_until', Date.now() + 600_000);
  expect((await poll(fault.urls[0], login.device_code)).body.error).toBe('authorization_pending');
  const waiting = wait(fault.urls[1], login.device_code);
  await fault.held(login.device_code);
  await fault.client.hset(fault.key(login.device_code), 'leased_until', Date.now() - 1);
  expect((await waiting).status).toBe(200);
  await expectCollectedOnce(login.device_code);
});

test('SIGTERM answers every held request "ask again", closes its connection, and exits with 0', async () => {
  const logins = await Promise.all(Array.from({ length: 10 }, () => startLogin(fault.urls[0])));
  const answers = logins.map((login) => wait(fault.urls[0], login.device_code));
  await Promise.all(logins.map((login) => fault.held(login.device_code)));
  const exit = fault.apis[0].end('SIGTERM');
  for (const answer of await Promise.all(answers)) {
    expect(answer.body.error).toBe('authorization_pending');
    expect([answer.headers.get('connection'), answer.headers.get('retry-after')]).toEqual(['close', '1']);
  }
  expect(await exit).toBe(0);
  expect(await fault.issuer.end('SIGTERM')).toBe(0);
});
