import type { NewLogin } from '@ravi/device-login';
import { deriveServiceKeys, Secret } from '@ravi/runtime';
import type { Call, Operation } from '../http/call.ts';
import type { Routes } from '../http/routes.ts';
import { OAuthClients } from '../tokens/clients.ts';
import { mountOAuthApi, type OAuthApiDeps } from './oauth-routes.ts';

/** Starts a login for a client. Resolves to what is stored of it. */
async function authorize(configured: ConstructorParameters<typeof OAuthClients>[0], clientId: string) {
  const stored: NewLogin[] = [];
  const deps = {
    oauthClients: new OAuthClients(configured),
    resourceServers: { requested: (resource = '') => resource },
    logins: { start: async (login: NewLogin) => stored.push(login) > 0 },
    startAdmission: { admit: async () => undefined },
    keys: deriveServiceKeys(new Secret('a secret of a test that is long enough')),
    clock: { nowMs: () => 0 },
    logger: { info: () => undefined },
    audit: { note: () => undefined },
    metrics: { started: () => undefined },
    tracing: null,
    locationHeader: null,
    deviceCodeTtlSeconds: 900,
  } as unknown as OAuthApiDeps;
  const mounted = new Map<string, Operation>();
  mountOAuthApi(
    { call: (path: string, its: Operation) => mounted.set(path, its) } as unknown as Routes,
    deps,
  );
  const call = { headers: {}, reply: { send: () => undefined } } as unknown as Call;
  const body = { client_id: clientId, resource: 'https://notes.example' };
  await mounted.get('/oauth/device_authorization')?.(call, body);
  return stored.at(-1);
}

const notes = { id: 'notes', name: 'Notes of Nordhang', scopes: ['identity'], dpop: 'optional' } as const;

test('people see a registered client by the name that the operator gave it, and any other by its id', async () => {
  expect(await authorize([notes], 'notes')).toMatchObject({
    clientName: 'Notes of Nordhang',
    client: { id: 'notes', scope: 'identity', resource: 'https://notes.example' },
  });
  const long = 'x'.repeat(65);
  expect(await authorize('any', long)).toMatchObject({
    clientName: 'x'.repeat(64),
    client: { id: long, scope: '', resource: 'https://notes.example' },
  });
});

test('a client that is not welcome starts no login', async () => {
  await expect(authorize([notes], 'stranger')).rejects.toMatchObject({ code: 'invalid_client' });
});
