import { protocolOf } from './protocol-of.ts';

const server = 'https://login.example.com';
const endpoints = { deviceAuthorization: `${server}/d`, token: `${server}/t`, revocation: null };

test.each([
  [null, undefined, `${server}/api/auth/device/`],
  ['a-client', endpoints, endpoints.deviceAuthorization],
  ['a-client', undefined, `${server}/.well-known/oauth-authorization-server`],
])('a login of the client %s, with endpoints: %j, is used by %s', async (clientId, given, url) => {
  const asked: unknown[] = [];
  const refusing: typeof fetch = async (input) => {
    asked.push(input);
    return Response.json({ error: 'temporarily_unavailable' });
  };
  const how = { fetch: refusing, nowMs: () => 0, endpoints: given };
  await protocolOf({ server, clientId }, how).start();
  expect(asked[0]).toBe(url);
});
