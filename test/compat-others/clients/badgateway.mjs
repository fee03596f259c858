// @badgateway/oauth2-client: finds the server's metadata, refreshes and revokes the tokens of a login.
import { OAuth2Client } from '@badgateway/oauth2-client';
import { callApi, logInByHand } from './by-hand.mjs';

const [issuer] = process.argv.slice(2);
const client = new OAuth2Client({
  server: issuer,
  clientId: 'badgateway',
  discoveryEndpoint: '/.well-known/oauth-authorization-server',
});
const login = await logInByHand(issuer, 'badgateway');
const next = await client.refreshToken({
  accessToken: login.access_token,
  refreshToken: login.refresh_token,
  expiresAt: null,
});
await callApi(issuer, next.accessToken);
await client.revoke(next);
console.log('done');
