import { send } from '../support/http.ts';
import { call, logIn } from '../support/logged-in.ts';
import { Person } from '../support/person.ts';
import { eventually } from '../support/eventually.ts';
import { startLogin, wait } from '../support/program.ts';
import type { ServiceProcess } from '../support/services.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';

/** What a wake-up takes at most on a machine that does much else: far less than what a request is held for. */
const instantMs = 10_000;

let deployment: SharedDeployment;
/** It never sweeps: each held request that it answers was woken. */
let sweepless: ServiceProcess;
let person: Person;
beforeAll(async () => {
  deployment = await shareDeployment();
  sweepless = await deployment.startApi({ RECHECK_SECONDS: '600' });
  person = await Person.signUp(sweepless.url);
});
afterAll(() => deployment.stop());

async function timed<Answer>(request: Promise<Answer>): Promise<{ answer: Answer; tookMs: number }> {
  const beganMs = performance.now();
  const answer = await request;
  return { answer, tookMs: performance.now() - beganMs };
}

/** Resolves when the api holds a request, as its metric says. */
async function holds(metric: string): Promise<void> {
  const held = new RegExp(`^${metric}(\\{[^}]*\\})? 1$`, 'm');
  await eventually('the request is held', async () =>
    held.test(await (await fetch(`${sweepless.adminUrl}/metrics`)).text()),
  );
}

test.each([
  ['an approval', 'approve', 200],
  ['a denial', 'deny', 400],
] as const)(
  '%s at another api wakes a held request, without its state being read again',
  async (_, decision, status) => {
    const login = await startLogin(sweepless.url);
    const waiting = wait(sweepless.url, login.device_code);
    await holds('ravi_held_waits');
    await person[decision](deployment.urls[0], login.user_code);
    const { answer, tookMs } = await timed(waiting);
    expect(answer.status).toBe(status);
    expect(answer.body.error).not.toBe('authorization_pending');
    expect(tookMs).toBeLessThan(instantMs);
  },
);

test('a page that follows is woken by the collection at another api', async () => {
  const login = await startLogin(deployment.urls[0]);
  await person.approve(deployment.urls[0], login.user_code);
  const following = send(`${sweepless.url}/api/auth/device/status/?user_code=${login.user_code}`, {
    method: 'GET',
    headers: { cookie: person.cookie },
  });
  await holds('ravi_watched_pages');
  await wait(deployment.urls[0], login.device_code);
  const { answer, tookMs } = await timed(following);
  expect(answer.body).toMatchObject({ status: 'collected' });
  expect(tookMs).toBeLessThan(instantMs);
});

test('a refresh and a new key are woken by the issuer: without it each would take the second after which it looks', async () => {
  let { refresh, access } = await logIn(sweepless.url, person);
  const [refreshes, keys]: [number[], number[]] = [[], []];
  for (let i = 0; i < 5; i++) {
    const refreshed = await timed(
      send<{ access: string; refresh: string }>(`${sweepless.url}/api/auth/token/refresh/`, {
        json: { refresh },
      }),
    );
    expect(refreshed.answer.status).toBe(200);
    ({ refresh } = refreshed.answer.body);
    refreshes.push(refreshed.tookMs);
    const made = await timed(call('POST', `${sweepless.url}/api/auth/keys/management/`, access));
    expect(made.answer.status).toBe(201);
    keys.push(made.tookMs);
  }
  // A quick answer shows the wake-up; the others may have met a busy machine.
  expect(Math.min(...refreshes)).toBeLessThan(900);
  expect(Math.min(...keys)).toBeLessThan(900);
});
