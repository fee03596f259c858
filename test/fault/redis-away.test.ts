import { setTimeout as pause } from 'node:timers/promises';
import { connectRedis, type RedisClient, waitUntilReady } from '@ravi/redis';
import { Redis } from 'ioredis';
import { atBest } from '../support/at-best.ts';
import { DpopKey } from '../support/dpop-key.ts';
import { eventually } from '../support/eventually.ts';
import { FaultStack } from '../support/fault-stack.ts';
import { send } from '../support/http.ts';
import { OAuthClient } from '../support/oauth-client.ts';
import { patientPerson } from '../support/patience.ts';
import { errorOnceCollected, poll, polledAgo, startLogin, wait, waitPatiently } from '../support/program.ts';
import { randomFrom, seed } from '../support/random.ts';
import { hasRedisServer } from '../support/redis-server.ts';

let fault: FaultStack;
beforeEach(async () => {
  fault = await FaultStack.whole(fault);
});
afterAll(() => fault.close());

const readiness = (adminUrl: string) => fetch(`${adminUrl}/readyz`).then(({ status }) => status);

test('Redis is killed and comes back: held requests stay held and are answered, at every stage, once', async () => {
  const [pending, approved, issued] = [
    await startLogin(fault.urls[0]),
    await startLogin(fault.urls[0]),
    await startLogin(fault.urls[0]),
  ];
  const waiting = wait(fault.urls[0], pending.device_code);
  await fault.held(pending.device_code);
  await fault.person.approve(fault.urls[0], issued.user_code);
  await fault.reaches(issued.device_code, 'issued');
  fault.issuer.freeze();
  await fault.person.approve(fault.urls[0], approved.user_code);

  await fault.redis.kill();
  for (const { adminUrl } of fault.apis)
    await eventually('both apis notice', async () => (await readiness(adminUrl)) === 503);
  await fault.redis.start();
  fault.issuer.thaw();

  await patientPerson(fault.person, fault.urls[1])(pending.user_code);
  expect((await waiting).status).toBe(200);
  for (const login of [approved, issued]) {
    expect((await waitPatiently(fault.urls, login.device_code)).status).toBe(200);
    expect(await errorOnceCollected(fault.urls[0], login.device_code)).toBe('invalid_grant');
  }
});

test.each(['killed', 'frozen'] as const)(
  'while Redis is %s, requests get 503, a program that asks for its login authorization_pending; all say when to come again',
  async (how) => {
    const login = await startLogin(fault.urls[0]);
    const client = new OAuthClient(fault.urls[0]);
    const { device_code: bound } = await client.start();
    const proven = () => ({ dpop: new DpopKey().proof('POST', 'http://login.localhost:3000/oauth/token') });
    if (how === 'killed') await fault.redis.kill();
    else fault.redis.freeze();
    const calls = [
      [() => send(`${fault.urls[0]}/api/auth/device/`), 503, '1', undefined],
      [() => fault.person.approve(fault.urls[0], login.user_code), 503, '1', undefined],
      // Libraries take any other answer for the end of the login.
      [() => poll(fault.urls[0], login.device_code), 400, '5', 'authorization_pending'],
      [() => wait(fault.urls[0], login.device_code), 400, '5', 'authorization_pending'],
      [() => client.poll(bound, proven()), 400, '5', 'authorization_pending'],
      [() => client.wait(bound, proven()), 400, '5', 'authorization_pending'],
    ] as const;
    // "Within a second" is a promise to the program, not a matter of speed; doubled for a busy machine.
    const maxMs = 2_000;
    for (const [call, status, retryAfter, error] of calls) {
      const tookMs = await atBest(maxMs, async () => {
        const beganMs = performance.now();
        const answer = await call();
        const said = 'error' in answer.body ? answer.body.error : undefined;
        expect([answer.status, answer.headers.get('retry-after'), said]).toEqual([status, retryAfter, error]);
        return performance.now() - beganMs;
      });
      expect(tookMs).toBeLessThan(maxMs);
    }
    if (how === 'killed') await fault.redis.start();
    else fault.redis.thaw();
    await eventually('it serves again', async () => (await readiness(fault.apis[0].adminUrl)) === 200);
    // Redis may have run the poll of before only when it thawed, a moment ago: the interval would apply to the next one.
    await polledAgo(fault.redis.url, login.device_code, 60);
    expect((await poll(fault.urls[0], login.device_code)).body.error).toBe('authorization_pending');
  },
);

/**
 * Redis takes a call between every 1,024 commands that it loads: with this delay of each, once in half a second. So many take two minutes,
 * until the test ends the delay.
 */
const [commands, microsecondsEach] = [300_000, 400];

/** Writes as many commands into the append-only file. */
const fill = (client: RedisClient) =>
  client.eval("for i = 1, ARGV[1] do redis.call('SET', KEYS[1], i) end", 1, 'filling', commands);

async function loadAtOnce(url: string): Promise<void> {
  const client = new Redis(url, { enableReadyCheck: false, protocol: 2 });
  await client.config('SET', 'key-load-delay', 0);
  client.disconnect();
}

const describeWithServer = hasRedisServer ? describe : describe.skip;

describeWithServer('a Redis of our own', () => {
  test('while Redis loads its data, log and metrics say so, requests get 503 and programs authorization_pending, what starts waits for it, and no login is lost', async () => {
    const login = await startLogin(fault.urls[0]);
    const waiting = waitPatiently(fault.urls, login.device_code);
    await fault.held(login.device_code);
    await fill(fault.client);
    await fault.redis.kill();
    const loaded = fault.redis.start({ 'key-load-delay': microsecondsEach });
    const newcomer = fault.stack.startApi();
    for (const { adminUrl } of [fault.apis[0], fault.issuer])
      await eventually('the metrics say that Redis loads', async () =>
        /^ravi_outage\{reason="loading"[^}]*\} 1$/m.test(await (await fetch(`${adminUrl}/metrics`)).text()),
      );
    const started = await send(`${fault.urls[0]}/api/auth/device/`);
    expect([started.status, started.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await poll(fault.urls[0], login.device_code)).body.error).toBe('authorization_pending');

    const tool = connectRedis({ kind: 'single', url: fault.redis.url }, 'tool', 'test');
    tool.on('error', () => undefined);
    const told: string[] = [];
    // Its time does not count while Redis loads. Less than this would do, but for a machine that does much else.
    const patienceMs = 4_000;
    const beganMs = performance.now();
    const toolReady = waitUntilReady(tool, patienceMs, undefined, () => told.push('loading'));
    // Its end is awaited below: where it comes too soon, that is what has to be told.
    toolReady.catch(() => undefined);
    await eventually('the tool is told', () => told.length > 0);
    const waits = 'Redis is loading its data';
    await eventually('the newcomer waits', () => fault.stack.output().includes(waits));
    const word = '"redis":"LOADING Redis is loading';
    await eventually('the log says why', () => fault.apis[0].output().includes(word));
    await eventually('the tool has waited for longer', () => performance.now() - beganMs > patienceMs + 500);
    await loadAtOnce(fault.redis.url);
    await toolReady;
    tool.disconnect();
    expect(told).toEqual(['loading']);
    await loaded;
    expect((await newcomer).output()).toContain(waits);
    expect((await fault.person.approve((await newcomer).url, login.user_code)).status).toBe(200);
    expect((await waiting).status).toBe(200);
  });
});

test(`Redis freezes in the midst of 20 approvals: what was begun is finished after the thaw, once (seed ${seed})`, async () => {
  const random = randomFrom(seed);
  const logins = await Promise.all(Array.from({ length: 20 }, () => startLogin(fault.urls[0])));
  const requests = logins.map((login) => waitPatiently(fault.urls, login.device_code));
  await Promise.all(logins.map((login) => fault.held(login.device_code)));
  const approvals = logins.map(({ user_code }) => fault.person.approve(fault.urls[1], user_code));
  await pause(random() * 20);
  fault.redis.freeze();
  // Each is answered: by 200, or by 503 though the approval may yet go through.
  const statuses = (await Promise.all(approvals)).map(({ status }) => status);
  fault.redis.thaw();
  expect([200, 503]).toEqual(expect.arrayContaining(statuses));
  const approve = patientPerson(fault.person, fault.urls[1]);
  for (const [index, { user_code }] of logins.entries())
    if (statuses[index] === 503) await approve(user_code);
  for (const answer of await Promise.all(requests)) expect(answer.status).toBe(200);
  for (const { device_code } of logins) await fault.reaches(device_code, 'redeemed');
});

/** Longer than BullMQ's blocking read in every run; far longer where there is time for it. */
const outageSeconds = process.env['RAVI_SLOW_TESTS'] ? 20 : 6;

test(`after ${outageSeconds} s without Redis the issuer takes jobs again, and its readiness tells the truth`, async () => {
  await fault.redis.kill();
  await eventually(
    'it is not ready, and says so',
    async () => (await readiness(fault.issuer.adminUrl)) === 503,
  );
  await pause(outageSeconds * 1000);
  await fault.redis.start();
  await eventually('it is ready', async () => (await readiness(fault.issuer.adminUrl)) === 200);
  const login = await startLogin(fault.urls[0]);
  const waiting = waitPatiently(fault.urls, login.device_code);
  await fault.person.approve(fault.urls[0], login.user_code);
  expect((await waiting).status).toBe(200);
});
