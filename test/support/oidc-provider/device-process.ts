// A real authorization server (`oidc-provider`) with the device flow, a process of its own, as it comes: it holds no request, rotates
// refresh tokens, and asks for nonces in DPoP proofs. `POST /approve` and `POST /deny` with `?user_code=` do what its pages come to.
import { createServer } from 'node:http';
import { randomBytes } from 'node:crypto';
import { Provider } from 'oidc-provider';

const port = Number(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
const clientId = 'a-program';

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: clientId,
      token_endpoint_auth_method: 'none',
      grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      redirect_uris: [],
      response_types: [],
    },
  ],
  features: {
    deviceFlow: { enabled: true },
    devInteractions: { enabled: false },
    revocation: { enabled: true },
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
  },
  cookies: { keys: ['only-a-test'] },
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
});

async function decide(approves: boolean, userCode: string): Promise<void> {
  const code = await provider.DeviceCode.findByUserCode(userCode.replaceAll(/[^A-Z0-9]/gi, '').toUpperCase());
  if (!code) throw new Error('There is no such code.');
  if (approves) {
    const grant = new provider.Grant({ accountId: 'someone', clientId });
    grant.addOIDCScope('openid offline_access');
    Object.assign(code, {
      accountId: 'someone',
      grantId: await grant.save(),
      scope: 'openid offline_access',
    });
    Object.assign(code, { authTime: Math.floor(Date.now() / 1_000) });
  } else {
    Object.assign(code, { error: 'access_denied', errorDescription: 'The human said no.' });
  }
  await code.save();
}

const handle = provider.callback();
createServer((request, response) => {
  const url = new URL(request.url ?? '/', issuer);
  const isDecision = url.pathname === '/approve' || url.pathname === '/deny';
  if (!isDecision) return void handle(request, response);
  decide(url.pathname === '/approve', url.searchParams.get('user_code') ?? '').then(
    () => response.end(),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
}).listen(port, '127.0.0.1');
