import { randomUUID, sign } from 'node:crypto';
import { defaultLifetimes, type Grant, type PublicJwk, TokenVerifier } from '@ravi/credentials';
import { generateSigningKey, readSigningKeys, signTokenPair } from '@ravi/credentials/signing';
import { Credentials } from '../../services/api/src/access/credentials.ts';
import { connectedRedis } from '../support/connected-redis.ts';
import { World } from '../support/credential-world.ts';

const { redis } = await connectedRedis();

const issuer = 'https://login.example.com';
const [key] = readSigningKeys([generateSigningKey()]);
if (!key) throw new Error('There is no key.');

/** A login, and an api that knows its tokens at a time of its own. */
async function logIn() {
  const world = new World(redis);
  const { id, identity } = await world.person();
  const epoch = (await world.accounts.standing(id))?.account.epoch ?? '';
  const { grant } = await world.redeem(id, epoch, identity, 'account');
  const its = {
    passedMs: 0,
    published: [key?.publicJwk].filter((jwk): jwk is PublicJwk => jwk !== undefined),
  };
  const clock = { nowMs: () => Date.now() + its.passedMs };
  const api = new Credentials({
    tokenVerifier: new TokenVerifier({ issuer, publishedKeys: { list: async () => its.published } }),
    accountStore: world.accounts,
    grants: world.grants,
    apiKeys: world.apiKeys,
    recordsReplicas: 0,
    clock,
    onFirstUse: () => undefined,
  });
  return { world, id, grant, api, its };
}

const nowMs = () => Date.now();

function tokensOf(grant: Grant, { seq = 1, resource = '' } = {}) {
  if (!key) throw new Error('There is no key.');
  const its = { ...grant, resource };
  return signTokenPair({ issuer, grant: its, seq, lifetimes: defaultLifetimes, nowMs: nowMs() }, key);
}

/** A token with other claims than an issuer would write, signed with its key. */
function signedAnew(token: string, claims: Readonly<Record<string, unknown>>): string {
  const [header = '', payload = ''] = token.split('.');
  const known: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const changed = Buffer.from(JSON.stringify({ ...Object(known), ...claims })).toString('base64url');
  const signed = Buffer.from(`${header}.${changed}`);
  if (!key) throw new Error('There is no key.');
  const signature = sign('sha256', signed, { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${signed.toString()}.${signature.toString('base64url')}`;
}

test('our own API takes access tokens for itself alone: none for a service, and no refresh token', async () => {
  const { grant, api } = await logIn();
  const [own, service] = [tokensOf(grant), tokensOf(grant, { resource: 'https://mail.example.com' })];
  expect((await api.findForApi(own.access))?.kind).toBe('access');
  expect(await api.findForApi(service.access)).toBeNull();
  expect(await api.findForApi(own.refresh)).toBeNull();
  // Those who ask about a token, or end it, learn of each.
  const found = await Promise.all([own.access, service.access, own.refresh].map((text) => api.find(text)));
  expect(found.map((each) => each?.kind)).toEqual(['access', 'access', 'refresh']);
  // Only our own refresh call takes refresh tokens, whatever is signed.
  expect(await api.find(signedAnew(own.refresh, { aud: 'https://mail.example.com' }))).toBeNull();
  expect((await api.find(signedAnew(own.refresh, {})))?.kind).toBe('refresh');
});

test('a token is none once its key is published no more, or its login has ended, whichever is learnt first', async () => {
  for (const ends of [
    async ({ its }: Awaited<ReturnType<typeof logIn>>) => void (its.published = []),
    async ({ world, grant, id }: Awaited<ReturnType<typeof logIn>>) =>
      void (await world.grants.end(grant.id, id, 'revoked')),
  ]) {
    const login = await logIn();
    const { access, refresh } = tokensOf(login.grant);
    const known = async () =>
      (await Promise.all([login.api.find(access), login.api.find(refresh)])).map((each) => each !== null);
    expect(await known()).toEqual([true, true]);
    await ends(login);
    // Keys are read again each second.
    login.its.passedMs += 2_000;
    expect(await known()).toEqual([false, false]);
  }
});

test('a refresh token is the latest one where its record names it, or is older than it; one beside it is not', async () => {
  const { world, grant, api } = await logIn();
  const { refresh } = tokensOf(grant);
  const isLatest = async (token: string) => {
    const found = await api.find(token);
    return found?.kind === 'refresh' && found.latest;
  };
  const another = { jti: randomUUID() };
  const presented = {
    named: signedAnew(refresh, { jti: grant.refreshJti, seq: 1 }),
    beside: signedAnew(refresh, { ...another, seq: 1 }),
    newer: signedAnew(refresh, { ...another, seq: 2 }),
  };
  expect([
    await isLatest(presented.named),
    await isLatest(presented.beside),
    await isLatest(presented.newer),
  ]).toEqual([true, false, true]);
  await world.refresh(grant, { jti: grant.refreshJti, seq: 1 });
  expect([
    await isLatest(presented.named),
    await isLatest(presented.beside),
    await isLatest(presented.newer),
  ]).toEqual([false, false, false]);
});
