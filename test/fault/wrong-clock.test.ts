import type { TokenRefreshSuccess } from '@ravi/contract';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http.ts';
import { call, logIn } from '../support/logged-in.ts';
import { Person } from '../support/person.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { TestStack } from '../support/services.ts';

let redis: TestRedis;
let stack: TestStack;
beforeAll(async () => {
  redis = await startRedis();
  stack = new TestStack(redis.url);
});
afterAll(async () => {
  await stack.stop();
  await redis.stop();
});

/** Longer than an access token lives. */
const behindMs = 2 * 3_600_000;

/** What Node loads first: the clock of this process is behind. */
const late = encodeURIComponent(`const now = Date.now; Date.now = () => now() - ${behindMs};`);

test('what an issuer makes whose clock is two hours behind, at a login and at a refresh, is good from then on, and its log tells of the clock', async () => {
  const [api, issuer] = await Promise.all([
    stack.startApi(),
    stack.startIssuer({ NODE_OPTIONS: `--import=data:text/javascript,${late}` }),
  ]);
  const person = await Person.signUp(api.url);
  const login = await logIn(api.url, person, 'a test', { key_ttl: 3_600 });
  const refreshed = await send<TokenRefreshSuccess>(`${api.url}/api/auth/token/refresh/`, {
    json: { refresh: login.refresh },
  });
  expect(refreshed.status).toBe(200);
  for (const [path, credential] of [
    ['user/', login.access],
    ['user/', refreshed.body.access],
    ['keys/management/', login.management_key],
  ] as const) {
    expect((await call('GET', `${api.url}/api/auth/${path}`, credential)).status).toBe(200);
  }
  await eventually('the clock is in the log', () =>
    /The clock of Redis is (7199|7200)\.\d s ahead of/.test(issuer.output()),
  );
});
