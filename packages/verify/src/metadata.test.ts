import { metadataOf } from './metadata.ts';

const issuer = 'https://login.example.com';

/** Reads the metadata of a server that answers so, and says where it was asked. */
function read(answer: unknown, of = issuer) {
  const asked: string[] = [];
  const fetching: typeof fetch = async (url) => {
    if (typeof url === 'string') asked.push(url);
    return new Response(typeof answer === 'string' ? answer : JSON.stringify(answer));
  };
  const metadata = metadataOf(of, { fetch: fetching, timeoutMs: 1_000 });
  return { asked, metadata };
}

const jwksUri = `${issuer}/keys`;

test('the metadata is asked for once, where its issuer says', async () => {
  const { asked, metadata } = read({ issuer, jwks_uri: jwksUri, introspection_endpoint: `${issuer}/ask` });
  const known = { jwksUri, introspectionEndpoint: `${issuer}/ask` };
  expect([await metadata(), await metadata()]).toEqual([known, known]);
  expect(asked).toEqual([`${issuer}/.well-known/oauth-authorization-server`]);
  const tenant = `${issuer}/tenant`;
  const other = read({ issuer: tenant, jwks_uri: jwksUri }, tenant);
  expect(await other.metadata()).toEqual({ jwksUri, introspectionEndpoint: null });
  expect(other.asked).toEqual([`${issuer}/.well-known/oauth-authorization-server/tenant`]);
});

test.each([undefined, 7, '', 'nowhere', '/keys', 'http://login.example.com/keys'])(
  'an address of keys that is %j is told as unusable, and asked for again',
  async (jwks_uri) => {
    const { asked, metadata } = read({ issuer, jwks_uri });
    await expect(metadata()).rejects.toThrow('names no usable jwks_uri');
    await expect(metadata()).rejects.toThrow('names no usable jwks_uri');
    expect(asked).toHaveLength(2);
  },
);

test('metadata of another issuer name it, in short: a slash too many is seen', async () => {
  const { metadata } = read({ issuer, jwks_uri: jwksUri }, `${issuer}/`);
  const place = `${issuer}/.well-known/oauth-authorization-server`;
  await expect(metadata()).rejects.toThrow(`${place} belongs to the issuer "${issuer}", not "${issuer}/"`);
  const reasonOf = (other: unknown) => read({ issuer: other }).metadata();
  await expect(reasonOf('x'.repeat(60_000))).rejects.toThrow(
    new Error(`${place} belongs to the issuer "${'x'.repeat(200)}", not "${issuer}"`),
  );
  await expect(reasonOf([[issuer]])).rejects.toThrow(
    `${place} belongs to the issuer nobody, not "${issuer}"`,
  );
});

test('on this machine addresses may be without https', async () => {
  const of = 'http://127.0.0.1:3000';
  const { metadata } = read({ issuer: of, jwks_uri: `${of}/keys` }, of);
  expect((await metadata()).jwksUri).toBe(`${of}/keys`);
  await expect(read({ issuer: of, jwks_uri: 'nowhere' }, of).metadata()).rejects.toThrow('names no usable');
});

test.each(['null', '7', '"text"', '[]'])('an answer that is %s is told to be no object', async (answer) => {
  await expect(read(answer).metadata()).rejects.toThrow('its answer is no JSON object');
});
