import { AccountStore } from '@ravi/accounts';
import { connectedRedis } from '../support/connected-redis.ts';
import { Person } from '../support/person.ts';
import { startLogin, wait, waitPatiently } from '../support/program.ts';
import { type ServiceProcess, TestStack } from '../support/services.ts';

const { redis, url } = await connectedRedis();
const stack = new TestStack(url);
let apis: readonly ServiceProcess[];
beforeAll(async () => {
  // No issuer runs.
  apis = await Promise.all([stack.startApi(), stack.startApi()]);
});
afterAll(() => stack.stop());

/** @shows blocked account, deleted account, incomplete end */
test.each(['blocked', 'deleted', 'ended'] as const)(
  'while no issuer runs, a program whose approval waits learns within a second that the account is %s',
  async (end) => {
    const [here = '', there = ''] = apis.map((api) => api.url);
    const person = await Person.signUp(here);
    const login = await startLogin(here);
    const waiting = wait(here, login.device_code);
    expect((await person.approve(there, login.user_code)).status).toBe(200);
    const accounts = new AccountStore(redis);
    const { id } = person.user;
    const endedMs = performance.now();
    if (end === 'deleted') await redis.del(`ravi:account:${id}`);
    else
      await accounts.end(id, end === 'blocked' ? 'everything' : 'grants', end === 'blocked' ? 'block' : null);
    const answer = await waiting;
    expect(answer.body.error).toBe('access_denied');
    // A busy machine is given more time, far less than what a request is held for.
    expect(performance.now() - endedMs).toBeLessThan(10_000);
  },
);

test('an approval that still stands is not ended while it waits for an issuer, and is issued once there is one', async () => {
  const [here = '', there = ''] = apis.map((api) => api.url);
  const person = await Person.signUp(here);
  const login = await startLogin(here);
  // An issuer may take longer to start than a request is held.
  const waiting = waitPatiently([here], login.device_code);
  await person.approve(there, login.user_code);
  await stack.startIssuer();
  expect((await waiting).status).toBe(200);
});
