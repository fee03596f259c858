// simple-oauth2: refreshes and revokes the tokens of a login.
import { AuthorizationCode } from 'simple-oauth2';
import { callApi, logInByHand } from './by-hand.mjs';

const [issuer] = process.argv.slice(2);
const client = new AuthorizationCode({
  client: { id: 'simple-oauth2', secret: '' },
  auth: { tokenHost: issuer, tokenPath: '/oauth/token', revokePath: '/oauth/revoke' },
});
const token = client.createToken(await logInByHand(issuer, 'simple-oauth2'));
const next = await token.refresh();
await callApi(issuer, next.token.access_token);
await next.revokeAll();
console.log('done');
