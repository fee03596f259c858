// A real OpenID provider (`oidc-provider`) for tests, a process of its own. Whoever types a name is that person: there are no
// passwords. The name is the subject; e-mail address, its being verified and the full name are what the form says.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { boundPort } from '@ravi/runtime';
import { type AccountClaims, type Configuration, Provider } from 'oidc-provider';
import { signInForm } from './sign-in-form.ts';
import type { OidcProviderSettings } from './settings.ts';

const settings = JSON.parse(process.argv[2] ?? '') as OidcProviderSettings;
const people = new Map<string, AccountClaims>();

const configuration: Configuration = {
  clients: [
    {
      client_id: settings.clientId,
      client_secret: settings.clientSecret,
      redirect_uris: [...settings.redirectUris],
    },
  ],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  cookies: { keys: ['only-a-test'] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
  findAccount: (_ctx, sub) => {
    const claims = people.get(sub);
    return claims && { accountId: sub, claims: () => claims };
  },
  // Consent is given beforehand: what our tests are about is the sign-in.
  loadExistingGrant: async ({ oidc }) => {
    const { Grant } = provider;
    const before = oidc.client && oidc.session?.grantIdFor(oidc.client.clientId);
    if (before) return Grant.find(before);
    const grant = new Grant({
      ...(oidc.client ? { clientId: oidc.client.clientId } : {}),
      ...(oidc.session?.accountId ? { accountId: oidc.session.accountId } : {}),
    });
    grant.addOIDCScope('openid email profile');
    await grant.save();
    return grant;
  },
};
const provider: Provider = new Provider(settings.issuer, configuration);

/** `GET`: the form. `POST`: who it is, or that they would rather not. */
async function interact(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') {
    response.setHeader('content-type', 'text/html; charset=utf-8').end(signInForm);
    return;
  }
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  const form = new URLSearchParams(text);
  if (form.get('answer') === 'cancel') {
    await provider.interactionFinished(request, response, { error: 'access_denied' });
    return;
  }
  const sub = form.get('sub') ?? '';
  people.set(sub, {
    sub,
    email: form.get('email') || `${sub}@example.com`,
    email_verified: form.get('verified') === 'on',
    name: form.get('name') || undefined,
  });
  await provider.interactionFinished(request, response, { login: { accountId: sub } });
}

const handle = provider.callback();
const server = createServer((request, response) => {
  if (!request.url?.startsWith('/interaction/')) return void handle(request, response);
  interact(request, response).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    response.writeHead(500).end();
  });
});
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`listens at http://127.0.0.1:${boundPort(server)}\n`),
);
