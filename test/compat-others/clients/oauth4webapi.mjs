// oauth4webapi, as its example logs in by the device flow: polls until the human has decided.
import * as oauth from 'oauth4webapi';

const [address] = process.argv.slice(2);
const issuer = new URL(address);
const client = { client_id: 'oauth4webapi' };
const none = oauth.None();
const server = await oauth
  .discoveryRequest(issuer, { algorithm: 'oauth2' })
  .then((response) => oauth.processDiscoveryResponse(issuer, response));
const login = await oauth
  .deviceAuthorizationRequest(server, client, none, { scope: 'account' })
  .then((response) => oauth.processDeviceAuthorizationResponse(server, client, response));
console.log(login.user_code);

let interval = login.interval ?? 5;
let tokens;
while (tokens === undefined) {
  await new Promise((resolve) => setTimeout(resolve, interval * 1000));
  const response = await oauth.deviceCodeGrantRequest(server, client, none, login.device_code);
  tokens = await oauth.processDeviceCodeResponse(server, client, response).catch((error) => {
    if (!(error instanceof oauth.ResponseBodyError)) throw error;
    if (error.error === 'slow_down') interval += 5;
    else if (error.error !== 'authorization_pending') throw error;
  });
}

const next = await oauth
  .refreshTokenGrantRequest(server, client, none, tokens.refresh_token)
  .then((response) => oauth.processRefreshTokenResponse(server, client, response));
const api = new URL('/api/auth/user/', issuer);
const answer = await oauth.protectedResourceRequest(next.access_token, 'GET', api);
if (answer.status !== 200) throw new Error(await answer.text());
await oauth
  .revocationRequest(server, client, none, next.refresh_token)
  .then((response) => oauth.processRevocationResponse(response));
console.log('done');
