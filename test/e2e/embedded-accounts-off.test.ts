import { send } from '../support/http.ts';
import { shareDeployment, type SharedDeployment } from '../support/shared-deployment.ts';

let deployment: SharedDeployment;
let url: string;
beforeAll(async () => {
  deployment = await shareDeployment();
  ({ url } = await deployment.startApi({
    EMBEDDED_ACCOUNTS: 'off',
    OIDC_PROVIDERS: 'corp',
    // Nothing answers at the provider: that keeps no api from starting.
    OIDC_CORP_ISSUER: 'http://127.0.0.1:9',
    OIDC_CORP_CLIENT_ID: 'ravi',
    OIDC_CORP_CLIENT_SECRET: 'secret',
    OIDC_CORP_LABEL: 'Corp',
  }));
});
afterAll(() => deployment.stop());

test('the sign-in page offers the providers and no form', async () => {
  const page = await send(`${url}/device`, { method: 'GET' });
  expect(page.text).toContain('Sign in with Corp');
  expect(page.text).not.toMatch(/type="password"|signup/);
});

/** @shows ASVS V6.3.4 */
test.each(['/api/auth/signup/', '/api/auth/login/'])('%s says where to sign in instead', async (path) => {
  const answer = await send(url + path, { json: { email: 'a@example.com', password: 'x' } });
  expect(answer.status).toBe(404);
  expect(answer.body['detail']).toContain('switched off here');
});

/** @shows ASVS V6.3.4 */
test.each([
  ['GET', '/signup'],
  ['POST', '/signup'],
  ['POST', '/signin'],
  ['GET', '/account/password'],
  ['POST', '/account/password'],
])('%s %s is no page', async (method, path) => {
  const answer = await send(url + path, {
    method,
    ...(method === 'POST' ? { form: {} } : {}),
  });
  expect(answer.status).toBe(404);
});
