import { GrantTypes } from './grant-types.ts';
import { metadata } from './metadata.ts';

const publicUrl = 'https://login.example.com';

/** The document, and for how long it may be kept. */
async function ask(openId: boolean) {
  const headers: string[] = [];
  const grantTypes = new GrantTypes();
  const serve = metadata({ publicUrl, scopes: ['account'], grantTypes }, { openId });
  grantTypes.register('refresh_token', { parameter: 'refresh_token', serve: async () => undefined });
  const ctx = { body: {}, set: (name: string, value: string) => headers.push(`${name}: ${value}`) };
  await serve(ctx as never, async () => undefined);
  return { body: ctx.body, headers };
}

test('clients learn of this server for five minutes: whose it is, where its calls are, and what is served', async () => {
  const { body, headers } = await ask(false);
  expect(headers).toEqual(['Cache-Control: public, max-age=300']);
  expect(body).toMatchObject({ issuer: publicUrl, grant_types_supported: ['refresh_token'] });
  const addresses = Object.entries(body).filter(([name]) => /_(endpoint|uri)$/.test(name));
  expect(Object.fromEntries(addresses)).toEqual({
    device_authorization_endpoint: `${publicUrl}/oauth/device_authorization`,
    token_endpoint: `${publicUrl}/oauth/token`,
    revocation_endpoint: `${publicUrl}/oauth/revoke`,
    introspection_endpoint: `${publicUrl}/oauth/introspect`,
    jwks_uri: `${publicUrl}/.well-known/jwks.json`,
  });
});

test('what parsers of OpenID discovery need stands in that document alone', async () => {
  const [oauth, openId] = [(await ask(false)).body, (await ask(true)).body];
  expect(openId).toMatchObject(oauth);
  const more = Object.keys(openId).filter((name) => !(name in oauth));
  expect(more).toEqual(['subject_types_supported', 'id_token_signing_alg_values_supported']);
});
