import { BrowserVisit } from '../support/browser-visit.ts';
import { send } from '../support/http.ts';
import { Person } from '../support/person.ts';
import { poll, startLogin, wait } from '../support/program.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';

let deployment: SharedDeployment;
let victim: Person;
let attacker: Person;
beforeAll(async () => {
  deployment = await shareDeployment();
  [victim, attacker] = await Promise.all([Person.signUp(api()), Person.signUp(api())]);
});
afterAll(() => deployment.stop());

const api = () => deployment.urls[0];
const other = () => deployment.urls[1];

/** A logged-in program of a person: its credentials. */
async function program(person: Person) {
  const login = await startLogin(api());
  await person.approve(other(), login.user_code);
  return (await wait(api(), login.device_code)).body;
}

/** @shows somebody else’s */
test('an identity of somebody else cannot be approved, by form or by call, whoever answers; the login stays pending', async () => {
  const won = await program(victim);
  const uuid = 'identity' in won ? won.identity.uuid : '';
  expect(uuid).not.toBe('');
  const login = await startLogin(api());
  expect((await attacker.approve(other(), login.user_code, uuid)).status).toBe(400);
  const visit = new BrowserVisit(other());
  await visit.open('/signin');
  await visit.submit('/signin', { email: attacker.email, password: attacker.password });
  await visit.open(`/device?user_code=${login.user_code}`);
  await visit.submit('/device/decision', { decision: 'approve', identity_uuid: uuid });
  expect(visit.page.status).toBe(400);
  expect((await poll(api(), login.device_code)).body.error).toBe('authorization_pending');
});

/** @shows somebody else’s */
test('the CSRF token of one session opens no other: neither in a call nor in a form', async () => {
  const login = await startLogin(api());
  const mixed = { cookie: victim.cookie, 'x-csrf-token': attacker.csrfToken };
  const json = { user_code: login.user_code };
  expect((await send(`${other()}/api/auth/device/approve/`, { json, headers: mixed })).status).toBe(403);
  const form = { ...json, decision: 'approve', csrf_token: attacker.csrfToken };
  expect((await send(`${api()}/device/decision`, { form, headers: { cookie: victim.cookie } })).status).toBe(
    403,
  );
  expect((await poll(api(), login.device_code)).body.error).toBe('authorization_pending');
});

/** @shows RFC 10027 §6.1.7, somebody else’s */
test('no credential that a program has approves another program', async () => {
  const won = await program(victim);
  const identityKey = 'identity_key' in won ? won.identity_key : '';
  const login = await startLogin(api());
  const json = { user_code: login.user_code };
  for (const credential of [won.access, won.refresh, won.management_key, identityKey]) {
    expect(credential).not.toBe('');
    for (const headers of [
      { authorization: `Bearer ${credential}` },
      { cookie: `ravi_session=${credential}`, 'x-csrf-token': victim.csrfToken },
    ]) {
      expect((await send(`${other()}/api/auth/device/approve/`, { json, headers })).status).toBe(401);
    }
  }
  expect((await poll(api(), login.device_code)).body.error).toBe('authorization_pending');
});

/** @shows RFC 8628 §5.5 */
test('whoever saw the user_code and approves it first gains nothing: the program learns whose account it has', async () => {
  const login = await startLogin(api());
  expect((await attacker.approve(other(), login.user_code)).status).toBe(200);
  expect((await victim.approve(api(), login.user_code)).status).toBe(409);
  expect((await wait(api(), login.device_code)).body.user.email).toBe(attacker.email);
});
