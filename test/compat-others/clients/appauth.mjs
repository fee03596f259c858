// AppAuth for JavaScript, as its example for Node: finds the server's OpenID metadata, refreshes and revokes the tokens of a login.
import appAuth from '@openid/appauth';
import { NodeRequestor } from '@openid/appauth/built/node_support/node_requestor.js';
import { callApi, logInByHand } from './by-hand.mjs';

const { AuthorizationServiceConfiguration, BaseTokenRequestHandler, RevokeTokenRequest, TokenRequest } =
  appAuth;
const [issuer] = process.argv.slice(2);
const requestor = new NodeRequestor();
const configuration = await AuthorizationServiceConfiguration.fetchFromIssuer(issuer, requestor);
const handler = new BaseTokenRequestHandler(requestor);
const login = await logInByHand(issuer, 'appauth');
const next = await handler.performTokenRequest(
  configuration,
  new TokenRequest({
    client_id: 'appauth',
    redirect_uri: 'http://127.0.0.1:8080',
    grant_type: 'refresh_token',
    refresh_token: login.refresh_token,
  }),
);
await callApi(issuer, next.accessToken);
const revocation = new RevokeTokenRequest({ token: next.refreshToken, client_id: 'appauth' });
if (!(await handler.performRevokeTokenRequest(configuration, revocation)))
  throw new Error('It was not revoked.');
console.log('done');
