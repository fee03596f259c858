import * as client from 'openid-client';
import { Person } from '../support/person.ts';
import { deployPublic, type PublicDeployment } from '../support/stack.ts';

let deployment: PublicDeployment;
let person: Person;
beforeAll(async () => {
  deployment = await deployPublic({ POLL_INTERVAL_SECONDS: '1' });
  person = await Person.signUp(deployment.url);
});
afterAll(() => deployment.stop());

const insecure = { execute: [client.allowInsecureRequests] };
const user = (token: string) =>
  fetch(`${deployment.url}/api/auth/user/`, { headers: { authorization: `Bearer ${token}` } });

/** @shows RFC 9700 §2.6(1) */
test.each(['oidc', 'oauth2'] as const)(
  'openid-client finds its way by %s discovery, logs in, refreshes and revokes',
  async (algorithm) => {
    const server = new URL(deployment.url);
    const config = await client.discovery(server, 'openid-client-test', undefined, client.None(), {
      ...insecure,
      algorithm,
    });
    const login = await client.initiateDeviceAuthorization(config, { scope: 'account' });
    const polling = client.pollDeviceAuthorizationGrant(config, login);
    await person.approve(deployment.url, login.user_code);
    const tokens = await polling;
    expect((await user(tokens.access_token)).status).toBe(200);

    const next = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(next.refresh_token).not.toBe(tokens.refresh_token);
    expect((await user(next.access_token)).status).toBe(200);

    await client.tokenRevocation(config, next.refresh_token ?? '');
    expect((await user(next.access_token)).status).toBe(401);
  },
);

test('openid-client binds its tokens to a key (DPoP)', async () => {
  const config = await client.discovery(
    new URL(deployment.url),
    'openid-client-test',
    undefined,
    client.None(),
    insecure,
  );
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
  const login = await client.initiateDeviceAuthorization(config, {});
  const polling = client.pollDeviceAuthorizationGrant(config, login, undefined, { DPoP });
  await person.approve(deployment.url, login.user_code);
  const tokens = await polling;
  expect(tokens.token_type).toBe('dpop');
  const next = await client.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP });
  const api = new URL('/api/auth/user/', deployment.url);
  const answer = await client.fetchProtectedResource(config, next.access_token, api, 'GET', null, undefined, {
    DPoP,
  });
  expect(answer.status).toBe(200);
  expect((await user(next.access_token)).status).toBe(401);
});

test('openid-client learns that a login was denied', async () => {
  const config = await client.discovery(
    new URL(deployment.url),
    'openid-client-test',
    undefined,
    client.None(),
    insecure,
  );
  const login = await client.initiateDeviceAuthorization(config, {});
  await person.deny(deployment.url, login.user_code);
  await expect(client.pollDeviceAuthorizationGrant(config, login)).rejects.toMatchObject({
    error: 'access_denied',
  });
});
