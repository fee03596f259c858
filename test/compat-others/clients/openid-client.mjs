// openid-client, as its README logs in by the device flow: polls until the human has decided.
import * as client from 'openid-client';

const [issuer] = process.argv.slice(2);
const config = await client.discovery(new URL(issuer), 'openid-client', undefined, client.None());
const login = await client.initiateDeviceAuthorization(config, { scope: 'account' });
console.log(login.user_code);
const tokens = await client.pollDeviceAuthorizationGrant(config, login);

const next = await client.refreshTokenGrant(config, tokens.refresh_token);
const api = new URL('/api/auth/user/', issuer);
const answer = await client.fetchProtectedResource(config, next.access_token, api, 'GET');
if (answer.status !== 200) throw new Error(await answer.text());
await client.tokenRevocation(config, next.refresh_token);
console.log('done');
