import type { Call } from '../http/call.ts';
import { OAuthClients } from './clients.ts';
import { GrantTypes } from './grant-types.ts';
import { ResourceServers } from './resource-servers.ts';
import { issueTokens, type TokenEndpointDeps } from './token-endpoint.ts';

/** What was done, in order. */
let done: string[];
let proof: Readonly<Record<string, string>>;
/** What the last refusal said. */
let words: string;
beforeEach(() => {
  done = [];
  proof = { kind: 'proven', thumbprint: 'a-key' };
});

function ask(body: object, headers: object = {}) {
  const grantTypes = new GrantTypes();
  grantTypes.register('refresh_token', {
    parameter: 'refresh_token',
    serve: async (_call, { refresh_token: token }, prove) => {
      const { id, keyThumbprint } = await prove();
      done.push(`served ${token} to ${id} with ${keyThumbprint || 'no key'}`);
    },
  });
  const deps = {
    grantTypes,
    oauthClients: new OAuthClients([
      { id: 'moon', name: 'Moon', scopes: ['account'], dpop: 'optional' },
      { id: 'sun', name: 'Sun', scopes: ['account'], dpop: 'required' },
    ]),
    resourceServers: new ResourceServers([]),
    proofs: {
      check: async (text: string, { method, url }: Readonly<Record<string, string>>) => {
        done.push(`checked "${text}" for ${method} ${url}`);
        return proof;
      },
    },
    clock: { nowMs: () => 1 },
    publicUrl: 'https://login.example.com',
  } as unknown as TokenEndpointDeps;
  const call = { method: 'POST', path: '/oauth/token', headers } as unknown as Call;
  return issueTokens(deps)(call, body).catch((error: unknown) => {
    words = error instanceof Error ? error.message : '';
    return typeof error === 'object' && error !== null && 'code' in error ? error.code : error;
  });
}

const refreshing = { grant_type: 'refresh_token', refresh_token: 'token', client_id: 'moon' };
const checked = (text: string) => `checked "${text}" for POST https://login.example.com/oauth/token`;

test('the grant type that is named is served, with the key that the client proved for this very request', async () => {
  await ask(refreshing);
  await ask(refreshing, { dpop: 'proof' });
  const served = 'served token to moon with';
  expect(done).toEqual([`${served} no key`, checked('proof'), `${served} a-key`]);
});

test('a client that must prove a key gets nothing without one, and is told the nonce that its proof needs', async () => {
  proof = { kind: 'refused', fault: 'none was sent' };
  expect(await ask({ ...refreshing, client_id: 'sun' })).toBe('invalid_dpop_proof');
  expect(words).toBe('A fresh DPoP proof for this request is needed: none was sent.');
  proof = { kind: 'nonceNeeded', nonce: 'a-nonce' };
  expect(await ask(refreshing, { dpop: 'proof' })).toBe('use_dpop_nonce');
  expect(done).toEqual([checked(''), checked('proof')]);
});

test('a token in place of the client, as some libraries send it, is told to be none', async () => {
  expect(await ask(refreshing, { authorization: 'Bearer token' })).toBe('invalid_client');
  expect(words).toMatch(/^Send client_id and no Authorization/);
  const basic = `Basic ${Buffer.from('moon:').toString('base64')}`;
  await ask({ ...refreshing, client_id: '' }, { authorization: basic });
  expect(done).toEqual(['served token to moon with no key']);
});

test.each([
  ['no grant type', { grant_type: '' }, 'invalid_request'],
  ['another grant type', { grant_type: 'password' }, 'unsupported_grant_type'],
  ['a client that is not known', { client_id: 'mars' }, 'invalid_client'],
  ['nothing to exchange', { refresh_token: '' }, 'invalid_request'],
  ['a service that is not known', { resource: 'https://notes.example.com' }, 'invalid_target'],
])('a request with %s spends no proof, and can be sent again with it', async (_what, change, code) => {
  expect(await ask({ ...refreshing, ...change }, { dpop: 'proof' })).toBe(code);
  expect(done).toEqual([]);
});
