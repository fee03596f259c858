import { BrowserVisit } from '../support/browser-visit.ts';
import { Person } from '../support/person.ts';
import { errorOnceCollected, poll, startLogin, wait } from '../support/program.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';

let deployment: SharedDeployment;
beforeAll(async () => {
  deployment = await shareDeployment();
});
afterAll(() => deployment.stop());

const api = () => deployment.urls[0];
const other = () => deployment.urls[1];

/** @shows replay */
test('a form that was sent before decides nothing after its session ended, at any instance', async () => {
  const person = await Person.signUp(api());
  const visit = new BrowserVisit(api());
  await visit.open('/signin');
  await visit.submit('/signin', { email: person.email, password: person.password });
  const login = await startLogin(api());
  await visit.open(`/device?user_code=${login.user_code}`);
  const confirmation = visit.page;
  await visit.submit('/signout');
  visit.page = confirmation;
  await visit.submit('/device/decision', { decision: 'approve' });
  expect(visit.page.text).toContain('type="password"');
  expect((await poll(other(), login.device_code)).body.error).toBe('authorization_pending');
});

/** @shows replay, RFC 10027 §6.1.3 */
test('twenty clicks at once at both instances approve once: all see the same, and one program gets one result', async () => {
  const person = await Person.signUp(api());
  const login = await startLogin(api());
  const clicks = await Promise.all(
    Array.from({ length: 20 }, (_, click) => person.approve(click % 2 ? api() : other(), login.user_code)),
  );
  expect(clicks.map(({ status }) => status)).toEqual(Array(20).fill(200));
  const answers = await Promise.all(
    Array.from({ length: 4 }, (_, asked) => wait(asked % 2 ? api() : other(), login.device_code)),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

/** @shows replay */
test('of two people who decide at once one is first, and the other is told; a used code is no second login', async () => {
  const [one, two] = [await Person.signUp(api()), await Person.signUp(api())];
  const login = await startLogin(api());
  const decisions = await Promise.all([
    one.approve(api(), login.user_code),
    two.approve(other(), login.user_code),
  ]);
  expect(decisions.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  expect((await wait(api(), login.device_code)).status).toBe(200);
  expect((await one.approve(api(), login.user_code)).status).not.toBe(500);
  expect(await errorOnceCollected(other(), login.device_code)).toBe('invalid_grant');
});
