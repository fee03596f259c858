import * as oauth from 'oauth4webapi';
import { Person } from '../support/person.ts';
import { deployPublic, type PublicDeployment } from '../support/stack.ts';

let deployment: PublicDeployment;
let person: Person;
let server: oauth.AuthorizationServer;
beforeAll(async () => {
  deployment = await deployPublic({
    RESOURCE_SERVERS: JSON.stringify([{ id: 'notes api', secret: 'a secret: of + the % notes' }]),
  });
  person = await Person.signUp(deployment.url);
  const issuer = new URL(deployment.url);
  server = await oauth.processDiscoveryResponse(
    issuer,
    await oauth.discoveryRequest(issuer, { ...insecure, algorithm: 'oauth2' }),
  );
});
afterAll(() => deployment.stop());

const insecure = { [oauth.allowInsecureRequests]: true };
const client: oauth.Client = { client_id: 'oauth4webapi-test' };
const none = oauth.None();

async function logIn(options: oauth.TokenEndpointRequestOptions = {}): Promise<oauth.TokenEndpointResponse> {
  const login = await oauth.processDeviceAuthorizationResponse(
    server,
    client,
    await oauth.deviceAuthorizationRequest(server, client, none, { scope: 'account' }, insecure),
  );
  const waiting = oauth.deviceCodeGrantRequest(server, client, none, login.device_code, {
    ...insecure,
    headers: { prefer: 'wait=30' },
    ...options,
  });
  await person.approve(deployment.url, login.user_code);
  return oauth.processDeviceCodeResponse(server, client, await waiting);
}

async function refresh(token: string | undefined, options: oauth.TokenEndpointRequestOptions = {}) {
  const answer = oauth.refreshTokenGrantRequest(server, client, none, token ?? '', {
    ...insecure,
    ...options,
  });
  return oauth.processRefreshTokenResponse(server, client, await answer);
}

async function introspect(token: string) {
  const resourceServer = { client_id: 'notes api' };
  const secret = oauth.ClientSecretBasic('a secret: of + the % notes');
  const answer = await oauth.introspectionRequest(server, resourceServer, secret, token, insecure);
  return oauth.processIntrospectionResponse(server, resourceServer, answer);
}

test('oauth4webapi logs in, held, refreshes, introspects and revokes', async () => {
  const tokens = await logIn();
  const next = await refresh(tokens.refresh_token);
  expect(await introspect(next.access_token)).toMatchObject({
    active: true,
    sub: String(person.user.id),
    client_id: 'oauth4webapi-test',
  });
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(server, client, none, next.access_token, insecure),
  );
  expect(await introspect(next.access_token)).toEqual({ active: false });
  await expect(refresh(next.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' });
});

test.each(['ES256', 'Ed25519'])('oauth4webapi binds its tokens to a key (DPoP, %s)', async (algorithm) => {
  const keys = await oauth.generateKeyPair(algorithm);
  const DPoP = oauth.DPoP(client, keys);
  const tokens = await logIn({ DPoP });
  expect(tokens.token_type).toBe('dpop');
  const next = await refresh(tokens.refresh_token, { DPoP });
  const api = new URL('/api/auth/user/', deployment.url);
  const answer = await oauth.protectedResourceRequest(next.access_token, 'GET', api, undefined, undefined, {
    ...insecure,
    DPoP,
  });
  expect(await answer.json()).toMatchObject({ email: person.email });
  await expect(refresh(next.refresh_token)).rejects.toMatchObject({ error: 'invalid_grant' });
});
