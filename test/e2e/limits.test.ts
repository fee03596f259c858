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

test('guesses sent at the same moment count like guesses in a row', async () => {
  const person = await Person.signUp(deployment.urls[0]);
  const letters = 'BCDFGHJKLMNPQRSTVWXZ'.split('');
  const answers = await Promise.all(
    letters.map((letter, i) => person.approve(deployment.urls[i % 2 ? 0 : 1], `ZZZZ-ZZZ${letter}`)),
  );
  expect(answers.filter(({ status }) => status === 404).length).toBeLessThanOrEqual(5);
  expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(15);
});

test('guessing a password ends: soon for an address, later for an account, so that strangers do not lock its owner out', async () => {
  const person = await Person.signUp(deployment.urls[0]);
  const attempt = async (address: string) =>
    (
      await send(`${deployment.urls[0]}/api/auth/login/`, {
        json: { email: person.email, password: 'wrong password' },
        headers: from(address),
      })
    ).status;
  for (let i = 0; i < 20; i++) expect(await attempt('203.0.113.200')).toBe(401);
  expect(await attempt('203.0.113.200')).toBe(429);
  for (let i = 0; i < 80; i++) expect(await attempt(`203.0.113.${i}`)).toBe(401);
  expect(await attempt('203.0.113.201')).toBe(429);
});
