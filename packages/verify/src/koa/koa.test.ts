import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { createVerifier } from '../index.ts';
import { AuthorizationServer } from '../testing/authorization-server.ts';
import { type CredentialState, requireCredential, type RequireCredentialOptions } from './index.ts';

let authorization: AuthorizationServer;
let service: Server;
beforeEach(async () => {
  authorization = await AuthorizationServer.start();
});
afterEach(async () => {
  service.close();
  await authorization.stop();
});

async function call(token: string | null, rules: RequireCredentialOptions = {}): Promise<Response> {
  const app = new Koa<CredentialState>();
  app.use(requireCredential(createVerifier({ issuer: authorization.issuer, audience: 'ravi-api' }), rules));
  app.use((ctx) => (ctx.body = { userId: ctx.state.credential.userId }));
  service = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => service.once('listening', resolve));
  const { port } = service.address() as AddressInfo;
  return fetch(
    `http://127.0.0.1:${port}/`,
    token === null ? {} : { headers: { authorization: `Bearer ${token}` } },
  );
}

test('a valid credential passes and is in the state', async () => {
  expect(await (await call(authorization.token())).json()).toEqual({ userId: 42 });
});

test('nobody else passes, and the answer is as RFC 6750 says', async () => {
  const none = await call(null);
  expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="ravi"']);
  service.close();
  const wrong = await call('garbage');
  expect(wrong.status).toBe(401);
  expect(wrong.headers.get('www-authenticate')).toMatch(
    /^Bearer realm="ravi", error="invalid_token", error_description="[^"]+"$/,
  );
  expect(await wrong.json()).toMatchObject({ error: 'invalid_token' });
});

/** @shows ASVS V10.3.2 */
test.each<readonly [string, RequireCredentialOptions, object]>([
  ['of another kind', { kinds: ['management'] }, {}],
  ['without the scope', { scope: 'notes' }, {}],
  ['whose scope has no account', { wholeAccount: true }, { scope: 'notes:read' }],
  ['good for one identity alone', { wholeAccount: true }, { identity_uuid: 'one' }],
])('a credential %s is answered 403 insufficient_scope', async (_name, rules, claims) => {
  const answer = await call(authorization.token(claims), rules);
  expect(answer.status).toBe(403);
  expect(answer.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
});

test('while credentials cannot be checked the answer is 503, and the operator is told why', async () => {
  authorization.instead.set('/.well-known/jwks.json', (request) => void request.socket.destroy());
  const causes: string[] = [];
  const answer = await call(authorization.token(), { onUnavailable: ({ message }) => causes.push(message) });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  expect(causes).toEqual([expect.stringContaining('jwks.json')]);
});
