import { NotReplicated } from '@ravi/redis';
import type { Context } from 'koa';
import { Authenticator, type AuthenticatorDeps } from './authenticator.ts';

const account = { id: 7 };
const grant = { id: 'grant', userId: 7, identityUuid: 'its', clientId: 'ravi-device', keyThumbprint: '' };
const token = (claims: object = {}, more: object = {}) => ({
  kind: 'access',
  claims: { scope: 'account', ...claims },
  grant: { ...grant, ...more },
  account,
});
const key = (kind: string, more: object = {}) => ({
  kind: 'key',
  key: { kind, userId: 7, identityUuid: kind === 'identity' ? 'its' : '' },
  ancestors: [],
  grant: { ...grant, ...more },
  account,
});
const boundTo = { cnf: { jkt: 'thumb' } };

let found: object | null;
let proof: { kind: string; thumbprint?: string; nonce?: string; fault?: string };
let endFailure: Error | null;
let asked: unknown[];
beforeEach(() => {
  [found, proof, asked] = [token(), { kind: 'proven', thumbprint: 'thumb' }, []];
  endFailure = null;
});

/** A call with this header, which needs the capability. */
function call(
  authorization: string,
  capability: Parameters<Authenticator['require']>[1] = 'read the account',
  method = 'GET',
) {
  const headers: Readonly<Record<string, string>> = { Authorization: authorization, DPoP: 'a proof' };
  // As a socket of both families writes it.
  const ctx = { get: (name: string) => headers[name] ?? '', method, path: '/api/x', ip: '::ffff:192.0.2.1' };
  const authenticator = new Authenticator({
    credentials: {
      findForApi: async (text: string) => {
        asked.push(text);
        return found;
      },
      endReplicated: async (text: string) => {
        asked.push(`the end of ${text}`);
        if (endFailure) throw endFailure;
      },
      noteUse: (_credential: object, address: string) => asked.push(`used from ${address}`),
    },
    proofs: {
      check: async (...args: readonly unknown[]) => {
        asked.push(args);
        return proof;
      },
    },
    clock: { nowMs: () => 1 },
    publicUrl: 'https://login.example.com',
  } as unknown as AuthenticatorDeps);
  return authenticator.require(ctx as unknown as Context, capability);
}

test.each(['', 'Basic YTpi'])('"%s" is no credential, and nothing is looked up', async (header) => {
  await expect(call(header)).rejects.toMatchObject({ code: 'not_authenticated' });
  expect(asked).toEqual([]);
});

test('a token is recognised, its use noted with the address, and it has the role of its own scope', async () => {
  const roles = [];
  for (const scope of ['account', 'identity account', 'identity', 'notes:read', 'accounts']) {
    found = token({ scope });
    const { role, identityUuid } = await call('Bearer text', 'log out');
    roles.push([role, identityUuid]);
  }
  expect(roles).toEqual([
    ['access', ''],
    ['access', ''],
    ['identity', 'its'],
    ['other', 'its'],
    ['other', 'its'],
  ]);
  expect(asked.slice(0, 2)).toEqual(['text', 'used from 192.0.2.1']);
});

test('what is unknown or ended is refused and not used', async () => {
  found = null;
  await expect(call('Bearer text')).rejects.toMatchObject({ code: 'invalid_token' });
  await expect(call('DPoP text')).rejects.toMatchObject({ code: 'invalid_token' });
  await expect(call('Bearer text', 'read the account', 'HEAD')).rejects.toMatchObject({
    code: 'invalid_token',
  });
  expect(asked).toEqual(['text', 'text', 'text']);
});

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
  'who asks for a change (%s) with what has ended is told so once a replica knows of the end',
  async (method) => {
    [found, endFailure] = [null, new NotReplicated()];
    await expect(call('Bearer text', 'log out', method)).rejects.toBe(endFailure);
    endFailure = null;
    await expect(call('Bearer text', 'log out', method)).rejects.toMatchObject({ code: 'invalid_token' });
    expect(asked).toEqual(['text', 'the end of text', 'text', 'the end of text']);
    found = token();
    await call('Bearer text', 'log out', method);
    expect(asked.slice(4)).toEqual(['text', 'used from 192.0.2.1']);
  },
);

test('a bound token comes with a proof of its key for this very request, and no other token comes that way', async () => {
  found = token(boundTo);
  await expect(call('Bearer text')).rejects.toMatchObject({
    code: 'bound_token',
    message: 'This token is bound to a key: send it as "Authorization: DPoP", with a DPoP proof of that key.',
  });
  expect(await call('DPoP text')).toMatchObject({ credential: 'token', userId: 7 });
  const request = { method: 'GET', url: 'https://login.example.com/api/x', accessToken: 'text' };
  expect(asked).toContainEqual(['a proof', request, 1]);
  proof = { kind: 'proven', thumbprint: 'another' };
  const needed = 'This token needs a fresh DPoP proof of its key, for this request';
  await expect(call('DPoP text')).rejects.toMatchObject({
    code: 'unproven',
    message: `${needed}: the DPoP proof was made with another key.`,
  });
  proof = { kind: 'refused', fault: 'it is for another' };
  await expect(call('DPoP text')).rejects.toMatchObject({
    code: 'unproven',
    message: `${needed}: it is for another.`,
  });
  proof = { kind: 'refused', fault: '', thumbprint: 'thumb' };
  await expect(call('DPoP text')).rejects.toMatchObject({ code: 'unproven' });
  proof = { kind: 'nonceNeeded', nonce: 'n' };
  await expect(call('DPoP text')).rejects.toMatchObject({ code: 'unproven_without_nonce', dpopNonce: 'n' });
  found = token();
  await expect(call('DPoP text')).rejects.toMatchObject({
    code: 'invalid_token',
    message: 'This credential is bound to no key: send it as "Authorization: Bearer".',
  });
});

test('a key has its own role and identity, and what its role may not do is refused', async () => {
  found = key('management');
  expect(await call('Bearer text')).toMatchObject({
    role: 'management',
    credential: 'key',
    identityUuid: '',
  });
  found = key('identity');
  expect(await call('Bearer text', 'read identities')).toMatchObject({
    role: 'identity',
    identityUuid: 'its',
  });
  await expect(call('Bearer text')).rejects.toMatchObject({ code: 'forbidden' });
  await expect(call('Bearer text', 'make keys')).rejects.toMatchObject({ code: 'forbidden' });
});

test('keys are made by programs of the JSON API alone, whose tokens are bound to no key', async () => {
  for (const credential of [token(), key('management')]) {
    found = credential;
    expect((await call('Bearer text', 'make keys')).userId).toBe(7);
  }
  for (const credential of [
    token({}, { clientId: 'another' }),
    token({}, { keyThumbprint: 'thumb' }),
    key('management', { clientId: 'another' }),
  ]) {
    found = credential;
    await expect(call('Bearer text', 'make keys')).rejects.toMatchObject({ code: 'forbidden' });
    expect((await call('Bearer text', 'manage keys')).userId).toBe(7);
  }
});
