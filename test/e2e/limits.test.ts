import { send } from '../support/http.ts';
import { Person } from '../support/person.ts';
import { startLogin } from '../support/program.ts';
import { type Deployment, deploy } from '../support/stack.ts';

let deployment: Deployment;
beforeAll(async () => {
  deployment = await deploy({ RATE_LIMITS: 'on', TRUSTED_PROXY_HOPS: '1' });
});
afterAll(() => deployment.stop());

/** An address of its own, as a trusted proxy reports it. */
const from = (address: string) => ({ 'x-forwarded-for': address });
const startFrom = (address: string, api: 0 | 1 = 0) =>
  send(`${deployment.urls[api]}/api/auth/device/`, { headers: from(address) });

test('one address cannot fill the memory with pending logins, whichever api it asks; others go on', async () => {
  const statuses: number[] = [];
  for (let batch = 0; batch < 8; batch++) {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => startFrom('198.51.100.7', i % 2 ? 0 : 1)),
    );
    statuses.push(...answers.map(({ status }) => status));
  }
  expect(statuses.filter((status) => status === 200)).toHaveLength(300);
  const refused = await startFrom('198.51.100.7');
  expect(refused.status).toBe(429);
  expect(refused.body['retry_after_seconds']).toBe(Number(refused.headers.get('retry-after')));
  expect((await startFrom('198.51.100.8')).status).toBe(200);
});

test('an address that a client only claims does not count: the last hop is the one we trust', async () => {
  const answer = await send(`${deployment.urls[0]}/api/auth/device/`, {
    headers: from('203.0.113.1, 198.51.100.7'),
  });
  expect(answer.status).toBe(429);
});

test('five wrong codes in a row end the guessing, at both apis, and a right one does not reset it', async () => {
  const person = await Person.signUp(deployment.urls[0]);
  const login = await startLogin(deployment.urls[0]);
  for (let guess = 0; guess < 4; guess++) {
    expect(
      (await person.approve(deployment.urls[guess % 2 ? 0 : 1], `BCDF-GHJ${'BCDF'[guess]}`)).status,
    ).toBe(404);
  }
  expect((await person.approve(deployment.urls[0], login.user_code)).status).toBe(200);
  expect((await person.approve(deployment.urls[0], 'BCDF-GHJZ')).status).toBe(404);
  const refused = await person.approve(deployment.urls[1], 'BCDF-GHJX');
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60);
});

test('guessing a password ends too, for the account and for the address', async () => {
  const person = await Person.signUp(deployment.urls[0]);
  const attempt = (address: string) =>
    send(`${deployment.urls[0]}/api/auth/login/`, {
      json: { email: person.email, password: 'wrong password' },
      headers: from(address),
    });
  const statuses = [];
  for (let i = 0; i < 21; i++) statuses.push((await attempt(`203.0.113.${i}`)).status);
  expect(statuses.slice(0, 20)).toEqual(Array(20).fill(401));
  expect(statuses[20]).toBe(429);
});
