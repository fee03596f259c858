import { startLogin, wait, poll } from '../support/program.ts';
import { Person } from '../support/person.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { type ServiceProcess, TestStack } from '../support/services.ts';

let redis: TestRedis;
let stack: TestStack;
let apis: ServiceProcess[];

beforeAll(async () => {
  redis = await startRedis();
  stack = new TestStack(redis.url);
  apis = await Promise.all([stack.startApi(), stack.startApi(), stack.startIssuer()]);
});
afterAll(async () => {
  await stack.stop();
  await redis.stop();
});

const api = (index: 0 | 1) => apis[index]?.url ?? '';

test('a program that waits at one api is answered by an approval that goes through another', async () => {
  const person = await Person.signUp(api(1));
  const login = await startLogin(api(0), 'a test');
  const waiting = wait(api(0), login.device_code);
  expect((await person.approve(api(1), login.user_code)).body).toEqual({ status: 'approved' });
  const answer = await waiting;
  expect(answer.status).toBe(200);
  expect(answer.body.user).toEqual(person.user);
  expect((await poll(api(1), login.device_code)).body.error).toBe('invalid_grant');
});
