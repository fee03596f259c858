import { resourceMetadataOf } from './resource-metadata.ts';

const issuer = 'https://login.example.com';

test('a service tells where programs get tokens for it, at an address that follows from its own', () => {
  const of = (audience: string, scopes?: readonly string[]) => resourceMetadataOf(audience, issuer, scopes);
  const known = of('https://notes.example.com/', ['notes:read']);
  expect(known).toMatchObject({
    url: 'https://notes.example.com/.well-known/oauth-protected-resource',
    path: '/.well-known/oauth-protected-resource',
    document: {
      resource: 'https://notes.example.com/',
      authorization_servers: [issuer],
      scopes_supported: ['notes:read'],
    },
  });
  expect(of('http://127.0.0.1:3000/a?b=c')).toMatchObject({
    url: 'http://127.0.0.1:3000/.well-known/oauth-protected-resource/a?b=c',
    path: '/.well-known/oauth-protected-resource/a',
  });
  expect(of('https://notes.example.com')?.document).not.toHaveProperty('scopes_supported');
});

test('a service whose name is no address tells nothing: nobody could look for it', () => {
  for (const audience of ['ravi-api', 'urn:notes', 'ftp://notes.example.com'])
    expect([audience, resourceMetadataOf(audience, issuer)]).toEqual([audience, null]);
});
