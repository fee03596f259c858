import { Person } from '../support/person.ts';
import { poll, startLogin, wait } from '../support/program.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { type ServiceOutput, type ServiceProcess, TestStack } from '../support/services.ts';

let redis: TestRedis;
let stack: TestStack;
beforeAll(async () => {
  redis = await startRedis();
  // Every line is written: more than a pipe holds.
  stack = new TestStack(redis.url, { LOG_LEVEL: 'trace' });
});
afterAll(async () => {
  await stack.stop();
  await redis.stop();
});

const metric = async (api: ServiceProcess, name: string) => {
  const text = await (await fetch(`${api.adminUrl}/metrics`)).text();
  return Number(new RegExp(`^${name}\\S* (\\S+)$`, 'm').exec(text)?.[1]);
};

test.each<[string, ServiceOutput, number]>([
  ['a full disk', 'full', 300],
  ['a reader of the log that stalls, and then is gone,', 'unread', 1],
])('%s stops no login, no probe and no stop of the process', async (_title, output, dropped) => {
  const [api, issuer] = await Promise.all([
    stack.startApi({}, { output }),
    stack.startIssuer({}, { output }),
  ]);
  const person = await Person.signUp(api.url);
  for (let round = 0; round < 30; round++) {
    await Promise.all(Array.from({ length: 20 }, () => poll(api.url, 'a.code.that.is.none')));
    await Promise.all(Array.from({ length: 10 }, () => startLogin(api.url)));
  }
  const logsIn = async () => {
    const login = await startLogin(api.url);
    const waiting = wait(api.url, login.device_code);
    await person.approve(api.url, login.user_code);
    expect((await waiting).status).toBe(200);
    expect((await fetch(`${api.adminUrl}/livez`)).status).toBe(200);
  };
  await logsIn();
  for (const service of [api, issuer]) service.closeOutput();
  // What is written first finds out, what comes then is dropped.
  await logsIn();
  await logsIn();
  expect(await metric(api, 'ravi_log_lines_dropped_total')).toBeGreaterThanOrEqual(dropped);
  expect(await Promise.all([api.end('SIGTERM'), issuer.end('SIGTERM')])).toEqual([0, 0]);
});
